package peers

import (
	"bytes"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// BenchmarkHandshake measures one client handshake in memory: the request made
// and written, the response read and judged. Beside the peers are two floors:
// impl=fake is what the connection itself costs; impl=fixed compares the
// response as well, whole, with the one that its fixed request must get.
func BenchmarkHandshake(b *testing.B) {
	for _, s := range shapes {
		for _, p := range peers {
			if s.head.Offer.Extensions != nil && p.noExtensions {
				continue
			}
			b.Run(s.name+"/impl="+p.name, func(b *testing.B) {
				handshake := p.handshake(newFake(s.head.Bytes()), s.head.Offer)
				b.ReportAllocs()
				for b.Loop() {
					got, err := handshake()
					if err != nil {
						b.Fatal(err)
					}
					if got != s.want {
						b.Fatalf("negotiated %+v, want %+v", got, s.want)
					}
				}
			})
		}
		b.Run(s.name+"/impl=fixed", func(b *testing.B) { benchmarkFloor(b, s, true) })
		b.Run(s.name+"/impl=fake", func(b *testing.B) { benchmarkFloor(b, s, false) })
	}
}

func benchmarkFloor(b *testing.B, s shape, compare bool) {
	f := newFake(s.head.Bytes())
	request, response, err := exchange(s.head)
	if err != nil {
		b.Fatal(err)
	}
	p := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Write(request); err != nil {
			b.Fatal(err)
		}
		n, _ := f.Read(p)
		if n != len(response) || compare && !bytes.Equal(p[:n], response) {
			b.Fatalf("response %q, want %q", p[:n], response)
		}
	}
}

// exchange returns the request of one handshake, whose key is that of RFC 6455
// section 1.3, and the response to it.
func exchange(h heads.Head) (request, response []byte, err error) {
	request, err = sessionRequest(h.Offer)
	return request, h.Bytes()[:h.Len], err
}

package peers

import "testing"

func TestEveryPeerCompletesEveryShape(t *testing.T) {
	eachHandshake(t, func(t *testing.T, s shape, f *fake, handshake func() (answer, error)) {
		for range 3 { // pools filled by one handshake are used by the next
			got, err := handshake()
			if err != nil {
				t.Fatal(err)
			}
			if got != s.want {
				t.Fatalf("negotiated %+v, want %+v", got, s.want)
			}
		}
	})
}

func TestEveryPeerRefusesAWrongAccept(t *testing.T) {
	eachHandshake(t, func(t *testing.T, s shape, f *fake, handshake func() (answer, error)) {
		f.wrong = true
		if got, err := handshake(); err == nil {
			t.Fatalf("took a wrong accept value and negotiated %+v", got)
		}
		f.wrong = false
		if got, err := handshake(); err != nil || got != s.want {
			t.Fatalf("after a refusal: %+v, %v", got, err)
		}
	})
}

func eachHandshake(t *testing.T, test func(*testing.T, shape, *fake, func() (answer, error))) {
	for _, p := range peers {
		for _, s := range shapes {
			t.Run("impl="+p.name+"/"+s.name, func(t *testing.T) {
				f := newFake(s.head.Bytes())
				test(t, s, f, p.client(f, s.head.Offer))
			})
		}
	}
}

// BenchmarkHandshake measures one client handshake in memory: the request made
// and written, the response read and judged. impl=fake is the floor: what the
// connection itself costs.
func BenchmarkHandshake(b *testing.B) {
	for _, s := range shapes {
		for _, p := range peers {
			b.Run(s.name+"/impl="+p.name, func(b *testing.B) {
				f := newFake(s.head.Bytes())
				handshake := p.client(f, s.head.Offer)
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
		b.Run(s.name+"/impl=fake", func(b *testing.B) { benchmarkFake(b, s) })
	}
}

func benchmarkFake(b *testing.B, s shape) {
	f := newFake(s.head.Bytes())
	request, err := sessionRequest(s.head.Offer)
	if err != nil {
		b.Fatal(err)
	}
	p := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Write(request); err != nil {
			b.Fatal(err)
		}
		if n, _ := f.Read(p); n != s.head.Len {
			b.Fatalf("read %d octets", n)
		}
	}
}

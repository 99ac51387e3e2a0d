package bench

import (
	"bytes"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/parse"
)

// BenchmarkHandshake measures Begin, ReadResponse through a bufio reader from
// a Pool, and End: all that a handshake costs but the kernel and, the key
// being fixed, randomness (see BenchmarkBegin).
func BenchmarkHandshake(b *testing.B) {
	for _, h := range heads.All {
		b.Run("head="+h.Name, func(b *testing.B) {
			run := newHandshake(b, &h)
			if err := run(); err != nil { // warms the pools
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// newHandshake makes a function that does one handshake a call and fails when
// the answer is not the one that h holds.
func newHandshake(t testing.TB, h *heads.Head) (run func() error) {
	var (
		p       = h.Bytes()
		c       = newClient(t, h.Offer, sample)
		src     bytes.Reader
		readers parse.Pool
	)
	return func() error {
		if err := c.begin(); err != nil {
			return err
		}
		src.Reset(p)
		br := readers.Get(&src)
		defer readers.Put(br)
		c.response.Reset()
		if err := parse.ReadResponse(br, &c.response); err != nil {
			return err
		}
		if br.Buffered()+src.Len() != len(p)-h.Len {
			return errAnswer
		}
		return c.end(h)
	}
}

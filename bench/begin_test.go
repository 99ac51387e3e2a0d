package bench

import (
	"bytes"
	"testing"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/session"
)

// BenchmarkBegin measures what precedes the writing: a fresh key, the accept
// value that it asks for, and the request's bytes. rand=default is the
// library's own generator; rand=fixed yields the same key at no cost, so that
// the difference is what randomness costs.
func BenchmarkBegin(b *testing.B) {
	for _, rand := range []struct {
		name  string
		cfg   *session.Config
		fixed bool
	}{
		{"default", nil, false},
		{"fixed", sample, true},
	} {
		for _, offer := range []struct {
			name string
			heads.Offer
		}{
			{"none", heads.Offer{}},
			{"full", heads.Full},
		} {
			b.Run("rand="+rand.name+"/offer="+offer.name, func(b *testing.B) {
				benchmarkBegin(b, newClient(b, offer.Offer, rand.cfg), rand.fixed)
			})
		}
	}
}

// benchmarkBegin asserts that each request is whole and has a key, the same
// one each time or never the one before.
func benchmarkBegin(b *testing.B, c *client, fixed bool) {
	if err := c.begin(); err != nil {
		b.Fatal(err)
	}
	const name = "\r\nSec-WebSocket-Key: "
	at := bytes.Index(c.out, []byte(name)) + len(name)
	last := accept.Key(c.out[at:])
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if !fixed {
			copy(last[:], c.out[at:])
		}
		if err := c.begin(); err != nil {
			b.Fatal(err)
		}
		if len(c.out) != c.request.Len() {
			b.Fatalf("%d octets, want %d", len(c.out), c.request.Len())
		}
		if same := accept.Key(c.out[at:]) == last; same != fixed {
			b.Fatalf("key %q after key %q", c.out[at:at+len(last)], last[:])
		}
	}
}

package bench

import (
	"fmt"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/parse"
)

// BenchmarkParse measures Response.Parse. feed=whole gives it the head in one
// piece, feed=64 and feed=1 that many octets more at each call, as a slow
// network does.
func BenchmarkParse(b *testing.B) {
	for _, h := range heads.All {
		for _, feed := range []int{0, 64, 1} {
			name := fmt.Sprintf("head=%s/feed=%d", h.Name, feed)
			if feed == 0 {
				name = fmt.Sprintf("head=%s/feed=whole", h.Name)
			}
			b.Run(name, func(b *testing.B) { benchmarkParse(b, &h, feed) })
		}
	}
}

func benchmarkParse(b *testing.B, h *heads.Head, feed int) {
	p := h.Bytes()
	if feed == 0 {
		feed = len(p)
	}
	r := parse.Response{Fields: make([]parse.Field, 0, 32)}
	b.SetBytes(int64(h.Len))
	b.ReportAllocs()
	for b.Loop() {
		n, err := 0, error(parse.ErrIncomplete)
		for end := feed; err == parse.ErrIncomplete; end += feed {
			n, err = r.Parse(p[:min(end, len(p))])
		}
		if err != nil {
			b.Fatal(err)
		}
		if n != h.Len || r.Status != 101 || len(r.Fields) != h.Fields {
			b.Fatalf("%d octets, status %d, %d fields; want %d, 101, %d", n, r.Status, len(r.Fields), h.Len, h.Fields)
		}
	}
}

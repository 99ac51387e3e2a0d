package measure

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// What HDR makes, HdrHistogram reads as the same buckets.
func TestHDR(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	random := func(n int, most time.Duration) *Histogram {
		h := newHistogram()
		for range n {
			h.packed.RecordValues(rng.Int64N(int64(most))>>rng.IntN(40), rng.Int64N(1<<rng.IntN(50))+1)
		}
		return h
	}
	for _, h := range []*Histogram{
		nil, newHistogram(), Of(0), Of(1), Of(2047), Of(2048), Of(0, 2, 3, 2047, 2049), Of(Longest), Of(1, Longest),
		random(10, time.Millisecond), random(1000, time.Second), random(5000, Longest),
	} {
		dense, err := hdrhistogram.Decode([]byte(h.HDR()))
		if err != nil {
			t.Errorf("%d values: %v", h.Count(), err)
			continue
		}
		back := newHistogram()
		back.packed.MergeFrom(dense)
		type bucket struct {
			v time.Duration
			n int64
		}
		list := func(h *Histogram) (all []bucket) {
			h.Buckets(func(v time.Duration, n int64) bool { all = append(all, bucket{v, n}); return true })
			return
		}
		if got, want := list(back), list(h); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if dense.SignificantFigures() != digits || dense.LowestTrackableValue() != 1 || dense.HighestTrackableValue() != int64(Longest) {
			t.Errorf("%d digits, from %d to %d", dense.SignificantFigures(), dense.LowestTrackableValue(), dense.HighestTrackableValue())
		}
	}
}

func BenchmarkHDR(b *testing.B) {
	h := newHistogram()
	for i := range 1000 {
		h.packed.RecordValue(int64(i * i * i))
	}
	b.ReportAllocs()
	for b.Loop() {
		if h.HDR() == "" {
			b.Fatal("nothing")
		}
	}
}

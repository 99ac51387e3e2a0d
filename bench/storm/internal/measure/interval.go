package measure

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// An interval is what a Shard has of the current second. Its histograms are made
// when something is recorded, and used again for the next second.
type interval struct {
	second int64 // from the start of the run
	counts Counts
	timed  [NumPhases][2]*hdrhistogram.Histogram // ok, failed
	filled bool
}

const (
	ok = iota
	failed
)

func (i *interval) record(p Phase, verdict int, d time.Duration) {
	h := i.timed[p][verdict]
	if h == nil {
		h = hdrhistogram.New(1, int64(Longest), digits)
		i.timed[p][verdict] = h
	}
	h.RecordValue(inRange(d)) // so it cannot fail
}

// take returns what there is, and empties i.
func (i *interval) take() *Row {
	row := &Row{Counts: i.counts}
	for p := range i.timed {
		row.Latency[p] = Latency{take(i.timed[p][ok]), take(i.timed[p][failed])}
	}
	i.counts, i.filled = Counts{}, false
	return row
}

func take(h *hdrhistogram.Histogram) *Histogram {
	if h == nil || h.TotalCount() == 0 {
		return nil
	}
	taken := newHistogram()
	taken.packed.MergeFrom(h)
	h.Reset()
	return taken
}

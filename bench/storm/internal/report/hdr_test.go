package report

import (
	"bytes"
	"maps"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

func TestHDR(t *testing.T) { golden(t, ".hdr", (*Report).HDR) }

// HdrHistogram's own reader finds all that was timed in the intervals of the run in
// the log, phase by phase, in the order of time.
func TestHDRIsRead(t *testing.T) {
	type timed struct {
		n   int64
		max time.Duration
	}
	got, want := map[string]timed{}, map[string]timed{}
	add := func(to map[string]timed, tag string, n int64, most time.Duration) {
		if n > 0 {
			to[tag] = timed{to[tag].n + n, max(to[tag].max, most)}
		}
	}
	for _, row := range everything.Series.Rows {
		for p, latency := range row.Latency {
			tag := measure.Phase(p).String()
			add(want, tag, latency.OK.Count(), latency.OK.Max())
			add(want, tag+"_failed", latency.Failed.Count(), latency.Failed.Max())
		}
	}
	var b bytes.Buffer
	if err := everything.HDR(&b); err != nil {
		t.Fatal(err)
	}
	log := hdrhistogram.NewHistogramLogReader(&b)
	last := time.UnixMilli(0)
	for {
		h, err := log.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		from, to := time.UnixMilli(h.StartTimeMs()), time.UnixMilli(h.EndTimeMs())
		if from.Before(last) || !to.After(from) ||
			from.Before(everything.Started.Add(-2*ms)) || to.After(everything.Started.Add(everything.Elapsed+2*ms)) {
			t.Errorf("%s is from %v to %v, behind one from %v", h.Tag(), from, to, last)
		}
		last = from
		add(got, h.Tag(), h.TotalCount(), time.Duration(h.Max()))
	}
	if !maps.Equal(got, want) || len(want) < 5 {
		t.Errorf("read %v, want %v", got, want)
	}
}

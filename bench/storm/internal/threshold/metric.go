package threshold

import (
	"slices"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// A metric is a figure of a result; ok is false if it was not measured.
type metric struct {
	unit unit
	of   func(r *measure.Result) (v float64, ok bool)
}

// A counted is a count, and of how many it is a share.
type counted struct {
	name string
	n    func(c *measure.Counts) int64
	of   func(r *measure.Result) int64
}

func ended(r *measure.Result) int64 { return r.Counts.Opened + r.Counts.Failed }
func sent(r *measure.Result) int64  { return r.Counts.Sent }

var counts = []counted{
	{"opened", func(c *measure.Counts) int64 { return c.Opened }, ended},
	{"failed", func(c *measure.Counts) int64 { return c.Failed }, ended},
	{"cut_off", func(c *measure.Counts) int64 { return c.CutOff }, func(r *measure.Result) int64 { return r.Counts.Started }},
	{"late", func(c *measure.Counts) int64 { return c.Late }, func(r *measure.Result) int64 { return r.Counts.Started }},
	{"not_started", func(c *measure.Counts) int64 { return c.NotStarted }, func(r *measure.Result) int64 { return r.Counts.Planned }},
	{"dropped", func(c *measure.Counts) int64 { return c.Dropped }, (*measure.Result).Droppable},
	{"reconnects_failed", func(c *measure.Counts) int64 { return c.Reconnect.Failed }, func(r *measure.Result) int64 { return r.Counts.Reconnect.Started }},
	{"unclean", func(c *measure.Counts) int64 { return c.Unclean }, func(r *measure.Result) int64 { return r.Counts.Closed }},
	{"sent_late", func(c *measure.Counts) int64 { return c.SentLate }, sent},
	{"not_sent", func(c *measure.Counts) int64 { return c.NotSent }, func(r *measure.Result) int64 { return r.Counts.Sent + r.Counts.NotSent }},
	{"answered", func(c *measure.Counts) int64 { return c.Answered }, (*measure.Result).Awaited},
	{"wrong", func(c *measure.Counts) int64 { return c.Wrong }, (*measure.Result).Awaited},
	{"unanswered", func(c *measure.Counts) int64 { return c.Unanswered }, (*measure.Result).Awaited},
}

// metric returns what c is in a unit. Of nothing, nothing is measured.
func (c *counted) metric(u unit) metric {
	return metric{u, func(r *measure.Result) (float64, bool) {
		n, of := c.n(&r.Counts), c.of(r)
		switch {
		case of == 0:
			return 0, false
		case u == share:
			return float64(n) / float64(of), true
		default:
			return float64(n), true
		}
	}}
}

// A rated is a number a second.
type rated struct {
	name string
	of   func(r *measure.Result) float64 // 0 if it was not measured
}

var rates = []rated{
	{"rate", (*measure.Result).Reached},
	{"messages", (*measure.Result).MessageRate},
}

func (m *rated) metric() metric {
	return metric{perSecond, func(r *measure.Result) (float64, bool) {
		v := m.of(r)
		return v, v > 0
	}}
}

// latency returns a figure of the histogram of those of a phase that succeeded.
func latency(p measure.Phase, figure func(h *measure.Histogram) float64) metric {
	return metric{nanoseconds, func(r *measure.Result) (float64, bool) {
		h := r.Latency[p].OK
		return figure(h), h.Count() > 0
	}}
}

// Names returns what a Threshold can be about, phases first.
func Names() []string {
	var names []string
	for p := range measure.NumPhases {
		names = append(names, p.String())
	}
	for _, c := range counts {
		names = append(names, c.name)
	}
	for _, m := range rates {
		names = append(names, m.name)
	}
	return names
}

func find[T any](all []T, is func(t *T) bool) *T {
	if i := slices.IndexFunc(all, func(t T) bool { return is(&t) }); i >= 0 {
		return &all[i]
	}
	return nil
}

package main

import (
	"fmt"
	"slices"

	"golang.org/x/perf/benchmath"
)

// significance is how probable it may be that the same code fails: each
// benchmark is a chance to fail by mistake, and there are many.
var significance = benchmath.Thresholds{CompareAlpha: 0.001}

// minRuns is from how many runs on a difference can be significant.
const minRuns = 7

// A verdict is what came of one benchmark.
type verdict struct {
	old, new *row // one is nil if the benchmark is new, or gone
	time     change
	bytes    amount
	allocs   amount
	failed   []string // what got worse
	faster   bool     // better by more than the limit: the record is out of date
}

// A change compares ratios to the yardstick.
type change struct {
	judged   bool
	old, new benchmath.Summary
	compared benchmath.Comparison // whether they differ at all
}

// An amount compares the least of all runs in a record: a run may count what
// is allocated once and used again, a pool's buffer say; none counts less than
// what is allocated each time.
type amount struct {
	judged   bool
	old, new float64
}

// compare judges each benchmark of the old record but the yardsticks by the new
// one, in the order of the old one; those that only the new one has come behind.
func compare(old, new *record, limit float64) ([]verdict, error) {
	var verdicts []verdict
	for _, o := range old.rows {
		if o.measures {
			continue
		}
		v := verdict{old: o, new: new.byKey[o.key]}
		if v.new == nil {
			v.failed = []string{"gone"}
		} else if err := v.judge(old, new, limit); err != nil {
			return nil, err
		}
		verdicts = append(verdicts, v)
	}
	for _, n := range new.rows {
		if old.byKey[n.key] == nil && !n.measures {
			verdicts = append(verdicts, verdict{new: n})
		}
	}
	return verdicts, nil
}

func (v *verdict) judge(old, new *record, limit float64) error {
	o, n := v.old, v.new
	if v.both("time", len(o.time), len(n.time)) && o.yardstick != "" {
		if err := v.judgeTime(old, new, limit); err != nil {
			return err
		}
	}
	if v.both("B/op", len(o.bytes), len(n.bytes)) {
		v.bytes = v.judgeAmount("B/op", o.bytes, n.bytes)
	}
	if v.both("allocs/op", len(o.allocs), len(n.allocs)) {
		v.allocs = v.judgeAmount("allocs/op", o.allocs, n.allocs)
	}
	return nil
}

// both reports whether both records have a unit. One that has gone is a failure.
func (v *verdict) both(unit string, old, new int) bool {
	if old > 0 && new == 0 {
		v.failed = append(v.failed, "no "+unit)
	}
	return old > 0 && new > 0
}

func (v *verdict) judgeAmount(unit string, old, new []float64) amount {
	a := amount{true, slices.Min(old), slices.Min(new)}
	if a.new > a.old {
		v.failed = append(v.failed, unit)
	}
	return a
}

// judgeTime fails what is worse by more than the limit with significance: what
// is significantly slower than the old ratios would be if each had got worse by
// just the limit.
func (v *verdict) judgeTime(old, new *record, limit float64) error {
	o, err := old.ratios(v.old)
	if err != nil {
		return err
	}
	n, err := new.ratios(v.new)
	if err != nil {
		return err
	}
	if runs := min(len(o), len(n)); runs < minRuns {
		return fmt.Errorf("%s, %s: Benchmark%s: runs: %d, but a time is judged by at least %d in each record",
			old.file, new.file, v.old.name, runs, minRuns)
	}
	v.time = change{true, summary(o), summary(n), benchmath.AssumeNothing.Compare(sample(o), sample(n))}
	switch {
	case slower(scaled(o, 1+limit), n):
		v.failed = append(v.failed, "time")
	case slower(scaled(n, 1+limit), o):
		v.faster = true
	}
	return nil
}

// slower reports whether b is slower than a, with significance.
func slower(a, b []float64) bool {
	c := benchmath.AssumeNothing.Compare(sample(a), sample(b))
	return c.P < c.Alpha && median(b) > median(a)
}

func sample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(values, &significance)
}

func summary(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(sample(values), 0.95)
}

func median(values []float64) float64 { return summary(values).Center }

func scaled(values []float64, by float64) []float64 {
	s := make([]float64, len(values))
	for i, v := range values {
		s[i] = v * by
	}
	return s
}

package measure

import (
	"math"
	"testing"
	"time"
)

// A run that keeps to its plan is at the planned rate, whether the plan is short or
// long, and its connections are opened no faster.
func TestRates(t *testing.T) {
	for _, row := range []struct {
		n              int64
		took, warmUp   time.Duration
		reached, opens float64
	}{
		{1, 0, 0, 0, 0}, // of one there is no rate
		{2, 0, 0, 10, 10},
		{11, 0, 0, 10, 10},
		{11, 250 * ms, 0, 10, 8},
		{21, 0, time.Second, 10, 10},
		{21, 250 * ms, time.Second, 10, 8},
	} {
		r := NewRecorder(Config{Start: start, Shards: 1, Planned: constant(10, row.n), Total: row.n, WarmUp: row.warmUp})
		s := r.Shard(0)
		for k := range row.n {
			a := Attempt{Due: at(time.Duration(k) * 100 * ms)}
			s.Start(a.Due, a, ForStorm)
			s.Open(a, timing(time.Duration(k)*100*ms, 0, 0, 0, 0, row.took), "", nil)
		}
		res := r.Result(End{At: at(time.Hour)})
		if reached, opens := res.Reached(), res.OpeningRate(); math.Abs(reached-row.reached) > 1e-9 || math.Abs(opens-row.opens) > 1e-9 {
			t.Errorf("%+v: reached %v, opened %v a second", row, reached, opens)
		}
	}
}

// Merged runs are together at the sum of their rates, and no faster either.
func TestRatesOfMergedRuns(t *testing.T) {
	for _, row := range []struct {
		n, runs        int64
		took           time.Duration
		reached, opens float64
	}{
		{1, 2, 0, 0, 0}, // of one of each there is no rate
		{2, 2, 0, 20, 20},
		{11, 2, 0, 20, 20},
		{11, 2, 250 * ms, 20, 16},
		{11, 5, 250 * ms, 50, 40},
	} {
		var all []*Result
		for i := range row.runs {
			begin := start.Add(time.Duration(i))
			r := NewRecorder(Config{Start: begin, Shards: 1, Planned: constant(10, row.n), Total: row.n})
			s := r.Shard(0)
			for k := range row.n {
				a := Attempt{Due: begin.Add(time.Duration(k) * 100 * ms)}
				s.Start(a.Due, a, ForStorm)
				s.Open(a, timing(time.Duration(k)*100*ms+time.Duration(i), 0, 0, 0, 0, row.took), "", nil)
			}
			all = append(all, r.Result(End{At: begin.Add(time.Hour)}))
		}
		some, err := Merge(all[1:]...)
		if err != nil {
			t.Fatal(err)
		}
		res, err := Merge(all[0], some)
		if err != nil {
			t.Fatal(err)
		}
		if reached, opens := res.Reached(), res.OpeningRate(); math.Abs(reached-row.reached) > 1e-9 || math.Abs(opens-row.opens) > 1e-9 {
			t.Errorf("%+v: reached %v, opened %v a second", row, reached, opens)
		}
	}
}

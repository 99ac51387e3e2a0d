package plan

import (
	"math"
	"sort"
	"strings"
	"time"
)

// A Schedule plans when connections begin. It depends on nothing but the options:
// neither rounding nor a late wakeup is carried over to the arrivals behind.
//
// Without a rate the model is closed: Concurrency workers open a connection each,
// and another when that one is open, or, if connections have a lifetime, over.
// With a rate it is open: connections begin when planned, however the server is.
type Schedule struct {
	stages []stage // none: closed
	starts []time.Duration
	before []float64 // the integral of the rate until each stage
	jitter *poisson  // nil: even spacing
	n      int
	end    time.Duration
}

// Unlimited is a Len without limit.
const Unlimited = int(^uint(0) >> 1)

// newSchedule plans n arrivals at most, in the stages. The number of random
// arrivals is counted here, which takes long for very many.
func newSchedule(stages []stage, n int, random bool, seed uint64) Schedule {
	s := Schedule{stages: stages, n: n}
	var at time.Duration
	total := 0.0
	for _, stage := range stages {
		s.starts = append(s.starts, at)
		s.before = append(s.before, total)
		at += stage.length
		total = snap(total + stage.arrivals(stage.length))
	}
	switch {
	case len(stages) == 0:
		return s
	case random:
		s.jitter = newPoisson(seed, n, total)
		s.n = min(n, s.jitter.n)
	default:
		s.n = int(min(float64(n), math.Ceil(total)))
	}
	s.end = at
	if s.n == n && float64(n) < total { // n ends it before the stages do
		s.end = s.at(float64(n))
		if random {
			s.end = s.Arrival(n - 1)
		}
	}
	return s
}

// snap makes a whole number of x if rounding alone keeps it from that, so that 0.1
// a second for 10 seconds is one arrival, not two.
func snap(x float64) float64 {
	if whole := math.Round(x); math.Abs(x-whole) < 1e-6 {
		return whole
	}
	return x
}

// Closed reports that there is no rate: Arrival is 0 for all.
func (s *Schedule) Closed() bool { return len(s.stages) == 0 }

// Len is how many arrivals there are. Unlimited if Options.Duration alone ends
// a closed model.
func (s *Schedule) Len() int { return s.n }

// Arrival is when arrival k is due, from the start of the run; k is from 0 to
// Len()-1. It never falls as k rises.
func (s *Schedule) Arrival(k int) time.Duration {
	switch {
	case len(s.stages) == 0:
		return 0
	case s.jitter != nil:
		return s.at(s.jitter.at(k))
	}
	return s.at(float64(k))
}

// at is when the integral of the rate is x: the beginning of a stage, if one ends
// with x and another begins.
func (s *Schedule) at(x float64) time.Duration {
	i := sort.Search(len(s.before), func(i int) bool { return s.before[i] > x }) - 1
	return s.starts[i] + s.stages[i].after(x-s.before[i])
}

// Planned is how many arrivals are due before t; 0 if Closed.
func (s *Schedule) Planned(t time.Duration) int {
	if s.Closed() {
		return 0
	}
	return sort.Search(s.n, func(k int) bool { return s.Arrival(k) >= t })
}

// Rate is the planned rate at t, in arrivals a second; 0 if Closed, or when
// arrivals have ceased.
func (s *Schedule) Rate(t time.Duration) float64 {
	if s.Closed() || t < 0 || t >= s.end {
		return 0
	}
	i := sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > t }) - 1
	stage := s.stages[i]
	return stage.from + (stage.to-stage.from)*float64(t-s.starts[i])/float64(stage.length)
}

// End is when arrivals cease at the latest: of a closed model Options.Duration, 0
// for no such time.
func (s *Schedule) End() time.Duration { return s.end }

// words has the rates for people.
func (s *Schedule) words() string {
	var all []string
	for _, stage := range s.stages {
		all = append(all, stage.words())
	}
	return strings.Join(all, ", ")
}

package run

import (
	"context"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

// arrivals hands out the connections of a schedule, each once, when it is due and
// there is a place for it. Safe for concurrent use.
type arrivals struct {
	schedule *plan.Schedule
	start    time.Time
	places   int // 0: no limit

	mu    sync.Mutex
	next  int
	taken int           // places
	full  time.Time     // when all places were taken, last
	freed chan struct{} // has an element when a place was given back, and not taken on
}

// An arrival is a connection that is to begin.
type arrival struct {
	k      int
	due    time.Time // zero in a closed model
	waited bool      // for a place, be it that only those before it did
}

func newArrivals(s *plan.Schedule, places int, start time.Time) *arrivals {
	return &arrivals{schedule: s, places: places, start: start, freed: make(chan struct{}, 1)}
}

// begin calls start for arrivals until there are no more, or ctx ends. What is
// started by release it does not see.
func (a *arrivals) begin(ctx context.Context, start func(arrival)) {
	for ctx.Err() == nil {
		x, wait := a.take(time.Now())
		switch {
		case wait == atOnce:
			start(x)
			continue
		case wait == never:
			return
		}
		due := time.NewTimer(max(time.Duration(wait), 0))
		if wait == untilFreed {
			due.Stop()
		}
		select {
		case <-due.C:
		case <-a.freed:
		case <-ctx.Done():
		}
		due.Stop()
	}
}

// pause is how long it takes until the next arrival is due, or one of the values
// below.
type pause time.Duration

const (
	atOnce pause = -iota
	untilFreed
	never
)

func (a *arrivals) take(at time.Time) (arrival, pause) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.takeLocked(at)
}

func (a *arrivals) takeLocked(at time.Time) (arrival, pause) {
	end := a.schedule.End()
	if a.next >= a.schedule.Len() || a.schedule.Closed() && end > 0 && at.Sub(a.start) >= end {
		return arrival{}, never
	}
	due := a.start.Add(a.schedule.Arrival(a.next))
	if early := due.Sub(at); early > 0 {
		return arrival{}, pause(early)
	}
	if !a.roomLocked() {
		return arrival{}, untilFreed
	}
	x := arrival{k: a.next, due: due, waited: a.full.After(due)}
	if a.schedule.Closed() {
		x.due = time.Time{}
	}
	a.next++
	a.taken++
	return x, atOnce
}

func (a *arrivals) roomLocked() bool { return a.places == 0 || a.taken < a.places }

// release gives a place back. If an arrival waits for it, it gets it.
func (a *arrivals) release(at time.Time) (x arrival, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.roomLocked() {
		a.full = at
	}
	a.taken--
	x, wait := a.takeLocked(at)
	if wait == atOnce {
		return x, true
	}
	select {
	case a.freed <- struct{}{}:
	default:
	}
	return arrival{}, false
}

// claim takes a place, if there is one, for a connection that has been there
// before.
func (a *arrivals) claim() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.roomLocked() {
		return false
	}
	a.taken++
	return true
}

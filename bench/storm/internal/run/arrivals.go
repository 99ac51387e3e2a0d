package run

import (
	"context"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/session/loop"

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
	taken int       // places
	full  time.Time // when all places were taken, last
	waits bool      // begin waits for a place
	freed func()    // has it go on
	ended bool
}

// An arrival is a connection that is to begin.
type arrival struct {
	k      int
	due    time.Time // zero in a closed model
	waited bool      // for a place, be it that only those before it did
}

func newArrivals(s *plan.Schedule, places int, start time.Time) *arrivals {
	return &arrivals{schedule: s, places: places, start: start}
}

// begin has l call start for arrivals, and returns when there are no more or ctx
// ends. What is started by release it does not see. The clock is the loop's, for Go's
// timers may be late by a millisecond on Linux.
func (a *arrivals) begin(ctx context.Context, l *loop.Loop, start func(arrival)) {
	over := make(chan struct{})
	var next func()
	next = func() {
		for range atATime {
			at := time.Now()
			switch x, wait := a.takeOrWait(at); wait {
			case atOnce:
				start(x)
			case untilFreed:
				return
			case never:
				close(over)
				return
			default:
				l.At(at.Add(time.Duration(wait)), next)
				return
			}
		}
		l.Post(next)
	}
	a.freed = func() { l.Post(next) }
	a.freed()
	select {
	case <-over:
	case <-ctx.Done():
		a.end()
	}
}

// atATime is how many arrivals there may be before connections have their turn.
const atATime = 256

// pause is how long it takes until the next arrival is due, or one of the values
// below.
type pause time.Duration

const (
	atOnce pause = -iota
	untilFreed
	never
)

// takeOrWait takes the next arrival, or has freed called when that needs a place.
func (a *arrivals) takeOrWait(at time.Time) (arrival, pause) {
	a.mu.Lock()
	defer a.mu.Unlock()
	x, wait := a.takeLocked(at)
	a.waits = wait == untilFreed
	return x, wait
}

func (a *arrivals) takeLocked(at time.Time) (arrival, pause) {
	end := a.schedule.End()
	if a.ended || a.next >= a.schedule.Len() || a.schedule.Closed() && end > 0 && at.Sub(a.start) >= end {
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
	if a.waits {
		a.waits = false
		a.freed()
	}
	return arrival{}, false
}

// end hands out no more.
func (a *arrivals) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
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

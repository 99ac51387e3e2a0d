package main

import (
	"context"
	"math"
	"time"
)

// A pace plans the arrivals of an open model: rate a second, evenly spaced,
// whatever the server does. A rate of 0 plans them all at the start.
type pace struct {
	start time.Time // with its monotonic reading
	rate  float64
}

// due is when arrival k is planned. It depends on nothing but k, so neither
// rounding nor a late wakeup is carried over to the arrivals behind.
func (p pace) due(k int) time.Time {
	if p.rate == 0 {
		return p.start
	}
	return p.start.Add(time.Duration(math.Round(float64(k) / p.rate * float64(time.Second))))
}

// lateAfter is how far behind its due time an arrival may start before it
// counts as late: timers of ordinary systems stay well within it.
const lateAfter = 10 * time.Millisecond

// sleep waits for d and reports whether it did; false: ctx is done.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

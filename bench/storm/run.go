package main

import (
	"context"
	"sync"
	"time"
)

// A run opens the connections of a plan through an engine and keeps count.
// It is the engine's sink.
type run struct {
	plan    *plan
	engine  engine
	pace    pace
	slots   chan struct{} // one element for each connection being opened
	pending sync.WaitGroup
	results
}

func newRun(p *plan) *run {
	r := &run{plan: p, pace: pace{rate: p.rate}, slots: make(chan struct{}, p.inFlight())}
	r.results.init(newExplainer(p).explain)
	return r
}

// open opens the connections, all of them unless ctx ends before, and returns
// when nothing is being opened any more.
func (r *run) open(ctx context.Context) {
	r.pace.start = time.Now()
	var free time.Time // when the last arrival that had to wait for its slot got it
	for k := range r.plan.n {
		due := r.pace.due(k)
		if !sleep(ctx, time.Until(due)) {
			break
		}
		waited, ok := r.slot(ctx)
		if !ok {
			break
		}
		now := time.Now()
		if waited {
			free = now
		}
		late := r.plan.rate > 0 && now.Sub(due) > lateAfter
		r.start(now.Sub(r.pace.start), late, late && free.After(due)) // those behind it have waited as well
		r.pending.Add(1)
		r.engine.open(ctx, k)
	}
	r.pending.Wait()
	r.over(max(time.Since(r.pace.start), 1)) // 0 is for not over
}

// hold waits as long as the plan says, or until nothing is left to be held.
func (r *run) hold(ctx context.Context) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, r.plan.hold)
	defer cancel()
	select {
	case <-ctx.Done():
	case <-r.empty:
	}
	r.heldFor(min(time.Since(start), r.plan.hold))
}

// slot waits, if it must, until one more connection may be in flight. It is not
// ok if ctx is done before.
func (r *run) slot(ctx context.Context) (waited, ok bool) {
	select {
	case r.slots <- struct{}{}:
		return false, true
	default:
	}
	select {
	case r.slots <- struct{}{}:
		return true, true
	case <-ctx.Done():
		return true, false
	}
}

func (r *run) done(k int, o outcome) {
	var due time.Time
	if r.plan.rate > 0 {
		due = r.pace.due(k)
	}
	r.add(o, due)
	<-r.slots
	r.pending.Done()
}

// Package run carries out a plan over package loop.
//
//	run.go       Run, from the first arrival to the last close
//	arrivals.go  when connections begin, and how many at once
//	tally.go     how far a run is
//	worker.go    the connections of one loop: opening them, and again
//	ending.go    how they end
//	exchange.go  what they say, with underway.go: what is not answered yet
//	processor.go whether this machine gives storm its time
//	reason.go    names and explains a failure, with cause.go; redact.go: without secrets
//	trace.go     shows a single connection whole: what carries it, with carrier.go,
//	             its handshake, with judge.go, and its frames, with tap.go and frame.go
package run

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

// Run carries out a Plan, once.
type Run struct {
	plan      *plan.Plan
	recorder  *measure.Recorder
	start     time.Time
	arrivals  *arrivals
	tally     *tally
	processor *processor
	group     *loop.Group
	workers   []*worker
	stop      context.CancelCauseFunc
	trace     *trace // nil for none
}

// New makes a Run that starts at start, and has loops loops, each with a Shard of
// r. If trace is not nil the Run shows there what happens on its connections,
// which makes sense for a single one.
func New(p *plan.Plan, r *measure.Recorder, start time.Time, loops int, trace io.Writer) (*Run, error) {
	run := &Run{
		plan: p, recorder: r, start: start,
		arrivals:  newArrivals(&p.Arrivals, p.Concurrency, start),
		tally:     newTally(),
		processor: new(processor),
	}
	config := p.Session
	var tap func(loop.Conn, bool, []byte)
	if trace != nil {
		run.trace = newTrace(trace, run)
		config, tap = run.trace.config, run.trace.tap
	}
	var err error
	run.group, err = loop.New(context.Background(), &loop.Config{
		Handler: run.newWorker,
		Loops:   loops,
		Net:     p.Net,
		Session: config,
		// One that waits for a server that does not read waits whole, however long
		// it is; behind so much, the next ones wait until they can be written.
		MaxQueued: 64 << 10,

		ConnectTimeout:   orElse(p.ConnectTimeout, p.Timeout),
		HandshakeTimeout: orElse(p.HandshakeTimeout, p.Timeout),
		CloseTimeout:     p.CloseTimeout,
		PingTimeout:      orElse(p.PingTimeout, p.PingInterval),

		LocalAddrs: p.Locals,
		Reset:      p.Reset,
		KeepAlive:  p.KeepAlive,
		NetDial:    p.NetDial,
		Proxy:      p.Proxy,
		Tap:        tap,
	})
	return run, err
}

func orElse(d, usual time.Duration) time.Duration {
	if d == 0 {
		return usual
	}
	return d
}

// Do opens the connections, has them exchange their messages, holds them, closes
// them, and says how that ended. Ending ctx, with a cause, has it close what is
// open at once.
func (r *Run) Do(ctx context.Context) measure.End {
	defer r.processor.watch()()
	caller := ctx
	ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)
	if limit := r.plan.TimeLimit; limit > 0 {
		over := time.AfterFunc(time.Until(r.start.Add(limit)), func() { r.stop(errTimeLimit) })
		defer over.Stop()
	}

	n := 0
	r.arrivals.begin(ctx, r.workers[0].loop, func(x arrival) {
		r.dispatch(r.workers[n%len(r.workers)], x)
		n++
	})
	r.tally.wait(ctx, (*tally).opened)
	opened := time.Now()
	r.tally.wait(ctx, (*tally).exchanged)
	held := r.hold(ctx, opened)
	early := context.Cause(ctx)
	r.close()

	end := measure.End{At: time.Now(), Held: held, Interrupted: caller.Err() != nil}
	if end.Interrupted {
		early = context.Cause(caller) // be it that it came while all was being closed
	}
	if early != nil {
		end.Why = early.Error()
	}
	return end
}

// dispatch has w begin an arrival.
func (r *Run) dispatch(w *worker, x arrival) {
	r.tally.add(arrived)
	w.loop.Post(func() { w.begin(x, nil) })
}

// hold waits, from opened on, as long as the plan says, or until nothing is left
// to be held. What has a lifetime is held until that is over.
func (r *Run) hold(ctx context.Context, opened time.Time) time.Duration {
	if r.plan.Lifetime >= 0 {
		r.tally.wait(ctx, (*tally).empty)
	} else {
		ctx, cancel := context.WithDeadline(ctx, opened.Add(r.plan.Hold))
		defer cancel()
		r.tally.wait(ctx, (*tally).empty)
	}
	return min(time.Since(opened), r.plan.Hold)
}

// close ends all connections in the time that their closing handshakes may take, and
// that the loops need besides, some at once; those that are left then together; and then
// whatever is left.
func (r *Run) close() {
	r.closing((*worker).finishAll, 2*r.plan.CloseTimeout+endTimeout)
	r.closing((*worker).closeAll, r.plan.CloseTimeout+endTimeout)
	r.group.Close()
}

// closing has each worker begin to close, and waits for the end of that.
func (r *Run) closing(begin func(*worker), timeout time.Duration) {
	for _, w := range r.workers {
		w.loop.Post(func() { begin(w) })
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	r.tally.wait(ctx, func(t *tally) bool { return t.opened() && t.empty() })
}

// endTimeout is for what the loops have to do besides.
const endTimeout = 5 * time.Second

// What ends a run before its time, but for a signal.
var (
	errTooMany   = errors.New("stopped: too many connections failed (--stop-on-failures)")
	errTimeLimit = errors.New("stopped: its time was over (--time-limit)")
)

// closeStatus is storm's own.
const closeStatus = session.StatusSuccess

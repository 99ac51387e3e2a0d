package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/zeroshake/zeroshake/session/dial"
)

// results is what a run has measured so far. Safe for concurrent use.
type results struct {
	mu sync.Mutex
	counts
	opening time.Duration // from the start until nothing was being opened any more; 0 before
	held    time.Duration // from then on
	closing bool          // held is over
	last    time.Duration // arrival's start
	empty   chan struct{} // closed when, after that, nothing is open any more

	failures, drops          map[string]int    // by reason
	examples                 map[string]string // of both
	subprotocols, extensions map[string]int    // that were offered

	// Of the connections that opened, in microseconds.
	handshake, upgrade, intended *hdrhistogram.Histogram

	exchanged
	explain func(error) string
}

// exchanged are messages: how many were sent and answered, and what with.
type exchanged struct {
	sentMessages, answered, wrongReplies int
	octetsOut, octetsIn                  int64
	firstSent, lastAnswer                time.Time
	wrongs                               map[string]int // by reason

	// Of those answered, in microseconds: from the write, and with a rate from
	// when it was due.
	roundTrip, intendedTrip, pings *hdrhistogram.Histogram
}

// counts are connections: started = opened + failed + cutOff + those in flight.
type counts struct {
	started, opened, failed, cutOff int
	late, lateForC                  int // of the started; of the late
	dropped                         int // of the opened
}

func (c counts) inFlight() int { return c.started - c.opened - c.failed - c.cutOff }

// longest is the most that a histogram holds; no run comes near it.
const longest = 24 * time.Hour

func (r *results) init(explain func(error) string) {
	histogram := func() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest.Microseconds(), 3) }
	r.handshake, r.upgrade, r.intended = histogram(), histogram(), histogram()
	r.roundTrip, r.intendedTrip, r.pings = histogram(), histogram(), histogram()
	r.wrongs = map[string]int{}
	r.failures, r.drops, r.examples = map[string]int{}, map[string]int{}, map[string]string{}
	r.subprotocols, r.extensions = map[string]int{}, map[string]int{}
	r.empty = make(chan struct{})
	r.explain = explain
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	h.RecordValue(min(d, longest).Microseconds()) // in range, so it cannot fail
}

// start counts an arrival that starts at, from the start of the run on.
func (r *results) start(at time.Duration, late, forC bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started++
	r.last = at
	if late {
		r.late++
	}
	if forC {
		r.lateForC++
	}
}

// add counts an outcome. due is when the arrival was planned, zero if it was not.
func (r *results) add(o outcome, due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case o.err == nil:
		r.opened++
		record(r.handshake, o.open.Sub(o.start))
		record(r.upgrade, o.open.Sub(o.written))
		if !due.IsZero() {
			record(r.intended, o.open.Sub(due))
		}
		if o.subprotocol != "" {
			r.subprotocols[o.subprotocol]++
		}
		for _, x := range o.extensions {
			r.extensions[x]++
		}
	case isCutOff(o.err):
		r.cutOff++
	default:
		r.failed++
		r.count(r.failures, o.err)
	}
}

// isCutOff tells an opening that was given up from one that failed by itself,
// which it has if the response was judged.
func isCutOff(err error) bool {
	var refused *dial.RefusedError
	return errors.Is(err, context.Canceled) && !errors.As(err, &refused)
}

// drop counts an open connection that ended with err.
func (r *results) drop(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropped++
	r.count(r.drops, err)
	r.checkEmpty()
}

// over says that the opening is over, and how long it took.
func (r *results) over(opening time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opening = opening
	r.checkEmpty()
}

// heldFor says that nothing is to be held any more, and how long it was.
func (r *results) heldFor(held time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held, r.closing = held, true
}

func (r *results) checkEmpty() {
	if r.opening > 0 && r.dropped == r.opened {
		close(r.empty)
	}
}

// count counts err by its reason and keeps the first of each as example.
func (r *results) count(by map[string]int, err error) {
	why := reason(err)
	by[why]++
	if _, known := r.examples[why]; !known {
		r.examples[why] = r.explain(err)
	}
}

func (r *results) sent(octets int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sentMessages++
	r.octetsOut += int64(octets)
}

func (r *results) message(m message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answered++
	r.octetsIn += int64(m.in)
	if r.firstSent.IsZero() || m.sent.Before(r.firstSent) {
		r.firstSent = m.sent
	}
	if m.answered.After(r.lastAnswer) {
		r.lastAnswer = m.answered
	}
	record(r.roundTrip, m.answered.Sub(m.sent))
	if !m.due.IsZero() {
		record(r.intendedTrip, m.answered.Sub(m.due))
	}
}

func (r *results) wrong(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrongReplies++
	r.count(r.wrongs, err)
}

func (r *results) pong(took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	record(r.pings, took)
}

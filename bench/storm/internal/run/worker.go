package run

import (
	"net/http"
	"net/http/cookiejar"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// A worker has the connections of one loop. It is its Handler, and all of it
// belongs to its goroutine.
type worker struct {
	run      *Run
	loop     *loop.Loop
	shard    *measure.Shard
	conns    []*conn // by token; nil where there is none
	unused   []uint64
	ending   bool     // nothing is opened any more
	toFinish []uint64 // tokens of those that are open then, and whose turn comes
	out      []byte   // the message being sent, or that was
}

// A conn is one connection, and those that are opened after it in its stead.
type conn struct {
	token    uint64
	handle   loop.Handle
	state    state
	k        int
	attempt  measure.Attempt
	endpoint *dial.Endpoint
	jar      http.CookieJar // nil: it keeps no cookies
	place    bool           // it has one of arrivals
	first    bool           // attempt
	late     bool           // it has not opened within plan.Timeout
	tries    int            // since it was open
	opened   time.Time
	exchange

	until    time.Time // when it, or what is opened in its stead, is to be closed; zero: at the end of the run
	nextPing time.Time // zero: never
	wake     time.Time // what the loop was told; zero: nothing
}

type state uint8

const (
	waiting   state = iota // to be opened again
	opening                // in the loop, as are those below
	open                   //
	finishing              // open, and closed when the replies have come that are on their way
	closing                // by storm
)

func (r *Run) newWorker(l *loop.Loop) loop.Handler {
	w := &worker{run: r, loop: l, shard: r.recorder.Shard(len(r.workers))}
	r.workers = append(r.workers, w)
	return w
}

// begin begins an arrival, with the cookies of the user who has just left.
func (w *worker) begin(x arrival, jar http.CookieJar) {
	if w.ending {
		w.run.tally.add(counts{opening: -1, alive: -1})
		return
	}
	c := &conn{k: x.k, place: true, first: true, jar: jar}
	if w.run.plan.CookieJar && jar == nil {
		c.jar, _ = cookiejar.New(nil) // which cannot fail
	}
	if n := len(w.unused); n > 0 {
		c.token, w.unused = w.unused[n-1], w.unused[:n-1]
		w.conns[c.token] = c
	} else {
		c.token = uint64(len(w.conns))
		w.conns = append(w.conns, c)
	}
	w.dial(c, measure.Attempt{Due: x.due}, x.waited)
}

// dial opens c.
func (w *worker) dial(c *conn, a measure.Attempt, waited bool) {
	now := time.Now()
	if a.Due.IsZero() {
		a.Due = now
	}
	w.shard.Start(now, a, w.wait(now.Sub(a.Due), waited))
	c.attempt, c.state, c.late, c.wake = a, opening, false, time.Time{}
	var err error
	if c.endpoint, err = w.run.plan.Endpoint(c.k, c.jar); err == nil {
		c.handle, err = w.loop.Dial(c.endpoint, c.token)
	}
	if err != nil {
		w.loop.Post(func() { w.fail(c, &loop.Failure{Phase: dial.PhaseSetup, Err: err, Timing: dial.Timing{Start: now}}) })
		return
	}
	w.arm(c, now.Add(w.run.plan.Timeout))
}

// wait is what something waited for that comes so late.
func (w *worker) wait(late time.Duration, forLimit bool) measure.Wait {
	switch {
	case forLimit:
		return measure.ForLimit
	case late > measure.LateAfter && !w.run.processor.busy():
		return measure.ForMachine
	}
	return measure.ForStorm
}

// arm has the loop call Wake at t, if it is not to do so already.
func (w *worker) arm(c *conn, t time.Time) {
	if !t.Equal(c.wake) {
		c.wake = t
		w.loop.Wake(c.handle, t)
	}
}

// Opened implements loop.Handler.
func (w *worker) Opened(lc loop.Conn, o *loop.Opening) {
	c := w.conns[lc.Token]
	offer := c.endpoint.Offer()
	var subprotocol string
	if o.Subprotocol >= 0 { // in its braces, for what they stand for may be secret
		subprotocol = w.run.plan.Subprotocols[o.Subprotocol]
	}
	var extensions []string
	for _, i := range o.Extensions {
		extensions = append(extensions, offer.Extensions[i])
	}
	w.shard.Open(c.attempt, &o.Timing, subprotocol, extensions)
	w.setCookies(c, o.Response)
	if w.run.trace != nil {
		w.run.trace.opened(c, o)
	}

	c.state, c.opened, c.exchange, c.tries = open, o.Timing.Done, exchange{}, 0
	if !w.run.stays() {
		w.vacate(c)
	}
	p := w.run.plan
	d := counts{ended: 1}
	c.talks = p.Talks()
	if c.awaited = c.talks && !p.Endless && !c.attempt.Again; c.awaited {
		d.talking = 1 // together, lest the run be taken for over in between
	}
	w.attempted(c, d)
	w.live(c, c.opened)
	if p.PingInterval > 0 {
		c.nextPing = c.opened.Add(p.PingInterval)
	}
	switch {
	case w.ending: // it opened before it could be dropped
		w.finish(c)
	case !c.talks && p.Lifetime == 0:
		w.finish(c)
	default:
		w.talk(c, false)
	}
}

// attempted counts the end of an attempt.
func (w *worker) attempted(c *conn, d counts) {
	if c.first {
		d.opening = -1
	} else {
		d.failed, d.ended = 0, 0
	}
	c.first = false
	if n := w.run.tally.add(d); d.failed > 0 && w.run.plan.Failures.Exceeded(n.failed, n.ended) {
		w.run.stop(errTooMany)
	}
}

// stays reports whether a connection keeps its place as long as it is open: in a
// closed model, if it has a lifetime.
func (r *Run) stays() bool { return r.plan.Arrivals.Closed() && r.plan.Lifetime >= 0 }

// vacate gives the place of c back, if it has one, and begins the arrival that
// waits for it: in a closed model it is the same user who comes again.
func (w *worker) vacate(c *conn) {
	if !c.place {
		return
	}
	c.place = false
	next, ok := w.run.arrivals.release(time.Now())
	if !ok {
		return
	}
	w.run.tally.add(arrived)
	var jar http.CookieJar
	if w.run.stays() {
		jar = c.jar
	}
	w.begin(next, jar)
}

// setCookies keeps those of the response, if there is a jar.
func (w *worker) setCookies(c *conn, r *parse.Response) {
	if c.jar == nil || r == nil {
		return
	}
	h := http.Header{}
	for _, f := range r.Fields {
		if f.Is("Set-Cookie") {
			h.Add("Set-Cookie", string(f.Value))
		}
	}
	c.jar.SetCookies(w.run.plan.CookieURL(c.k), (&http.Response{Header: h}).Cookies())
}

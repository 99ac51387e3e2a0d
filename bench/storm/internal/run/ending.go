package run

import (
	"errors"
	"net"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// Failed implements loop.Handler.
func (w *worker) Failed(lc loop.Conn, f *loop.Failure) { w.fail(w.conns[lc.Token], f) }

func (w *worker) fail(c *conn, f *loop.Failure) {
	now := time.Now()
	w.setCookies(c, f.Response)
	if w.run.trace != nil {
		w.run.trace.failed(c, f)
	}
	if w.ending && !c.late && errors.Is(f.Err, net.ErrClosed) {
		w.shard.CutOff(now, c.attempt)
		w.attempted(c, counts{})
		w.over(c)
		return
	}
	if c.late && f.Err == loop.ErrDropped {
		f.Err = loop.ErrHandshakeTimeout
		if f.Phase <= dial.PhaseConnect {
			f.Err = loop.ErrConnectTimeout
		}
	}
	w.shard.Fail(now, c.attempt, &measure.Failure{
		Phase:   phaseOf(f.Phase),
		Reason:  failureReason(f),
		Timing:  f.Timing,
		Example: func() measure.Example { return w.run.failureExample(c, f) },
	})
	w.live(c, now)
	due, again := w.again(c, now)
	if !again || !w.run.stays() {
		w.vacate(c)
	}
	w.attempted(c, counts{ended: 1, failed: 1})
	if again {
		w.retry(c, due)
	} else {
		w.over(c)
	}
}

func phaseOf(p dial.Phase) measure.Phase {
	switch p {
	case dial.PhaseSetup, dial.PhaseDNS:
		return measure.DNS
	case dial.PhaseConnect, dial.PhaseProxy:
		return measure.Connect
	case dial.PhaseTLS:
		return measure.TLS
	default:
		return measure.Upgrade
	}
}

// Closed implements loop.Handler.
func (w *worker) Closed(lc loop.Conn, e *loop.Ending) {
	c, now := w.conns[lc.Token], time.Now()
	broke := brokeRule(e.Err)
	var status uint16 // of the server's close
	if e.Status != session.StatusAborted && !broke {
		status = uint16(e.Status)
	}
	switch {
	case c.mute && w.run.plan.NoReply:
		e.Err = errNotRead
	case c.mute:
		e.Err = errNoReply
	}
	if w.run.trace != nil {
		w.run.trace.closed(c, e)
	}
	w.quiet(c)
	if asPlanned := c.state == closing && !c.mute && !broke || e.Err == loop.ErrStopped; asPlanned {
		w.shard.Close(now, status)
		w.over(c)
	} else {
		w.shard.Drop(now, status, endingReason(e), func() measure.Example { return w.run.endingExample(c, e) })
		if due, ok := w.again(c, now); ok {
			w.retry(c, due)
		} else {
			w.over(c)
		}
	}
	if e.Err == loop.ErrCloseTimeout { // the others will not be answered either
		w.finishNext(len(w.toFinish))
	}
	w.finishNext(1)
}

// brokeRule reports whether that is the server's protocol error, be it in its answer to
// a close.
func brokeRule(err error) bool {
	var rule session.Error
	return errors.As(err, &rule)
}

// again is when c, which has ended, is to be opened again; it is not if the run ends,
// or its lifetime does before.
func (w *worker) again(c *conn, now time.Time) (due time.Time, ok bool) {
	p := w.run.plan
	if p.Backoff.First == 0 || w.ending {
		return time.Time{}, false
	}
	due = now.Add(p.Backoff.Pause(p.Seed, c.k, c.tries))
	return due, c.until.IsZero() || due.Before(c.until)
}

// retry opens c again at due.
func (w *worker) retry(c *conn, due time.Time) {
	c.state, c.handle = waiting, 0
	c.tries++
	w.loop.At(due, func() {
		if w.ending { // and c is over
			return
		}
		if c.place || w.run.arrivals.claim() {
			c.place = true
			w.dial(c, measure.Attempt{Due: due, Again: true}, false)
			return
		}
		if due, ok := w.again(c, due); ok { // there is no place yet
			w.retry(c, due)
		} else {
			w.over(c)
		}
	})
}

// live begins the lifetime of c, and of what is opened in its stead.
func (w *worker) live(c *conn, now time.Time) {
	if d := w.run.plan.Lifetime; d > 0 && c.until.IsZero() {
		c.until = now.Add(d)
	}
}

// over forgets c.
func (w *worker) over(c *conn) {
	if c.cut {
		w.shard.NotSent(time.Now(), w.run.plan.Messages-c.next())
	}
	w.conns[c.token] = nil
	w.unused = append(w.unused, c.token)
	w.vacate(c)
	w.run.tally.add(counts{alive: -1})
}

// finish closes c, which is open, when the replies have come that it waits for. At the
// end of the run they have plan.CloseTimeout.
func (w *worker) finish(c *conn) {
	w.quiet(c)
	if c.underway.n == 0 {
		w.close(c)
		return
	}
	c.state = finishing
	due := w.replyDue(c)
	if last := time.Now().Add(w.run.plan.CloseTimeout); w.ending && last.Before(due) {
		due = last
	}
	w.arm(c, due)
}

func (w *worker) close(c *conn) {
	c.state = closing
	w.loop.Close(c.handle, closeStatus, "")
}

// closingAtOnce is how many closing handshakes a worker has under way at the end: a server
// that answers them all, but has to be waited for, does not run into the timeout.
const closingAtOnce = 256

// finishNext begins to end n more of those that are open.
func (w *worker) finishNext(n int) {
	for ; n > 0 && len(w.toFinish) > 0; n-- {
		token := w.toFinish[0]
		w.toFinish = w.toFinish[1:]
		if c := w.conns[token]; c != nil && c.state == open {
			w.finish(c)
		} else {
			n++ // it has ended by itself
		}
	}
}

// finishAll ends what there is, and what was to be.
func (w *worker) finishAll() {
	w.ending = true
	for _, c := range w.conns {
		if c == nil {
			continue
		}
		switch c.state {
		case waiting:
			w.over(c)
		case opening:
			w.loop.Drop(c.handle)
		case open:
			w.quiet(c)
			w.toFinish = append(w.toFinish, c.token)
		case finishing:
			w.finish(c)
		}
	}
	w.finishNext(closingAtOnce)
}

// closeAll begins to close what is open, replies or not.
func (w *worker) closeAll() {
	for _, c := range w.conns {
		if c != nil && (c.state == open || c.state == finishing) {
			w.close(c)
		}
	}
}

// Wake implements loop.Handler.
func (w *worker) Wake(lc loop.Conn) {
	c, now := w.conns[lc.Token], time.Now()
	c.wake = time.Time{}
	switch c.state {
	case opening:
		c.late = true
		w.loop.Drop(c.handle)
	case finishing: // and the replies have not come
		switch due := w.replyDue(c); {
		case w.ending:
			w.close(c)
		case now.Before(due):
			w.arm(c, due)
		default:
			w.mute(c)
		}
	case open:
		if w.ending {
			return // its turn comes
		}
		if !c.until.IsZero() && !now.Before(c.until) {
			w.finish(c)
			return
		}
		if due := w.replyDue(c); !due.IsZero() && !now.Before(due) {
			w.mute(c)
			return
		}
		if !c.nextPing.IsZero() && !now.Before(c.nextPing) {
			w.ping(c, now)
		}
		w.talk(c, false)
	}
}

// rearm has the loop call Wake when next there is something to do. For a reply that is
// not there in time it may call too early: else each message would set the timer.
func (w *worker) rearm(c *conn) {
	var next time.Time
	earlier := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	earlier(c.until)
	earlier(c.nextPing)
	if due, ok := w.due(c); ok && due.IsZero() {
		earlier(time.Now())
	} else if ok {
		earlier(due)
	}
	if due := w.replyDue(c); !c.wake.IsZero() && c.wake.Before(due) {
		earlier(c.wake)
	} else {
		earlier(due)
	}
	w.arm(c, next)
}

package loop

// How a connection ends. What calls of the owner bring about is noted, and done
// when no call of his is under way: doom, then reap.

import (
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// doom is the end of a connection, noted.
type doom struct {
	handle Handle
	phase  dial.Phase
	err    error
	later  bool // behind what can be received yet: see unwritable, unsendable
}

func (l *Loop) doom(c *conn, err error) { l.doomAt(c, c.phaseOf(), err) }

func (l *Loop) doomAt(c *conn, p dial.Phase, err error) {
	if !c.doomed {
		c.doomed = true
		l.doomed = append(l.doomed, doom{handle: c.handle(), phase: p, err: err})
	}
}

// unwritable: a write to c failed. What the server said before, a close perhaps, is
// received yet, until nothing is there or lingerTimeout is over, in turn with other
// connections.
func (l *Loop) unwritable(c *conn, err error) {
	l.cork.drop(c) // nothing goes behind what did not
	if c.doomed || c.phase >= phaseLingering {
		l.doom(c, err) // its ending is certain
		return
	}
	c.phase, c.pinged = phaseReceiving, 0
	x := c.more()
	x.ending = Ending{Status: session.StatusAborted, Err: err}
	x.sendsNothing()
	l.limit(c, l.now()+int64(lingerTimeout))
	l.watch(c, false)
	l.doomed = append(l.doomed, doom{handle: c.handle(), later: true})
}

// reap ends what is doomed, and what comes to be by that.
func (l *Loop) reap() {
	for i := 0; i < len(l.doomed); i++ {
		d := l.doomed[i]
		c := l.conns.get(d.handle)
		switch {
		case c == nil: // over already
		case d.later:
			l.receiveLast(c)
		case c.opening != nil && c.phase < phaseOpen:
			l.fail(c, d.phase, d.err)
		default:
			if c.extra == nil || c.extra.ending.Status == 0 {
				c.more().ending = Ending{Status: session.StatusAborted, Err: d.err}
			}
			l.tellEnding(c)
		}
	}
	clear(l.doomed)
	if l.doomed = l.doomed[:0]; cap(l.doomed) > 1024 {
		l.doomed = nil
	}
}

// receiveLast receives behind a write that failed: the system need not say that
// nothing is there.
func (l *Loop) receiveLast(c *conn) {
	switch h := c.handle(); {
	case c.doomed:
	case c.phase == phaseReceiving:
		l.receive(c)
	case c.phase == phaseResponding:
		for l.conns.get(h) != nil && !c.doomed { // until that is the end
			l.respond(c)
		}
	}
}

// flush: the server has ended its stream, which it may do and read on (RFC 9293
// section 3.6). What Send has taken is written, within CloseTimeout; then c ends,
// as is noted.
func (l *Loop) flush(c *conn) {
	closing := c.phase != phaseOpen // a close is on its way, and has its time
	// A write that fails from here on does not change how c ends.
	c.phase = phaseFlushing
	l.uncork()
	if !c.unsent() {
		l.tellEnding(c)
		return
	}
	if !closing {
		c.pinged = 0
		l.limit(c, l.now()+int64(l.config.CloseTimeout))
	}
	l.watch(c, true)
}

// finish closes the connection below. Nothing happens to c from now on.
func (l *Loop) finish(c *conn) {
	c.doomed = true // likewise
	l.uncork()
	c.phase = phaseOver
	l.timers.remove(&l.conns, c, deadline)
	l.timers.remove(&l.conns, c, wake)
	l.disconnect(c)
}

// disconnect ends what c has below.
func (l *Loop) disconnect(c *conn) {
	if c.net != nil {
		c.net.end()
		c.net = nil
	}
	l.closeSocket(c)
}

// tellEnding ends a connection that was open, with the ending that is noted.
func (l *Loop) tellEnding(c *conn) {
	l.finish(c)
	l.ending = c.extra.ending
	l.handler.Closed(c.conn(), &l.ending)
	l.ending = Ending{}
	l.free(c)
}

func (l *Loop) free(c *conn) {
	c.client.Reset()
	c.freeOpening()
	c.freeExtra()
	l.conns.remove(c)
}

// overdue: the deadline of c is over. What came in time, but waits to be read since
// the loop was busy, counts.
func (l *Loop) overdue(c *conn) {
	h := c.handle()
	if c.phase == phaseResponding || c.phase == phaseClosing || c.phase == phaseOpen && c.pinged != 0 {
		switch {
		case l.readLate(c):
			if l.conns.get(h) != nil && c.phase >= phaseLingering && c.deadlineAt == 0 {
				l.doom(c, nil) // what it has yet to write had its time
			}
			return
		case c.net != nil && c.net.extends():
			l.timers.set(&l.conns, c, deadline, l.now()+int64(extension))
			return
		}
	}
	switch c.phase {
	case phaseConnecting:
		l.request(c) // it may be connected
		if c.phase == phaseConnecting && c.deadlineAt == 0 && !c.doomed {
			l.refusedBy(c, dial.PhaseConnect, ErrConnectTimeout)
		}
	case phaseOpen:
		if c.pinged == 0 {
			l.ping(c)
			return
		}
		l.doom(c, ErrNoPong)
	case phaseClosing:
		l.doom(c, ErrCloseTimeout)
	case phaseReceiving, phaseLingering, phaseFlushing:
		l.doom(c, nil) // its ending is certain
	default:
		l.doom(c, c.timeout())
	}
}

// readLate reads what c has, and reports whether that changed anything about its
// deadline.
func (l *Loop) readLate(c *conn) bool {
	h, phase, pinged := c.handle(), c.phase, c.pinged
	for range maxReads {
		if c.net != nil {
			l.callTold()
		} else {
			l.event(c, true, false)
		}
		if l.conns.get(h) == nil || c.doomed || c.phase != phase || phase == phaseOpen && c.pinged != pinged || c.deadlineAt != 0 {
			return true
		}
	}
	return false
}

// event: the system says that c can be read or written.
func (l *Loop) event(c *conn, reads, writes bool) {
	h := c.handle()
	switch {
	case c.doomed:
	case c.phase == phaseConnecting, c.phase == phaseRequesting:
		l.request(c)
	case c.phase == phaseResponding:
		if reads {
			l.respond(c)
		}
	case c.phase >= phaseOpen:
		if writes {
			l.writable(c)
		}
		if c = l.conns.get(h); c == nil || c.doomed || !reads {
			return
		}
		switch c.phase {
		case phaseLingering:
			l.discard(c)
		case phaseFlushing:
		default:
			l.receive(c)
		}
	}
}

package loop

// What is sent: the session makes frames of it, all at once. They are held back for a
// moment (cork.go), and what the system does not take waits in extra.

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/zeroshake/zeroshake/session"
)

func duration(ns int64) time.Duration { return time.Duration(ns) }

// write writes to the server. It returns errAgain if not all was taken.
func (l *Loop) write(c *conn, p []byte) (int, error) {
	if c.net != nil {
		return c.net.write(p)
	}
	return l.writeSocket(c, p)
}

// send sends l.sending.
func (l *Loop) send(c *conn) error {
	if err := c.client.Send(&l.sending); err != nil {
		return err
	}
	var (
		a   session.Action
		err error
	)
	for {
		c.client.GetAction(session.SendQueue, &a) // of an open session, without error
		n := 0
		switch a.Kind {
		case session.SendToNetwork:
			for _, b := range a.Buffers[:a.N] {
				l.output(c, b)
				n += len(b)
			}
		case session.IndicateSendComplete:
			if a.Cancelled { // a compressor has failed
				err = session.ErrSendCut
			}
		case session.NoAction:
			l.sending = session.Op{}
			return err
		}
		c.client.CompleteAction(&a, n)
	}
}

// sendNow is send for what has a deadline, and so is not held back.
func (l *Loop) sendNow(c *conn) error {
	err := l.send(c)
	l.uncork()
	return err
}

// output has p written, behind what was sent before.
func (l *Loop) output(c *conn, p []byte) {
	if c.doomed || c.phase == phaseReceiving {
		return
	}
	if l.config.Tap != nil {
		l.config.Tap(c.conn(), true, p)
	}
	held := l.cork.takes(c, p)
	if !held {
		l.uncork()
		held = l.cork.takes(c, p)
	}
	switch {
	case c.doomed || c.phase == phaseReceiving: // what was held could not be written
	case held:
		l.cork.hold(c, p)
	default:
		l.writeOrQueue(c, p)
	}
}

// writeOrQueue writes p, behind what is queued, or queues it.
func (l *Loop) writeOrQueue(c *conn, p []byte) {
	if c.queued() == 0 {
		l.setNoDelay(c)
		n, err := l.write(c, p)
		switch {
		case err == nil:
			return
		case err != errAgain:
			l.unwritable(c, err)
			return
		}
		p = p[n:]
		l.watch(c, true)
	}
	x := c.more()
	if x.sent > 0 && len(x.out)+len(p) > cap(x.out) {
		x.out = x.out[:copy(x.out, x.out[x.sent:])]
		x.turn -= x.sent
		x.sent = 0
	}
	x.out = append(x.out, p...)
}

// writable writes what is queued.
func (l *Loop) writable(c *conn) {
	if x := c.extra; x != nil && len(x.out) > 0 {
		err := l.writeQueue(c, x)
		switch {
		case err == errAgain:
			return
		case err != nil:
			l.unwritable(c, err)
			return
		}
		x.out, x.sent = small(x.out), 0
		l.outputPong(c)
		l.uncork()
	}
	if c.doomed || c.phase == phaseReceiving || c.unsent() {
		return
	}
	l.watch(c, false)
	l.drained(c)
}

// writeQueue writes what is queued, and a pong in its turn, between frames: else a
// queue that is never empty would keep it for ever.
func (l *Loop) writeQueue(c *conn, x *extra) error {
	for x.sent < len(x.out) {
		end := len(x.out)
		if len(x.pong) > 0 {
			end = x.turn
		}
		n, err := l.write(c, x.out[x.sent:end])
		x.sent += n
		if len(x.pong) > 0 && x.sent == x.turn {
			if l.config.Tap != nil {
				l.config.Tap(c.conn(), true, x.pong)
			}
			x.out = slices.Insert(x.out, x.sent, x.pong...)
			x.pong = x.pong[:0]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// drained: nothing more is to be written.
func (l *Loop) drained(c *conn) {
	switch c.phase {
	case phaseLingering:
		l.linger(c)
	case phaseFlushing:
		l.tellEnding(c)
		return
	}
	x := c.extra
	if x == nil {
		return
	}
	if x.shuts {
		x.shuts = false
		l.shutSocket(c)
	}
	full := x.full
	x.full = false
	c.less()
	if full && c.phase == phaseOpen && !c.doomed {
		l.handler.Drained(c.conn())
	}
}

// sendPong sends the answer to a ping, a whole frame. While something is queued it
// waits, and takes the place of an older one (RFC 6455 section 5.5.3): a server
// that pings and does not read costs one.
func (l *Loop) sendPong(c *conn, a *session.Action) {
	frame := a.Buffers[0]
	if l.cork.endsWith(c) {
		l.uncork() // so that pongs are not held by the dozen
	}
	if c.queued() > 0 {
		x := c.extra
		if len(x.pong) == 0 {
			x.turn = len(x.out)
		}
		x.pong = append(x.pong[:0], frame...)
	} else {
		l.output(c, frame)
	}
	c.client.CompleteAction(a, len(frame))
}

// outputPong writes the pong that waits, or queues it.
func (l *Loop) outputPong(c *conn) {
	if x := c.extra; x != nil && len(x.pong) > 0 {
		pong := x.pong
		x.pong = x.pong[:0]
		l.output(c, pong)
	}
}

// ping sends a ping whose payload is the time.
func (l *Loop) ping(c *conn) error {
	var payload [8]byte
	l.uncork() // the round trip begins behind it
	now := l.now()
	binary.BigEndian.PutUint64(payload[:], uint64(now))
	l.sending = session.Op{Type: session.PingPong, Data: payload[:]}
	if err := l.sendNow(c); err != nil {
		return err
	}
	if c.phase == phaseReceiving {
		return nil
	}
	c.pinged = now
	if d := l.config.PingTimeout; d > 0 && c.phase == phaseOpen {
		l.limit(c, now+int64(d))
	}
	return nil
}

func (l *Loop) scheduleFirstPing(c *conn) {
	if every := l.config.PingInterval; every > 0 {
		l.limit(c, l.now()+int64(every))
	} else {
		l.limit(c, 0)
	}
}

// sendClose sends a close frame, which has CloseTimeout to be written and answered.
// A pong that waits goes before it: a server need not read on behind a close.
func (l *Loop) sendClose(c *conn, status session.CloseStatus, reason []byte) error {
	l.outputPong(c)
	l.sending = session.Op{Type: session.CloseMessage, Status: status, Data: reason}
	err := l.sendNow(c)
	if err == nil && c.phase != phaseReceiving {
		c.pinged = 0
		l.limit(c, l.now()+int64(l.config.CloseTimeout))
	}
	return err
}

// close begins the closing handshake.
func (l *Loop) close(c *conn, status session.CloseStatus, reason []byte) error {
	err := l.sendClose(c, status, reason)
	if err == nil && c.phase == phaseOpen {
		c.phase = phaseClosing
	}
	return err
}

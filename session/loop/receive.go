package loop

// What comes: receive drives the session, and deliver tells the Handler.

import (
	"encoding/binary"
	"io"

	"github.com/zeroshake/zeroshake/session"
)

// maxReads is how many buffers of one connection are read before the others have
// their turn.
const maxReads = 16

// read reads from what came behind the head, or from the server. It returns
// errAgain if nothing is there, and io.EOF at the end.
func (l *Loop) read(c *conn, p []byte) (int, error) {
	switch {
	case len(l.left) > 0:
		n := copy(p, l.left)
		l.left = l.left[n:]
		return n, nil
	case c.net != nil:
		return c.net.read(p)
	}
	return l.readSocket(c, p)
}

// receive takes what has come. The Receive is the loop's: it is queued while
// something is there, and taken back, cancelled, by completing a read with
// nothing; so an idle Client holds nothing.
//
// Behind a write that failed, that nothing is there is the end.
func (l *Loop) receive(c *conn) {
	var (
		a       session.Action
		reads   int
		drained bool              // nothing more is there now
		lost    error             // nor ever
		left    = len(l.left) > 0 // behind the head: no more than that is received
	)
	if c.client.Receive(&l.receiving) != nil {
		return
	}
	for {
		if err := c.client.GetAction(session.ReceiveQueue, &a); err != nil {
			l.broken(c, err)
			return
		}
		switch a.Kind {
		case session.SendToNetwork:
			l.sendPong(c, &a)
		case session.ReceiveFromNetwork:
			n := 0
			if !drained && (reads < maxReads || c.net != nil) {
				var err error
				n, err = l.read(c, a.Buffers[0])
				reads++
				cut := c.phase == phaseReceiving
				if drained = n < len(a.Buffers[0]) && !cut; left {
					drained = len(l.left) == 0
				}
				if err != nil && (err != errAgain || cut && c.net == nil) {
					lost = err
				}
				if n > 0 && l.config.Tap != nil {
					l.config.Tap(c.conn(), false, a.Buffers[0][:n])
				}
			}
			c.client.CompleteAction(&a, n)
		case session.IndicateReceiveComplete:
			if a.Cancelled {
				c.client.CompleteAction(&a, 0)
				if lost != nil {
					l.lose(c, lost)
				}
				return
			}
			l.deliver(c, &a)
			c.client.CompleteAction(&a, 0)
			if c.doomed || c.phase == phaseLingering || c.client.Receive(&l.receiving) != nil {
				return
			}
		default:
			return
		}
	}
}

// deliver takes what was received.
func (l *Loop) deliver(c *conn, a *session.Action) {
	p := a.Buffers[0]
	switch t := a.Type; t {
	case session.PingPong:
		l.pong(c, p)
	case session.CloseMessage:
		l.closeReceived(c, a.Status, p)
	case session.UTF8Message, session.BinaryMessage:
		if x := c.extra; x != nil && len(x.message) > 0 {
			x.message = append(x.message, p...)
			l.handler.Message(c.conn(), t, x.message)
			if c.extra == x {
				x.message = small(x.message)
				c.less()
			}
			return
		}
		l.handler.Message(c.conn(), t, p)
	default:
		if l.config.Fragments {
			l.handler.Message(c.conn(), t, p)
			return
		}
		x := c.more()
		x.message = append(x.message, p...)
	}
}

// pong takes a pong, of which only that of the last ping is looked at.
func (l *Loop) pong(c *conn, p []byte) {
	if c.pinged == 0 || len(p) != 8 || int64(binary.BigEndian.Uint64(p)) != c.pinged {
		return
	}
	took := l.now() - c.pinged
	sent := c.pinged
	c.pinged = 0
	if c.phase == phaseOpen {
		if every := int64(l.config.PingInterval); every > 0 {
			l.limit(c, sent+every)
		} else {
			l.limit(c, 0)
		}
	}
	l.handler.Pong(c.conn(), duration(took))
}

// closeReceived: RFC 6455 section 5.5.1. The status is sent back.
func (l *Loop) closeReceived(c *conn, status session.CloseStatus, reason []byte) {
	x := c.more()
	x.ending = Ending{Status: status, Reason: x.reason[:copy(x.reason[:], reason)]}
	if c.phase == phaseReceiving { // a frame of ours may be torn: nothing follows it
		l.doom(c, nil)
		return
	}
	answers := c.phase == phaseOpen
	c.phase = phaseLingering // so that the answer, if it fails, ends c as it is
	if answers {
		l.sendClose(c, status, nil)
	}
	l.linger(c)
}

// broken: the server has broken the protocol, and is told: section 7.1.7.
func (l *Loop) broken(c *conn, err error) {
	var a session.Action
	for c.client.GetAction(session.ReceiveQueue, &a) == nil && a.Kind != session.NoAction {
		c.client.CompleteAction(&a, 0) // the Receive comes back
	}
	if c.phase == phaseReceiving { // likewise
		l.tellEnding(c)
		return
	}
	status := session.CloseCodeFor(err)
	c.more().ending = Ending{Status: status, Err: err}
	c.phase = phaseLingering
	l.sendClose(c, status, nil)
	switch {
	case c.doomed:
	case c.unsent():
		c.more().shuts = true
	default:
		l.shutSocket(c)
	}
	l.linger(c)
}

// linger waits until the server has closed the stream, so that what was sent last
// is not lost, and port and state are left with the server: section 7.1.1. It has
// lingerTimeout from when our close is written, which has CloseTimeout.
func (l *Loop) linger(c *conn) {
	if !c.unsent() {
		l.limit(c, l.now()+int64(lingerTimeout))
	}
}

// discard reads what nobody wants any more.
func (l *Loop) discard(c *conn) {
	l.left = nil
	for range maxReads {
		n, err := l.read(c, l.buf)
		switch {
		case err == errAgain:
			return
		case err == io.EOF:
			l.flush(c)
			return
		case err != nil:
			l.tellEnding(c)
			return
		case n < len(l.buf) && c.net == nil:
			return
		}
	}
}

// lose: the stream has ended, which before a close it must not.
func (l *Loop) lose(c *conn, err error) {
	ended := err == io.EOF
	if ended {
		err = io.ErrUnexpectedEOF
	}
	if c.phase != phaseReceiving { // else it is the write that failed
		c.more().ending = Ending{Status: session.StatusAborted, Err: err}
	}
	if ended {
		l.flush(c)
	} else {
		l.tellEnding(c)
	}
}

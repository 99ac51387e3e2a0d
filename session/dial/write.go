package dial

// Writing. Whoever has something to send queues it and does what the session
// asks for until it is sent, also for others; one at a time writes.

import (
	"io"
	"net"

	"github.com/zeroshake/zeroshake/session"
)

// write is a Send.
type write struct {
	op              session.Op
	done, cancelled bool
}

// WriteMessage sends a message of type UTF8Message or BinaryMessage. p is not
// modified. It returns when all of it is written to the connection below.
//
// A mistake of the caller's leaves the connection as it is: session.ErrSendType,
// ErrSendUTF8, or ErrSendMessageOpen while a NextWriter is. After any other error
// nothing can be written.
func (c *Conn) WriteMessage(t session.BufferType, p []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lockWrite()
	defer c.unlockWrite()
	if err := c.mayWrite(t); err != nil {
		return err
	}
	return c.send(t, p)
}

// lockWrite waits until no other message is being written.
func (c *Conn) lockWrite() {
	for c.sending {
		c.changed.Wait()
	}
	c.sending = true
}

func (c *Conn) unlockWrite() {
	c.sending = false
	c.write.op.Data = nil
	c.changed.Broadcast()
}

// mayWrite says why a message cannot begin.
func (c *Conn) mayWrite(t session.BufferType) error {
	switch {
	case t != session.UTF8Message && t != session.BinaryMessage:
		return session.ErrSendType
	case c.over() != nil:
		return c.over()
	case c.message:
		return session.ErrSendMessageOpen
	}
	return nil
}

// NextWriter begins a message that is written bit by bit: each Write is one
// frame at least, and Close ends the message. No other message can be written
// before.
func (c *Conn) NextWriter(t session.BufferType) (io.WriteCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.mayWrite(t); err != nil {
		return nil, err
	}
	c.message = true
	fragment := session.UTF8Fragment
	if t == session.BinaryMessage {
		fragment = session.BinaryFragment
	}
	return &messageWriter{conn: c, message: t, fragment: fragment}, nil
}

type messageWriter struct {
	conn              *Conn
	message, fragment session.BufferType
	closed            bool
}

func (m *messageWriter) Write(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := m.part(m.fragment, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (m *messageWriter) Close() error {
	err := m.part(m.message, nil)
	m.closed = m.closed || err == nil
	return err
}

func (m *messageWriter) part(t session.BufferType, p []byte) error {
	c := m.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.closed {
		return net.ErrClosed
	}
	c.lockWrite()
	defer c.unlockWrite()
	err := c.send(t, p)
	if err == nil && t == m.message {
		c.message = false
	}
	return err
}

// send sends a part of a message and returns when it is sent. The caller has
// the right to write; mu is held, but not while octets are written.
func (c *Conn) send(t session.BufferType, p []byte) error {
	w := &c.write
	w.op.Type, w.op.Data = t, p
	if err := c.begin(w); err != nil {
		return err
	}
	c.finish(w)
	return c.result(w)
}

// finishAside is finish in a goroutine of its own: what is written may be stuck
// until somebody reads, or longer than the caller wants to wait.
func (c *Conn) finishAside(w *write) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish(w)
}

// finish does what the send queue asks for until w is done.
func (c *Conn) finish(w *write) {
	var a session.Action
	for !w.done {
		a.Kind = session.NoAction
		if !c.writing {
			c.client.GetAction(session.SendQueue, &a)
		}
		switch a.Kind {
		case session.NoAction:
			c.changed.Wait()
		case session.SendToNetwork:
			c.transmit(&a)
		case session.IndicateSendComplete:
			c.sent(&a)
		}
	}
}

// begin queues w.
func (c *Conn) begin(w *write) error {
	w.op.Context = w
	err := c.client.Send(&w.op)
	if err == nil {
		w.done, w.cancelled = false, false
		return nil
	}
	if over := c.over(); over != nil {
		return over
	}
	return err
}

// over says why nothing can be sent any more, nil if something can.
func (c *Conn) over() error {
	switch {
	case c.ended != nil:
		return c.ended
	case c.closing && isTimeout(c.writeErr):
		return errClosed
	}
	return c.writeErr
}

func (c *Conn) sent(a *session.Action) {
	w := a.Op.Context.(*write)
	w.done, w.cancelled = true, a.Cancelled
	c.client.CompleteAction(a, 0)
	c.changed.Broadcast()
}

func (c *Conn) result(w *write) error {
	if !w.cancelled {
		return nil
	}
	if err := c.over(); err != nil {
		return err
	}
	return net.ErrClosed
}

// transmit does what a SendToNetwork asks for.
func (c *Conn) transmit(a *session.Action) {
	n := 0
	if c.writeErr == nil {
		n = c.put(a.Buffers[0], a.Buffers[1])
	}
	c.client.CompleteAction(a, n)
	c.changed.Broadcast()
}

// put writes to the stream what pongs wait, and then b and more. It returns how
// many octets of these were written. Nobody else is writing.
func (c *Conn) put(b, more []byte) (n int) {
	pongs := c.pongs
	c.writing, c.pongs = true, nil
	c.mu.Unlock()
	var err error
	if len(pongs) > 0 {
		_, err = c.stream.Write(pongs)
	}
	if len(b) > 0 && err == nil {
		n, err = c.stream.Write(b)
	}
	if len(more) > 0 && err == nil {
		var m int
		m, err = c.stream.Write(more)
		n += m
	}
	c.mu.Lock()
	c.writing = false
	if err != nil && c.writeErr == nil {
		c.writeErr = err
		if isTimeout(err) && (c.helper != nil || c.closing) {
			c.interrupt() // the server is not told, so there is no answer to wait for
		}
	}
	c.changed.Broadcast()
	return n
}

package dial

// Reading. Whoever reads first takes the right to (lockRead), so that there is
// one at a time; what it does not want itself it hands on: pongs to the Pings
// that wait for them, messages to ahead.

import (
	"errors"
	"io"
	"net"

	"github.com/zeroshake/zeroshake/session"
)

// part is a part of a message.
type part struct {
	t      session.BufferType
	octets []byte
}

func (p part) last() bool {
	return p.t == session.UTF8Message || p.t == session.BinaryMessage
}

// messageType returns the type of the message that p is of.
func (p part) messageType() session.BufferType {
	if p.t == session.UTF8Message || p.t == session.UTF8Fragment {
		return session.UTF8Message
	}
	return session.BinaryMessage
}

// direct is how much room a caller's slice must have to be read into.
const direct = 4096

// ReadMessage reads one message and appends it to dst, which it returns. t is
// UTF8Message or BinaryMessage. With enough capacity in dst, nothing is
// allocated and large messages are read straight into it. How large a message
// may be is a matter of Config.MaxMessageSize.
//
// With an error p has what came of a message, but for up to 4095 octets that came last
// if dst had no room for 4096. If it is an
// os.ErrDeadlineExceeded, ReadMessage(p) goes on. Otherwise the connection is
// over: the error is a *CloseError, that of every later read.
func (c *Conn) ReadMessage(dst []byte) (t session.BufferType, p []byte, err error) {
	c.lockRead()
	defer c.unlockRead()
	if err := c.skip(); err != nil {
		return 0, dst, err
	}
	for {
		space := dst[len(dst):cap(dst)]
		if len(space) < direct {
			space = nil
		}
		part, err := c.next(space)
		if n := len(part.octets); n > 0 && len(space) > 0 && &part.octets[0] == &space[0] {
			dst = dst[:len(dst)+n]
		} else {
			dst = append(dst, part.octets...)
		}
		c.release()
		if err != nil {
			return 0, dst, err
		}
		if part.last() {
			return part.messageType(), dst, nil
		}
	}
}

// NextReader returns a reader of the next message, for one that need not fit
// into memory, though Config.MaxMessageSize limits it as well. What is left of the
// message before is skipped. NextReader waits until Config.ReceiveBufferSize octets of
// the message have come, or its first frame; each Read until its slice is full or a frame
// ends; io.EOF is the end of the message. A message that comes compressed is held
// compressed, whole.
func (c *Conn) NextReader() (t session.BufferType, r io.Reader, err error) {
	c.lockRead()
	defer c.unlockRead()
	if err := c.skip(); err != nil {
		return 0, nil, err
	}
	first, err := c.next(nil)
	if err != nil {
		c.release()
		return 0, nil, err
	}
	c.reader = &messageReader{conn: c, begin: append([]byte(nil), first.octets...), last: first.last()}
	c.release()
	return first.messageType(), c.reader, nil
}

type messageReader struct {
	conn  *Conn
	begin []byte // read by NextReader
	last  bool   // all of the message was taken from conn
}

func (m *messageReader) Read(p []byte) (n int, err error) {
	c := m.conn
	c.lockRead()
	defer c.unlockRead()
	for {
		switch {
		case len(p) == 0:
			return 0, nil
		case c.reader != m: // read to its end, or skipped
			return 0, io.EOF
		case len(m.begin) > 0:
			n = copy(p, m.begin)
			m.begin = m.begin[n:]
			return n, nil
		case m.last:
			c.reader = nil
			return 0, io.EOF
		}
		part, err := c.next(p)
		m.last = err == nil && part.last()
		n = copy(p, part.octets)
		m.begin = append(m.begin[:0], part.octets[n:]...) // of a part that was read ahead
		c.release()
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// skip reads the rest of a NextReader's message.
func (c *Conn) skip() error {
	for c.reader != nil && !c.reader.last {
		part, err := c.next(nil)
		c.release()
		if err != nil {
			return err
		}
		c.reader.last = part.last()
	}
	c.reader = nil
	return nil
}

// lockRead waits until nobody else reads.
func (c *Conn) lockRead() {
	c.mu.Lock()
	c.readers++
	for c.reading {
		c.changed.Wait()
	}
	c.readers--
	c.reading = true
	c.mu.Unlock()
}

func (c *Conn) unlockRead() {
	c.mu.Lock()
	c.reading = false
	c.changed.Broadcast()
	c.mu.Unlock()
}

// next returns the next part of a message. It lies in space, or lives until
// release. The caller has the right to read.
func (c *Conn) next(space []byte) (p part, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ahead) > 0 {
		p = c.ahead[0]
		c.ahead[0] = part{}
		if c.ahead = c.ahead[1:]; len(c.ahead) == 0 {
			c.ahead = nil
		}
	} else {
		for p.t == 0 && err == nil {
			p, err = c.pull(space)
		}
	}
	return p, err
}

// pull receives one part of a message, or a pong: then p is empty. mu is held,
// but not while octets are waited for. Nor is the client's buffer lent then, unless
// there is space or more is likely to be there: completing a read with nothing
// takes the Receive back, and await queues it again.
func (c *Conn) pull(space []byte) (p part, err error) {
	if c.ended != nil {
		return p, c.ended
	}
	c.receive = session.Op{Data: space}
	if err := c.client.Receive(&c.receive); err != nil {
		return p, c.end(session.StatusAborted, "", err)
	}
	var (
		failed error  // of the stream
		waits  bool   // the Receive was taken back
		early  []byte // what await has read
	)
	for {
		a := &c.received
		if err := c.client.GetAction(session.ReceiveQueue, a); err != nil {
			return p, c.refuse(err)
		}
		switch a.Kind {
		case session.SendToNetwork:
			c.answerPing(a)
		case session.ReceiveFromNetwork:
			b, n := a.Buffers[0], 0
			switch {
			case len(early) > 0:
				n = copy(b, early)
				early = early[n:]
			case len(space) > 0 || c.filled || len(b) <= len(c.first):
				n, failed = c.readSome(b)
			default:
				waits = true
			}
			c.client.CompleteAction(a, n)
		case session.IndicateReceiveComplete:
			switch {
			case waits:
				if early, err = c.await(); err != nil {
					return p, c.readFailed(err)
				}
				waits = false
				continue
			case a.Cancelled:
				return part{t: a.Type, octets: a.Buffers[0]}, c.readFailed(failed)
			case a.Type == session.PingPong:
				c.pong(a.Buffers[0])
				c.complete()
				return p, nil
			case a.Type == session.CloseMessage:
				return p, c.closeReceived(a.Status, string(a.Buffers[0]))
			}
			return part{t: a.Type, octets: a.Buffers[0]}, nil
		}
	}
}

// await waits for octets, with no buffer of the client's, and queues the Receive
// again that was taken back for that.
func (c *Conn) await() (early []byte, err error) {
	c.complete()
	n, err := c.readSome(c.first[:])
	if err == nil {
		err = c.client.Receive(&c.receive)
	}
	return c.first[:n], err
}

// release: what next returned is not used any more.
func (c *Conn) release() {
	c.mu.Lock()
	c.complete()
	c.mu.Unlock()
}

func (c *Conn) complete() {
	c.client.CompleteAction(&c.received, 0)
	c.received = session.Action{}
}

// readSome reads at least one octet, or returns an error. mu is held, but not
// meanwhile.
func (c *Conn) readSome(p []byte) (n int, err error) {
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.filled = n == len(p)
	}()
	for range 100 {
		if n, err = c.stream.Read(p); n > 0 {
			return n, nil // a lasting error comes again
		} else if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// readFailed makes the error of a read of one of the stream.
func (c *Conn) readFailed(err error) error {
	switch {
	case c.ended != nil:
		return c.ended
	case isTimeout(err) && c.closing:
		return errClosed
	case isTimeout(err):
		return err
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	return c.end(session.StatusAborted, "", err)
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

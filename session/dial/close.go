package dial

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/zeroshake/zeroshake/session"
)

// CloseError says how a connection ended: to what reads then, and to all that is
// called after that but Close and CloseNow. A write that fails before returns the
// error of the connection below, and ReadMessage what the server had said.
type CloseError struct {
	// Status and Reason are the server's. StatusEmpty: its close had none.
	// StatusAborted: there was no close; if the server broke the protocol, it is
	// the status that it was told.
	Status session.CloseStatus
	Reason string
	// Err is nil after a close of the server's. Else it is what the connection
	// below returned, io.ErrUnexpectedEOF for its end; the session.Error of the
	// rule that the server broke; or net.ErrClosed after Close or CloseNow.
	Err error
}

func (e *CloseError) Error() string {
	switch {
	case e.Err != nil:
		return fmt.Sprintf("connection ended with %d: %v", e.Status, e.Err)
	case e.Reason != "":
		return fmt.Sprintf("server closed with %d %.123q", e.Status, e.Reason)
	}
	return fmt.Sprintf("server closed with %d", e.Status)
}

func (e *CloseError) Unwrap() error { return e.Err }

const (
	defaultCloseTimeout = 5 * time.Second
	// lingerTimeout bounds the wait for the server, which should close the
	// connection below first: RFC 6455 section 7.1.1.
	lingerTimeout = time.Second
)

// Close makes the closing handshake of RFC 6455 section 7.1.2 and closes the
// connection below, in Dialer.CloseTimeout at most, whether or not something is
// reading. Messages that come meanwhile and that nothing reads are thrown away.
// status 0 sends none.
//
// nil: both sides have closed, the server perhaps first. With an
// ErrInvalidArgument, about status or reason, the connection is as it was; with
// any other error it is closed, and the server has not answered: it is an
// os.ErrDeadlineExceeded if the server did not in time, and net.ErrClosed if the
// connection was closed before.
func (c *Conn) Close(status session.CloseStatus, reason string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	end := time.Now().Add(c.closeTimeout)
	w := &write{op: session.Op{Type: session.CloseMessage, Status: status, Data: []byte(reason)}}
	w.op.Context = w
	err := c.client.Send(&w.op)
	switch {
	case errors.Is(err, session.ErrInvalidArgument):
		return err
	case err != nil: // the server's close was answered, or it was told of its fault, or there is no way to
		w.done, w.cancelled = true, err == session.ErrSendCut
	}
	c.closing = true
	c.stream.SetDeadline(end)
	timer := time.AfterFunc(time.Until(end), func() {
		c.mu.Lock()
		c.changed.Broadcast()
		c.mu.Unlock()
	})
	defer timer.Stop()
	if !w.done {
		go c.finishAside(w)
	}
	for c.ended == nil && !c.late(w) && time.Now().Before(end) {
		if c.reading {
			c.changed.Wait()
			continue
		}
		c.reading = true
		_, err := c.pull(nil)
		c.complete()
		c.reading = false
		c.changed.Broadcast()
		if err != nil {
			break
		}
	}
	for !w.done {
		c.changed.Wait()
	}
	if !c.late(w) {
		c.linger(end)
	}
	answer := c.ended
	c.shut()
	var e *CloseError
	switch {
	case answer == nil && c.writeErr != nil:
		return c.writeErr
	case answer == nil:
		return fmt.Errorf("no close from the server: %w", os.ErrDeadlineExceeded)
	case errors.As(answer, &e) && e.Err == nil:
		return nil
	}
	return answer
}

// late reports whether w came too late to be written.
func (c *Conn) late(w *write) bool { return w.cancelled && isTimeout(c.writeErr) }

// CloseNow closes the connection below, without a closing handshake.
func (c *Conn) CloseNow() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	return c.shut()
}

func (c *Conn) shut() error {
	c.closed = true
	if c.ended == nil {
		c.ended = errClosed
	}
	c.client.Abort()
	c.changed.Broadcast()
	return c.closeStream()
}

// closeStream: TLS says that it ends, for which crypto/tls waits 5 s if the server does
// not read. That much is not waited here, and behind a write that failed nothing is
// said.
func (c *Conn) closeStream() error {
	secure, ok := c.stream.Conn.(*tls.Conn)
	switch {
	case !ok:
		return c.stream.Close()
	case c.writeErr != nil:
		return secure.NetConn().Close()
	}
	defer time.AfterFunc(lingerTimeout, func() { secure.NetConn().Close() }).Stop()
	return secure.Close()
}

var errClosed = &CloseError{Status: session.StatusAborted, Err: net.ErrClosed}

// linger waits until the server has closed the connection below, so that what
// was sent last is not lost, and port and state are left with the server.
func (c *Conn) linger(end time.Time) {
	if soon := time.Now().Add(lingerTimeout); soon.Before(end) {
		end = soon
	}
	c.stream.SetReadDeadline(end)
	for c.reading {
		c.changed.Wait()
	}
	c.reading = true
	c.mu.Unlock()
	var waste [512]byte
	for err := error(nil); err == nil; {
		_, err = c.stream.Read(waste[:])
	}
	c.mu.Lock()
	c.reading = false
}

// end notes why nothing more is received, the first time, and returns it.
func (c *Conn) end(status session.CloseStatus, reason string, err error) error {
	if c.ended == nil {
		c.ended = &CloseError{status, reason, err}
		c.changed.Broadcast()
	}
	return c.ended
}

// closeReceived answers a close with its status, RFC 6455 section 5.5.1.
func (c *Conn) closeReceived(status session.CloseStatus, reason string) error {
	c.answer(status)
	return c.end(status, reason, nil)
}

// refuse tells the server of the rule that it has broken, RFC 6455 section
// 7.1.7.
func (c *Conn) refuse(rule error) error {
	status := session.CloseCodeFor(rule)
	c.answer(status)
	return c.end(status, "", rule)
}

// answer sends a close, unless one was sent.
func (c *Conn) answer(status session.CloseStatus) {
	w := &c.reply
	w.op = session.Op{Type: session.CloseMessage, Status: status, Context: w}
	if c.client.Send(&w.op) != nil {
		return
	}
	w.done = false
	c.stream.SetWriteDeadline(time.Now().Add(c.closeTimeout))
	c.finish(w)
}

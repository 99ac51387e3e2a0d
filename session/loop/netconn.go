package loop

// Connections over net.Conn: a goroutine connects (netdial.go) and then reads, one
// is started for each write, and both hand to the loop what they have.

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/zeroshake/zeroshake/session/dial"
)

// errAgain: nothing can be read or written now.
var errAgain = errors.New("loop: not now")

// netConn is a connection's other half. Its fields are the loop's, but for what
// run and send use.
type netConn struct {
	loop   *Loop
	handle Handle
	cancel context.CancelFunc
	conn   net.Conn // nil until connected

	in   []byte // handed over by run, which waits for more
	err  error  // behind in
	more chan struct{}

	out     []byte
	writing bool
	failed  error // of a write
}

// netWrite is how much is written at once.
const netWrite = 64 << 10

// startNet begins a connection over net.Conn.
func (l *Loop) startNet(c *conn, connect connector) {
	g := l.group
	ctx, cancel := context.WithCancel(g.ctx)
	n := &netConn{loop: l, handle: c.handle(), cancel: cancel, more: make(chan struct{}, 1)}
	c.net = n
	e := c.opening.endpoint
	g.running.Go(func() { n.run(ctx, connect, e) })
}

// run connects, then reads until the stream ends or end is called.
func (n *netConn) run(ctx context.Context, connect connector, e *dial.Endpoint) {
	var t dial.Timing
	nc, err := connect(ctx, e, &t)
	if nc != nil && n.loop.config.Reset {
		setReset(nc)
	}
	if !n.tell(func(c *conn) { n.connected(c, nc, &t, err) }) && nc != nil {
		nc.Close()
		return
	}
	if err != nil {
		return
	}
	buf := make([]byte, n.loop.readSize())
	for err == nil {
		select {
		case <-n.more:
		case <-ctx.Done():
			nc.Close() // if it was not told of
			return
		}
		var k int
		k, err = nc.Read(buf)
		if !n.tell(func(c *conn) { n.came(c, buf[:k], err) }) {
			return
		}
	}
}

// readSize is the size of a reading goroutine's buffer.
func (l *Loop) readSize() int {
	if s := l.config.Session; s != nil && s.ReceiveBufferSize != 0 {
		return s.ReceiveBufferSize
	}
	return 4 << 10
}

// tell has the loop call f with the connection, unless that has done with n by
// then. false: the loop has ended.
func (n *netConn) tell(f func(*conn)) bool {
	return n.loop.Post(func() {
		if c := n.loop.conns.get(n.handle); c != nil && c.net == n && !c.doomed {
			f(c)
		}
	})
}

// connected: the connection stands, or does not.
func (n *netConn) connected(c *conn, nc net.Conn, t *dial.Timing, err error) {
	l, o := n.loop, c.opening
	t.Start = o.timing.Start
	if t.DNSDone.IsZero() {
		t.DNSDone = o.timing.DNSDone // of a look-up by the loop
	}
	o.timing = *t
	if err != nil {
		phase := dial.PhaseConnect
		if e := (*dial.Error)(nil); errors.As(err, &e) {
			phase, err = e.Phase, e.Err
		}
		if err = timedOut(!o.timing.Connected.IsZero(), err); phase == dial.PhaseConnect {
			l.refusedBy(c, phase, err)
		} else {
			l.fail(c, phase, err)
		}
		return
	}
	n.conn = nc
	nc.SetDeadline(time.Time{}) // that of Dialer.Connect; the loop's own is set below
	c.phase = phaseRequesting
	l.connected(c, time.Now())
	l.request(c)
	n.ask()
}

// timedOut makes the error of a deadline that of a socket's. A timeout of the
// system's or of a name server's is none.
func timedOut(connected bool, err error) error {
	switch {
	case !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case connected:
		return ErrHandshakeTimeout
	}
	return ErrConnectTimeout
}

// ask lets run read on: once, so there is room.
func (n *netConn) ask() { n.more <- struct{}{} }

// came: p was read. It is run's buffer, until run is asked for more.
func (n *netConn) came(c *conn, p []byte, err error) {
	n.in, n.err = p, err
	n.consume(c)
}

// consume has the loop take what has come, unless it is too early for it.
func (n *netConn) consume(c *conn) {
	if len(n.in) == 0 && n.err == nil {
		return // run reads
	}
	for c.net == n && !c.doomed && c.phase >= phaseResponding && c.phase != phaseFlushing && (len(n.in) > 0 || n.err != nil) {
		n.loop.event(c, true, false)
	}
	if c.net == n && len(n.in) == 0 && n.err == nil {
		n.ask()
	}
}

func (n *netConn) read(p []byte) (int, error) {
	if len(n.in) == 0 {
		if n.err != nil {
			return 0, n.err
		}
		return 0, errAgain
	}
	k := copy(p, n.in)
	n.in = n.in[k:]
	return k, nil
}

// write hands p to a goroutine, unless one is writing.
func (n *netConn) write(p []byte) (int, error) {
	switch {
	case n.failed != nil:
		return 0, n.failed
	case n.writing:
		return 0, errAgain
	}
	k := min(len(p), netWrite)
	n.out = append(n.out[:0], p[:k]...)
	n.writing = true
	n.loop.group.running.Go(func() {
		_, err := n.conn.Write(n.out)
		n.tell(func(c *conn) { n.wrote(c, err) })
	})
	if k < len(p) {
		return k, errAgain
	}
	return k, nil
}

func (n *netConn) wrote(c *conn, err error) {
	n.writing, n.failed = false, err
	n.out = small(n.out)
	switch {
	case err != nil && c.phase < phaseOpen:
		n.loop.doom(c, err)
	case err != nil:
		n.loop.unwritable(c, err)
	case c.phase < phaseResponding:
		n.loop.request(c)
		n.consume(c)
	case c.phase >= phaseOpen:
		n.loop.writable(c)
	}
}

// shut ends what this side sends. Nothing is being written.
func (n *netConn) shut() {
	if half, ok := n.conn.(interface{ CloseWrite() error }); ok {
		n.aside(func() { half.CloseWrite() })
	}
}

// end ends run, and closes the connection.
func (n *netConn) end() {
	n.cancel()
	if n.conn != nil {
		n.aside(func() { n.conn.Close() })
	}
}

// aside does what may wait for the server: TLS says that it ends, and so writes.
func (n *netConn) aside(f func()) {
	if _, ok := n.conn.(*net.TCPConn); ok {
		f() // which does not wait
		return
	}
	n.loop.group.running.Go(f)
}

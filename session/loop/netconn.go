package loop

// Connections over net.Conn. Goroutines connect (open; to what, is in netdial.go),
// then read (receive), and write (one for each write); they tell the loop: connected,
// came, wrote. The loop's own are read, write, shut and end, as for a socket.

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/session/dial"
)

// errAgain: nothing can be read or written now.
var errAgain = errors.New("loop: not now")

// netConn is a connection's other half. Its fields are the loop's, but for what the
// goroutines use.
type netConn struct {
	loop   *Loop
	handle Handle
	cancel context.CancelFunc // of connecting
	conn   net.Conn           // nil until connected

	in    []byte // handed over by receive, which waits for more
	err   error  // behind in
	more  chan struct{}
	small [netWait]byte

	asked    uint64 // the round of the loop in which receive was asked for more
	extended int    // how often the deadline was

	out     *netBuffer // being written
	writing bool
	failed  error // of a write
}

const (
	netWait  = 512      // how much can come first, when nothing was there
	netWrite = 64 << 10 // how much is written at once

	extension = time.Millisecond // of a deadline, for another read
)

// A netBuffer is lent while octets are read or written.
type netBuffer struct{ octets []byte }

// netReads and netWrites are apart, for their sizes are.
var (
	netReads  = sync.Pool{New: func() any { return new(netBuffer) }}
	netWrites = sync.Pool{New: func() any { return new(netBuffer) }}
)

// startNet begins a connection over net.Conn.
func (l *Loop) startNet(c *conn, connect connector) {
	g := l.group
	ctx, cancel := context.WithCancel(g.ctx)
	n := &netConn{loop: l, handle: c.handle(), cancel: cancel}
	c.net = n
	e := c.opening.endpoint
	g.running.Go(func() { n.open(ctx, connect, e) })
}

// open connects.
func (n *netConn) open(ctx context.Context, connect connector, e *dial.Endpoint) {
	var t dial.Timing
	if e.Secure() {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{TLSHandshakeStart: func() {
			soFar := t
			n.tell(func(c *conn) {
				c.phase = phaseSecuring
				c.opening.timed(&soFar)
			})
		}})
	}
	nc, err := connect(ctx, e, &t)
	n.cancel()
	if nc != nil && n.loop.config.Reset {
		setReset(nc)
	}
	told := n.loop.tell(func() {
		if c := n.mine(); c != nil {
			n.connected(c, nc, &t, err)
		} else if nc != nil {
			n.loop.group.running.Go(func() { nc.Close() })
		}
	})
	if !told && nc != nil {
		nc.Close()
	}
}

// receive reads until the stream ends or end is called. It waits with a small
// buffer, and takes a larger one when that was filled. Its goroutine is another
// than that of open, whose stack has become larger than is needed here.
func (n *netConn) receive() {
	var large *netBuffer
	p, k := n.small[:], 0
	for range n.more {
		switch filled := k == len(p); {
		case filled && large == nil:
			large = netReads.Get().(*netBuffer)
			large.octets = slices.Grow(large.octets, n.loop.readSize())
			p = large.octets[:n.loop.readSize()]
		case !filled && large != nil:
			netReads.Put(large)
			large, p = nil, n.small[:]
		}
		var err error
		k, err = readSome(n.conn, p)
		q := p[:k]
		if !n.tell(func(c *conn) { n.came(c, q, err) }) || err != nil {
			return
		}
	}
}

// readSome reads at least one octet, or returns an error.
func readSome(r io.Reader, p []byte) (n int, err error) {
	for range 100 {
		if n, err = r.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// mine returns the connection, nil if it has done with n.
func (n *netConn) mine() *conn {
	if c := n.loop.conns.get(n.handle); c != nil && c.net == n && !c.doomed {
		return c
	}
	return nil
}

// tell has the loop call f with the connection, unless that has done with n by
// then. false: the loop has ended.
func (n *netConn) tell(f func(*conn)) bool {
	return n.loop.tell(func() {
		if c := n.mine(); c != nil {
			f(c)
		}
	})
}

// readSize is how much is read at once.
func (l *Loop) readSize() int {
	if s := l.config.Session; s != nil && s.ReceiveBufferSize != 0 {
		return max(s.ReceiveBufferSize, netWait)
	}
	return 4 << 10
}

// timed takes what Dialer.Connect has timed. It began later than o, and there may have
// been a look-up by the loop.
func (o *opening) timed(t *dial.Timing) {
	start, looked := o.timing.Start, o.timing.DNSDone
	o.timing = *t
	o.timing.Start = start
	if t.DNSDone.IsZero() {
		o.timing.DNSDone = looked
	}
}

// connected: the connection stands, or does not.
func (n *netConn) connected(c *conn, nc net.Conn, t *dial.Timing, err error) {
	l, o := n.loop, c.opening
	o.timed(t)
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
	n.conn, n.more = nc, make(chan struct{}, 1)
	l.group.running.Go(n.receive)
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

// ask lets receive read on: once, so there is room.
func (n *netConn) ask() {
	n.asked = n.loop.round
	n.more <- struct{}{}
}

// extends reports whether more may have come in time than was taken: receive hands
// over one buffer in a round of the loop, and has just been asked for the next. Up
// to maxReads do.
func (n *netConn) extends() bool {
	if n.asked != n.loop.round || n.extended == maxReads {
		return false
	}
	n.extended++
	return true
}

// came: p was read. It is receive's buffer, until that is asked for more.
func (n *netConn) came(c *conn, p []byte, err error) {
	n.in, n.err = p, err
	n.consume(c)
}

// consume has the loop take what has come, unless it is too early for it.
func (n *netConn) consume(c *conn) {
	if len(n.in) == 0 && n.err == nil {
		return // receive reads
	}
	for c.net == n && !c.doomed && c.phase >= phaseResponding && c.phase != phaseFlushing && (len(n.in) > 0 || n.err != nil) {
		n.loop.event(c, true, false)
	}
	if c.net == n && len(n.in) == 0 && n.err == nil {
		n.in = nil // it may be of a buffer that goes back
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
	n.out = netWrites.Get().(*netBuffer)
	n.out.octets = append(n.out.octets[:0], p[:k]...)
	n.writing = true
	n.loop.group.running.Go(func() {
		_, err := n.conn.Write(n.out.octets)
		n.tell(func(c *conn) { n.wrote(c, err) })
	})
	if k < len(p) {
		return k, errAgain
	}
	return k, nil
}

func (n *netConn) wrote(c *conn, err error) {
	n.writing, n.failed = false, err
	netWrites.Put(n.out) // of netWrite at most
	n.out = nil
	switch {
	case err != nil && c.phase < phaseOpen:
		n.loop.unsendable(c, err)
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

// end ends open and receive, and closes the connection.
func (n *netConn) end() {
	n.cancel()
	if n.conn != nil {
		close(n.more)
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

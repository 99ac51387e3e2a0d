package dial_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session/dial"
)

func TestContextDoneBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var d dial.Dialer
	_, err := d.Dial(ctx, "ws://"+listen(t, echo))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Dial: %v", err)
	}
	nc, peer := net.Pipe()
	_, err = d.Client(ctx, unwritten{nc, t}, "ws://example.com/")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Client: %v", err)
	}
	if _, err := peer.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection is not closed: %v", err)
	}
}

// unwritten is a connection that nothing may be written to.
type unwritten struct {
	net.Conn
	t *testing.T
}

func (c unwritten) Write(p []byte) (int, error) {
	c.t.Errorf("wrote %q", p)
	return c.Conn.Write(p)
}

func TestCancelAfterwards(t *testing.T) {
	addr := listen(t, echo)
	var d dial.Dialer
	for range 50 {
		ctx, cancel := context.WithCancel(t.Context())
		c, err := d.Dial(ctx, "ws://"+addr)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		checkEcho(t, c)
		c.CloseNow()
	}
}

// A context that ends together with the handshake either fails the dial or
// leaves the connection alone.
func TestCancelMeanwhile(t *testing.T) {
	cancels := make(chan context.CancelFunc, 1)
	addr := listen(t, func(nc net.Conn) {
		head, _ := readRequest(nc)
		io.WriteString(nc, opening(parseRequest(head), ""))
		(<-cancels)()
		echoFrames(nc)
	})
	var d dial.Dialer
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		cancels <- cancel
		c, err := d.Dial(ctx, "ws://"+addr)
		if err == nil {
			checkEcho(t, c)
			c.CloseNow()
		} else if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}

// deadlines notes the deadline that a connection is left with.
type deadlines struct {
	net.Conn
	calls int
	last  time.Time
}

func (c *deadlines) SetDeadline(t time.Time) error {
	c.calls++
	c.last = t
	return c.Conn.SetDeadline(t)
}

func TestDeadlineIsCleared(t *testing.T) {
	addr := listen(t, echo)
	for _, tt := range []struct {
		timeout time.Duration
		calls   int
	}{{0, 0}, {time.Hour, 2}} {
		nc := &deadlines{Conn: must(net.Dial("tcp", addr))}
		d := dial.Dialer{HandshakeTimeout: tt.timeout}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		c, err := d.Client(ctx, nc, "ws://"+addr)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if nc.calls != tt.calls || !nc.last.IsZero() {
			t.Errorf("HandshakeTimeout %v: %d calls of SetDeadline, the last with %v", tt.timeout, nc.calls, nc.last)
		}
		c.CloseNow()
	}
}

func TestDeadlineUnsupported(t *testing.T) {
	client, server := net.Pipe()
	defer server.Close()
	d := dial.Dialer{HandshakeTimeout: time.Hour}
	_, err := d.Client(t.Context(), noDeadline{client}, "ws://example.com/")
	if checkPhase(t, err, dial.PhaseConnect); !errors.Is(err, os.ErrNoDeadline) {
		t.Errorf("got %v", err)
	}
}

type noDeadline struct{ net.Conn }

func (noDeadline) SetDeadline(time.Time) error { return os.ErrNoDeadline }

// Whatever goes wrong, the socket is closed: the server sees the end.
func TestSocketIsClosed(t *testing.T) {
	gone := make(chan struct{})
	addr := listen(t, func(nc net.Conn) {
		readRequest(nc)
		io.WriteString(nc, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		hangUp(nc)
		close(gone)
	})
	var d dial.Dialer
	if _, err := d.Dial(t.Context(), "ws://"+addr); err == nil {
		t.Fatal("opened by a 404")
	}
	<-gone
}

// net may notice a deadline before the context does.
func TestContextDeadlineUnnoticed(t *testing.T) {
	d := dial.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return nil, os.ErrDeadlineExceeded }}
	_, err := d.Dial(unnoticed{t.Context()}, "ws://example.com/")
	if checkPhase(t, err, dial.PhaseConnect); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("does not wrap context.DeadlineExceeded: %v", err)
	}
}

// unnoticed is a context whose deadline is over, though it does not know yet.
type unnoticed struct{ context.Context }

func (unnoticed) Deadline() (time.Time, bool) { return time.Unix(1, 0), true }

// A handshake that ends behind the context's deadline has failed, also when
// nothing noticed the deadline meanwhile.
func TestOverdue(t *testing.T) {
	client, server := net.Pipe()
	go echo(server)
	var d dial.Dialer
	_, err := d.Client(unnoticed{context.Background()}, client, "ws://example.com/")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// What is measured from Written on cannot be less than the server's answer took.
func TestWrittenIsNotBehindWrite(t *testing.T) {
	client, server := net.Pipe()
	go echo(server)
	c := &firstWrite{Conn: client}
	var d dial.Dialer
	conn, err := d.Client(t.Context(), c, "ws://example.com/")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if written := conn.Timing().Written; written.IsZero() || written.After(c.at) {
		t.Errorf("Written is %v behind the write's beginning", written.Sub(c.at))
	}
}

type firstWrite struct {
	net.Conn
	at time.Time
}

func (c *firstWrite) Write(p []byte) (int, error) {
	if c.at.IsZero() {
		c.at = time.Now()
	}
	return c.Conn.Write(p)
}

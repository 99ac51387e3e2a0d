package dial_test

// Dials that end in the middle:
//
//	stuck, silent...   dials that get so far and no further
//	stuckBefore/After  one for each phase, before and after the connection stands
//	Test...            each of them ended by cancelling, by the context's deadline, by HandshakeTimeout

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// stuck is a dial that gets as far as phase and no further. The server calls
// reached when it is there, and then waits for the client to hang up.
type stuck struct {
	name  string
	phase dial.Phase
	dial  func(ctx context.Context, t *testing.T, d *dial.Dialer, reached func()) (*dial.Conn, error)
}

// inTime gives a dial more time until it gets as far as its phase: on a busy
// machine a little may be too little.
func (s *stuck) inTime(dial func(timeout time.Duration) error) (err error) {
	for _, timeout := range []time.Duration{30 * time.Millisecond, time.Second, 10 * time.Second} {
		if err = dial(timeout); s.reached(err) {
			break
		}
	}
	return err
}

// reached reports whether err is of the phase.
func (s *stuck) reached(err error) bool {
	var e *dial.Error
	return errors.As(err, &e) && e.Phase == s.phase
}

// hangUp waits until the peer closes.
func hangUp(nc net.Conn) { io.Copy(io.Discard, nc) }

// silentAfter reads a request, answers with part of a response, and no more.
func silentAfter(part string, reached func()) func(net.Conn) {
	return func(nc net.Conn) {
		readRequest(nc)
		io.WriteString(nc, part)
		reached()
		hangUp(nc)
	}
}

func silentTo(part string) func(context.Context, *testing.T, *dial.Dialer, func()) (*dial.Conn, error) {
	return func(ctx context.Context, t *testing.T, d *dial.Dialer, reached func()) (*dial.Conn, error) {
		return d.Dial(ctx, "ws://"+listen(t, silentAfter(part, reached)))
	}
}

// silentFrom greets a client with silence as soon as it has sent something.
func silentFrom(reached func()) func(net.Conn) {
	return func(nc net.Conn) {
		nc.Read(make([]byte, 1))
		reached()
		hangUp(nc)
	}
}

func silentProxy(scheme string) func(context.Context, *testing.T, *dial.Dialer, func()) (*dial.Conn, error) {
	return func(ctx context.Context, t *testing.T, d *dial.Dialer, reached func()) (*dial.Conn, error) {
		proxy := &url.URL{Scheme: scheme, Host: listen(t, silentFrom(reached))}
		d.Proxy = func(*url.URL) (*url.URL, error) { return proxy, nil }
		return d.Dial(ctx, "ws://192.0.2.1/")
	}
}

// Before the connection stands, where HandshakeTimeout does not reach.
var stuckBefore = []stuck{
	{"resolving", dial.PhaseDNS, func(ctx context.Context, t *testing.T, d *dial.Dialer, reached func()) (*dial.Conn, error) {
		d.NetDialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			reached()
			<-ctx.Done()
			return nil, errors.New("the resolver was interrupted")
		}}
		return d.Dial(ctx, "ws://nowhere.test/")
	}},
	{"connecting", dial.PhaseConnect, func(ctx context.Context, t *testing.T, d *dial.Dialer, reached func()) (*dial.Conn, error) {
		d.NetDialer.ControlContext = func(ctx context.Context, _, _ string, _ syscall.RawConn) error {
			reached()
			<-ctx.Done()
			return errors.New("ControlContext was interrupted")
		}
		return d.Dial(ctx, "ws://127.0.0.1:1/")
	}},
	{"connecting to proxy", dial.PhaseProxy, func(ctx context.Context, t *testing.T, d *dial.Dialer, reached func()) (*dial.Conn, error) {
		d.Proxy = func(*url.URL) (*url.URL, error) { return &url.URL{Scheme: "http", Host: "192.0.2.1"}, nil }
		d.NetDial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			reached()
			<-ctx.Done()
			return nil, errors.New("NetDial was interrupted")
		}
		return d.Dial(ctx, "ws://192.0.2.1/")
	}},
}

// After it stands.
var stuckAfter = []stuck{
	{"CONNECT", dial.PhaseProxy, silentProxy("http")},
	{"TLS to the proxy", dial.PhaseProxy, silentProxy("https")},
	{"TLS", dial.PhaseTLS, func(ctx context.Context, t *testing.T, d *dial.Dialer, reached func()) (*dial.Conn, error) {
		return d.Dial(ctx, "wss://"+listen(t, silentFrom(reached)))
	}},
	{"request", dial.PhaseRequest, func(ctx context.Context, t *testing.T, d *dial.Dialer, reached func()) (*dial.Conn, error) {
		client, server := net.Pipe()
		t.Cleanup(func() { server.Close() })
		go func() {
			server.Read(make([]byte, 1)) // the write has begun
			reached()
		}()
		return d.Client(ctx, client, "ws://example.com/")
	}},
	{"response", dial.PhaseResponse, silentTo("")},
	{"half a head", dial.PhaseResponse, silentTo("HTTP/1.1 101 Switching Protocols\r\nUpgrade: web")},
}

var stuckInBody = stuck{"body", dial.PhaseResponse, silentTo("HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\nwait")}

func TestCancel(t *testing.T) {
	for _, tt := range append(append(stuckBefore, stuckInBody), stuckAfter...) {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := tt.dial(ctx, t, new(dial.Dialer), cancel)
			if checkPhase(t, err, tt.phase); !errors.Is(err, context.Canceled) {
				t.Errorf("does not wrap context.Canceled: %v", err)
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("looks like a timeout: %v", err)
			}
		})
	}
}

func TestContextDeadline(t *testing.T) {
	for _, tt := range append(append(stuckBefore, stuckInBody), stuckAfter...) {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.inTime(func(timeout time.Duration) error {
				ctx, cancel := context.WithTimeout(t.Context(), timeout)
				defer cancel()
				// With a longer HandshakeTimeout, which must not be taken for it.
				_, err := tt.dial(ctx, t, &dial.Dialer{HandshakeTimeout: time.Hour}, func() {})
				return err
			})
			if checkPhase(t, err, tt.phase); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("does not wrap context.DeadlineExceeded: %v", err)
			}
		})
	}
}

func TestHandshakeTimeout(t *testing.T) {
	for _, tt := range stuckAfter {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.inTime(func(timeout time.Duration) error {
				_, err := tt.dial(t.Context(), t, &dial.Dialer{HandshakeTimeout: timeout}, func() {})
				return err
			})
			checkPhase(t, err, tt.phase)
			var timeout net.Error
			if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("not a timeout: %v", err)
			}
			if errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("looks like the context's deadline: %v", err)
			}
		})
	}
}

// A refusal is known before its body ends, and is not lost.
func TestInterruptedBody(t *testing.T) {
	const head = "HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var d dial.Dialer
	nc := &cancelled{must(net.Dial("tcp", listen(t, silentAfter(head, func() {})))), len(head), cancel}
	_, err := d.Client(ctx, nc, "ws://example.com/")
	var refused *dial.RefusedError
	if !errors.As(err, &refused) || refused.Status != 503 || !errors.Is(err, session.ErrUnexpectedStatus) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}

	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			silentAfter(head+"wait", func() {})(far)
		}()
		d := dial.Dialer{HandshakeTimeout: 100 * time.Millisecond}
		_, err := d.Client(t.Context(), near, "ws://example.com/")
		if !errors.As(err, &refused) || refused.Status != 503 || string(refused.Body) != "wait" {
			t.Errorf("timed out: %v", err)
		}
	})
}

// cancelled cancels the dial as soon as it reads on behind the head.
type cancelled struct {
	net.Conn
	head   int // octets of the head still to come
	cancel context.CancelFunc
}

func (c *cancelled) Read(p []byte) (int, error) {
	if c.head == 0 {
		c.cancel()
	}
	n, err := c.Conn.Read(p)
	c.head -= n
	return n, err
}

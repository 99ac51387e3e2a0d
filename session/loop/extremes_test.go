package loop_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// Times that do not come: the longest there are, and those that are further away
// than can be counted.
func TestTimesBeyondCounting(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	never := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, echo)
		b := expect(1)
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			l.At(never, func() { b.note("called by At") })
			l.Wake(c.Handle, never)
			l.Ping(c.Handle)
			l.Send(c.Handle, session.BinaryMessage, []byte("there"))
		}
		b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
			l.At(time.Now().Add(50*time.Millisecond), func() { l.Close(c.Handle, session.StatusSuccess, "") })
		}
		cfg.ConnectTimeout, cfg.HandshakeTimeout, cfg.CloseTimeout = longest, longest, longest
		cfg.PingInterval, cfg.PingTimeout, cfg.Refresh = longest, longest, longest
		g := group(t, b, cfg)
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		b.wait(t)
		b.check(t, "opened", "pong", "message 80000002 of 5", `closed 1000 "": <nil>`)
	})
}

// More connections than an int of 32 bits counts.
func TestTurnsBeyondCounting(t *testing.T) {
	s := serve(t, echo)
	_, port, _ := net.SplitHostPort(s.Addr().String())
	e := endpoint(t, "ws://localhost:"+port+"/", session.Offer{})
	direct := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Addr().String())
	}
	for _, dial := range []func(context.Context, string, string) (net.Conn, error){nil, direct} {
		b := expect(1)
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Close(c.Handle, session.StatusSuccess, "") }
		g := group(t, b, loop.Config{Loops: 3, NetDial: dial})
		one(t, g, b, "ws://localhost:"+port+"/") // so that the name is known
		for _, taken := range []uint32{math.MaxInt32 - 1, math.MaxUint32 - 1} {
			b.reset(4)
			g.SetTurns(taken)
			for range 4 {
				if err := g.Dial(e, 0); err != nil {
					t.Fatal(err)
				}
			}
			b.wait(t)
			if got := strings.Count(strings.Join(b.lines, "\n"), "opened"); got != 4 {
				t.Errorf("%d of 4 opened: %q", got, b.lines)
			}
		}
	}
}

// A hesitant conn reads nothing every other time, which a Reader may.
type hesitant struct {
	net.Conn
	reads int
}

func (h *hesitant) Read(p []byte) (int, error) {
	if h.reads++; h.reads%2 == 1 {
		return 0, nil
	}
	return h.Conn.Read(p)
}

// A mute conn reads nothing for ever.
type mute struct{ net.Conn }

func (mute) Read([]byte) (int, error) { return 0, nil }

func TestReadsOfNothing(t *testing.T) {
	s := serve(t, echo)
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		l.Send(c.Handle, session.BinaryMessage, make([]byte, 10_000))
	}
	b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
		l.Close(c.Handle, session.StatusSuccess, "")
	}
	for _, row := range []struct {
		conn func(net.Conn) net.Conn
		want string
	}{
		{func(nc net.Conn) net.Conn { return &hesitant{Conn: nc} }, `opened; message 80000002 of 10000; closed 1000 "": <nil>`},
		{func(nc net.Conn) net.Conn { return mute{nc} }, "failed: response: " + io.ErrNoProgress.Error()},
	} {
		g := group(t, b, loop.Config{NetDial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			nc, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return row.conn(nc), nil
		}})
		if got := one(t, g, b, s.url()); got != row.want {
			t.Errorf("%s, want %s", got, row.want)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	handler := func(*loop.Loop) loop.Handler { return loop.Ignore{} }
	for _, row := range []struct {
		config loop.Config
		want   error
		says   string
	}{
		{loop.Config{}, loop.ErrNoHandler, "Handler"},
		{loop.Config{Handler: func(*loop.Loop) loop.Handler { return nil }}, loop.ErrNoHandler, "Handler"},
		{loop.Config{Handler: handler, Loops: -1}, loop.ErrConfig, "Loops"},
		{loop.Config{Handler: handler, Loops: 1 << 20}, loop.ErrConfig, "Loops"},
		{loop.Config{Handler: handler, MaxQueued: -1}, loop.ErrConfig, "MaxQueued"},
		{loop.Config{Handler: handler, CloseTimeout: -1}, loop.ErrConfig, "CloseTimeout"},
		{loop.Config{Handler: handler, PingInterval: -1}, loop.ErrConfig, "PingInterval"},
		{loop.Config{Handler: handler, PingTimeout: -1}, loop.ErrConfig, "PingTimeout"},
		{loop.Config{Handler: handler, Refresh: -1}, loop.ErrConfig, "Refresh"},
		{loop.Config{Handler: handler, KeepAlive: -1}, loop.ErrConfig, "KeepAlive"},
		{loop.Config{Handler: handler, KeepAlive: 32768 * time.Second}, loop.ErrConfig, "KeepAlive"},
	} {
		_, err := loop.New(context.Background(), &row.config)
		if !errors.Is(err, row.want) || !errors.Is(err, session.ErrInvalidArgument) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%+v: %v, want %v about %s", row.config, err, row.want, row.says)
		}
	}
	if _, err := loop.New(context.Background(), nil); err != loop.ErrNoHandler {
		t.Errorf("no Config: %v", err)
	}
}

func TestDialNothing(t *testing.T) {
	g := groupOf(t, loop.Config{Loops: 1, Handler: func(*loop.Loop) loop.Handler { return loop.Ignore{} }})
	if err := g.Dial(nil, 0); err != session.ErrInvalidArgument {
		t.Errorf("by the Group: %v", err)
	}
	done := make(chan error)
	g.Loops()[0].Post(func() {
		_, err := g.Loops()[0].Dial(nil, 0)
		done <- err
	})
	if err := <-done; err != session.ErrInvalidArgument {
		t.Errorf("by the loop: %v", err)
	}
}

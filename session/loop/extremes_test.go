package loop_test

import (
	"context"
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

package loop_test

import (
	"math"
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

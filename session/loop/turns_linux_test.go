package loop_test

import (
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// However much is posted, sockets have their turns meanwhile. What comes over
// net.Conn is itself posted, and so comes behind.
func TestPostLeavesTurns(t *testing.T) {
	const posts = 1000
	s := serve(t, echo)
	b := expect(1)
	called, before := 0, 0
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		for range posts {
			l.Post(func() {
				called++
				time.Sleep(time.Millisecond)
			})
		}
		l.Send(c.Handle, session.BinaryMessage, []byte{1})
	}
	b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
		before = called
		l.Close(c.Handle, session.StatusSuccess, "")
	}
	g := group(t, b, loop.Config{Loops: 1})
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
	g.Close()
	if before == posts {
		t.Errorf("an echo came behind all of %d posted functions", posts)
	}
	if called != posts {
		t.Errorf("%d functions were called, want %d", called, posts)
	}
}

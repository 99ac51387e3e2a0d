package loop_test

import (
	"errors"
	"math"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// handleErrors are what the methods of a Loop return for a handle, Send first.
func handleErrors(l *loop.Loop, h loop.Handle) []error {
	return []error{
		l.Send(h, session.UTF8Message, nil), l.Send(h, session.UnsolicitedPong, nil), l.Ping(h),
		l.Close(h, session.StatusSuccess, ""), l.Drop(h), l.Wake(h, time.Now()), l.Wake(h, time.Time{}),
	}
}

// gone asserts that h names nothing.
func gone(t *testing.T, l *loop.Loop, h loop.Handle, when string) {
	t.Helper()
	for i, err := range handleErrors(l, h) {
		if err != loop.ErrGone || !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: call %d with handle %x: %v", when, i, h, err)
		}
	}
	if _, ok := l.Deflate(h); ok {
		t.Errorf("%s: Deflate with handle %x", when, h)
	}
}

// Numbers that are no handle name nothing, whether there are connections or not.
func TestHandleOfNothing(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, echo)
		b := expect(1)
		try := func(l *loop.Loop, c loop.Conn) {
			for _, h := range []loop.Handle{0, 1, math.MaxUint64, 1 << 31, 1 << 32, 1<<32 | 1<<31, 1<<32 | 127, 1<<32 | 128, 1<<32 | math.MaxInt32} {
				if h != c.Handle {
					gone(t, l, h, "never a handle")
				}
			}
			for bit := range 64 {
				if h := c.Handle ^ 1<<bit; c.Handle != 0 {
					gone(t, l, h, "one bit is another")
				}
			}
		}
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			try(l, c)
			l.Close(c.Handle, session.StatusSuccess, "")
		}
		g := group(t, b, cfg)
		done := make(chan struct{})
		g.Loops()[0].Post(func() {
			try(g.Loops()[0], loop.Conn{})
			close(done)
		})
		<-done
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		b.wait(t)
		b.check(t, "opened", `closed 1000 "": <nil>`)
	})
}

// A handle names its connection from Dial until the last call about it.
func TestHandleLife(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, echo)
		e := endpoint(t, s.url(), session.Offer{})
		b := expect(4)
		var handles []loop.Handle
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			switch c.Token {
			case 2:
				if err := l.Drop(c.Handle); err != nil {
					t.Error(err)
				}
				gone(t, l, c.Handle, "dropped")
			case 3:
				if err := l.Close(c.Handle, session.StatusSuccess, ""); err != nil {
					t.Error(err)
				}
				// It can still be dropped and woken, but nothing can be sent.
				if err := l.Send(c.Handle, session.UTF8Message, nil); err != session.ErrCloseSent {
					t.Errorf("a message behind a close: %v", err)
				}
				if err := l.Close(c.Handle, session.StatusSuccess, ""); err != session.ErrCloseSent {
					t.Errorf("a second close: %v", err)
				}
				if err := l.Wake(c.Handle, time.Now()); err != nil {
					t.Errorf("a wake behind a close: %v", err)
				}
			}
		}
		b.failed = func(l *loop.Loop, c loop.Conn, f *loop.Failure) {
			if f.Err != loop.ErrDropped {
				t.Errorf("failed with %v", f.Err)
			}
			gone(t, l, c.Handle, "within Failed")
		}
		b.closed = func(l *loop.Loop, c loop.Conn, _ *loop.Ending) { gone(t, l, c.Handle, "within Closed") }
		g := group(t, b, cfg)
		l := g.Loops()[0]
		l.Post(func() {
			for token := range uint64(4) {
				h, err := l.Dial(e, token)
				if err != nil || slices.Contains(handles, h) {
					t.Errorf("handle %x, %v", h, err)
				}
				handles = append(handles, h)
				for i, err := range []error{l.Send(h, session.UTF8Message, nil), l.Ping(h)} {
					if err != loop.ErrNotOpen {
						t.Errorf("call %d before it is open: %v", i, err)
					}
				}
				if _, ok := l.Deflate(h); ok {
					t.Error("Deflate before it is open")
				}
				if err := l.Wake(h, time.Now().Add(time.Hour)); err != nil {
					t.Errorf("Wake before it is open: %v", err)
				}
				switch token {
				case 0:
					if err := l.Drop(h); err != nil {
						t.Error(err)
					}
					gone(t, l, h, "dropped before it was open")
				case 1:
					if err := l.Close(h, session.StatusSuccess, ""); err != nil {
						t.Error(err)
					}
					gone(t, l, h, "closed before it was open")
				}
			}
		})
		b.wait(t)
		done := make(chan struct{})
		l.Post(func() {
			defer close(done)
			for _, h := range handles {
				gone(t, l, h, "over")
			}
			if l.Len() != 0 {
				t.Errorf("%d connections", l.Len())
			}
		})
		<-done
	})
}

// A place in the slab is taken again, with another generation, also where that
// wraps around: an old handle reaches nobody.
func TestHandleGenerations(t *testing.T) {
	for _, first := range []uint32{math.MaxInt32 - 3, math.MaxUint32 - 3} {
		forms(t, func(t *testing.T, cfg loop.Config) {
			s := serve(t, echo)
			b := expect(0)
			var old []loop.Handle
			b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
				if c.Handle>>32 == 0 || slices.Contains(old, c.Handle) || len(old) > 0 && uint32(c.Handle) != uint32(old[0]) {
					t.Errorf("handle %x behind %x", c.Handle, old)
				}
				for _, h := range old {
					gone(t, l, h, "another's place")
				}
				old = append(old, c.Handle)
				if err := l.Send(c.Handle, session.UTF8Message, nil); err != nil {
					t.Error(err)
				}
			}
			b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
				if err := l.Close(c.Handle, session.StatusSuccess, ""); err != nil {
					t.Error(err)
				}
			}
			g := group(t, b, cfg)
			l := g.Loops()[0]
			l.Post(func() { l.SetGeneration(first) })
			for range 8 {
				if got := one(t, g, b, s.url()); got != `opened; message 80000000 of 0; closed 1000 "": <nil>` {
					t.Fatal(got)
				}
				free := make(chan struct{}) // its place is, when Closed has returned
				l.Post(func() { close(free) })
				<-free
			}
		})
	}
}

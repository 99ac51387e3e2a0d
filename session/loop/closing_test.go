package loop_test

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// Between Loop.Close and the server's close the Handler is told of messages and
// its Wake, and nothing is sent any more.
func TestToldUntilClosed(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		awake := make(chan struct{})
		s := serve(t, func(p *peer) {
			if !p.upgrade() {
				return
			}
			if first, _, err := p.next(); err != nil || first != 0x88 {
				return
			}
			<-awake
			p.Write(append(frame(0x81, []byte("late")), frame(0x88, []byte("\x0f\xa0"))...))
		})
		b := expect(1)
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			b.note("close: %v", l.Close(c.Handle, 4000, ""))
			b.note("close: %v", l.Close(c.Handle, 4000, ""))
			b.note("wake: %v", l.Wake(c.Handle, time.Now()))
		}
		b.wake = func(l *loop.Loop, c loop.Conn) {
			b.note("send: %v", l.Send(c.Handle, session.UTF8Message, nil))
			close(awake)
		}
		g := group(t, b, cfg)
		if err := g.Dial(endpoint(t, s.url(), session.Offer{}), 0); err != nil {
			t.Fatal(err)
		}
		b.wait(t)
		b.check(t, "opened", "close: <nil>", "close: "+session.ErrCloseSent.Error(), "wake: <nil>", "wake", "send: "+session.ErrCloseSent.Error(),
			fmt.Sprintf("message %x of 4", uint32(session.UTF8Message)), `closed 4000 "": <nil>`)
	})
}

// Len counts a connection until the call that ends it has returned.
func TestLen(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, echo)
		refusing := serve(t, func(p *peer) { p.Write([]byte("HTTP/1.1 404 Not Found\r\n\r\n")) })
		b := expect(2)
		var (
			lens []int
			open loop.Handle
		)
		note := func(l *loop.Loop) { lens = append(lens, l.Len()) }
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			open = c.Handle
			note(l)
			if _, err := l.Dial(endpoint(t, refusing.url(), session.Offer{}), 1); err != nil {
				t.Error(err)
			}
			note(l)
		}
		b.failed = func(l *loop.Loop, _ loop.Conn, _ *loop.Failure) {
			note(l)
			l.Post(func() {
				note(l)
				l.Close(open, 1000, "")
			})
		}
		b.closed = func(l *loop.Loop, _ loop.Conn, _ *loop.Ending) { note(l) }
		g := group(t, b, cfg)
		if err := g.Dial(endpoint(t, s.url(), session.Offer{}), 0); err != nil {
			t.Fatal(err)
		}
		b.wait(t)
		g.Close()
		if want := []int{1, 2, 2, 1, 1}; !slices.Equal(lens, want) {
			t.Errorf("%v, want %v", lens, want)
		}
	})
}

// The answer to a ping goes before a close, though both have to wait for a server
// that does not read.
func TestPongBeforeClose(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		var order []byte
		ended := make(chan struct{})
		filled := make(chan struct{})
		s := serve(t, func(p *peer) {
			defer close(ended)
			p.upgrade()
			<-filled
			p.Write(append(frame(0x89, []byte("ping")), frame(0x81, []byte("close"))...))
			time.Sleep(50 * time.Millisecond) // else what is queued may be gone before these are there, which is no fault
			for {
				first, payload, err := p.next()
				if err != nil {
					t.Error(err)
					return
				}
				if order = append(order, first); first == 0x88 {
					p.Write(frame(0x88, payload))
					return
				}
			}
		})
		b := expect(1)
		cfg.MaxQueued = 64 << 20
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			l.Send(c.Handle, session.BinaryMessage, make([]byte, 16<<20))
			close(filled)
		}
		b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
			l.Close(c.Handle, session.StatusSuccess, "")
		}
		g := group(t, b, cfg)
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		b.wait(t)
		<-ended
		if string(order) != "\x82\x8a\x88" {
			t.Errorf("the server got %x", order)
		}
	})
}

// The time for a close is over while the loop is busy, and what the server says is read
// then: its close, its end, or nonsense. What this side has yet to write, and the
// server does not read, has no more time.
func TestCloseTimeoutWhileBusy(t *testing.T) {
	for _, row := range []struct {
		name string
		says func(*peer)
		told string
	}{
		{"close", func(p *peer) { p.Write(frame(0x88, []byte("\x0f\xa1bye"))) }, `closed 4001 "bye": <nil>`},
		{"end", func(p *peer) { p.Conn.(*net.TCPConn).CloseWrite() }, `closed 1006 "": unexpected EOF`},
		{"nonsense", func(p *peer) { p.Write([]byte{0xff, 0xff}) }, `closed 1002 "": ` + session.ErrFrameReserved.Error()},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				full, said, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
				s := serve(t, func(p *peer) {
					p.upgrade()
					<-full
					row.says(p)
					close(said)
					<-over
				})
				defer close(over)
				b := expect(1)
				b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
					for l.Send(c.Handle, session.BinaryMessage, make([]byte, 64<<10)) == nil {
					}
					l.Close(c.Handle, session.StatusSuccess, "")
					l.Post(func() {
						close(full)
						<-said
						time.Sleep(2 * cfg.CloseTimeout)
					})
				}
				cfg.CloseTimeout = 50 * time.Millisecond
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
				b.wait(t)
				b.check(t, "opened", row.told)
			})
		})
	}
}

// What comes in time counts, though the loop is busy until the time is over, and though
// it takes more than one read.
func TestMuchInTimeWhileBusy(t *testing.T) {
	const timeout = 150 * time.Millisecond
	much := frame(0x82, make([]byte, 3000))
	message := fmt.Sprintf("message %x of 3000", uint32(session.BinaryMessage))
	for _, row := range []struct {
		name   string
		config loop.Config
		opened func(*loop.Loop, loop.Handle)
		script func(p *peer, busy func() (said func()))
		told   []string
	}{
		{"response", loop.Config{HandshakeTimeout: timeout}, nil, func(p *peer, busy func() func()) {
			head := p.head()
			head = append(head[:len(head)-2], "X-Long: "+strings.Repeat("x", 3000)+"\r\n\r\n"...)
			said := busy()
			p.Write(append(head, frame(0x88, []byte("\x0f\xa1bye"))...))
			said()
		}, []string{"opened", `closed 4001 "bye": <nil>`}},
		{"pong", loop.Config{PingTimeout: timeout}, func(l *loop.Loop, h loop.Handle) { l.Ping(h) }, func(p *peer, busy func() func()) {
			p.upgrade()
			_, payload, _ := p.next()
			said := busy()
			p.Write(slices.Concat(much, frame(0x8a, payload)))
			said()
			time.Sleep(2 * timeout)
			p.Write(frame(0x88, []byte("\x0f\xa1bye")))
		}, []string{"opened", message, "pong", `closed 4001 "bye": <nil>`}},
		{"close", loop.Config{CloseTimeout: timeout}, func(l *loop.Loop, h loop.Handle) { l.Close(h, 0, "") }, func(p *peer, busy func() func()) {
			p.upgrade()
			p.next()
			said := busy()
			p.Write(slices.Concat(much, frame(0x88, []byte("\x0f\xa1bye"))))
			said()
		}, []string{"opened", message, `closed 4001 "bye": <nil>`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				t.Parallel()
				form := cfg
				cfg = row.config
				cfg.Net, cfg.Loops = form.Net, form.Loops
				started := make(chan *loop.Group, 1)
				s := serve(t, func(p *peer) {
					row.script(p, func() func() {
						begun, said := make(chan struct{}), make(chan struct{})
						g := <-started
						g.Loops()[0].Post(func() {
							close(begun)
							<-said
							time.Sleep(2 * timeout)
						})
						<-begun
						return func() { close(said) }
					})
				})
				b := expect(1)
				b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
					if row.opened != nil {
						row.opened(l, c.Handle)
					}
				}
				g := group(t, b, cfg)
				started <- g
				g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
				b.wait(t)
				b.check(t, row.told...)
			})
		})
	}
}

// A server that never stops talking, and answers no ping, is given up all the same.
func TestNoPongInAFlood(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, func(p *peer) {
			p.upgrade()
			for much := bytes.Repeat(frame(0x82, make([]byte, 4000)), 16); ; {
				if _, err := p.Write(much); err != nil {
					return
				}
			}
		})
		b := expect(1)
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Ping(c.Handle) }
		b.message = func(*loop.Loop, loop.Conn, session.BufferType, []byte) { time.Sleep(2 * time.Millisecond) }
		cfg.PingTimeout = 50 * time.Millisecond
		g := group(t, b, cfg)
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		b.wait(t)
		if len(b.lines) > 400 { // 25 messages take as long as the time for the pong, and up to 256 reads count behind it
			t.Errorf("%d messages were taken", len(b.lines))
		}
		if last := b.lines[len(b.lines)-1]; last != `closed 1006 "": `+loop.ErrNoPong.Error() {
			t.Error(last)
		}
	})
}

// A ping that is sent meanwhile gives a close no more time.
func TestCloseTimeoutWhilePinged(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		busy, said, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
		s := serve(t, func(p *peer) {
			p.upgrade()
			<-busy
			p.Write(frame(0x81, []byte("still here")))
			close(said)
			<-over // answers nothing
		})
		defer close(over)
		b := expect(1)
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			l.Close(c.Handle, session.StatusSuccess, "")
			l.Post(func() {
				close(busy)
				<-said
				time.Sleep(2 * cfg.CloseTimeout)
			})
		}
		b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) { l.Ping(c.Handle) }
		cfg.CloseTimeout = 100 * time.Millisecond
		g := group(t, b, cfg)
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		b.wait(t)
		b.check(t, "opened", "message 80000000 of 10", `closed 1006 "": `+loop.ErrCloseTimeout.Error())
	})
}

package loop_test

// Servers that end their stream before they have read what was sent to them.

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// What Send has taken is written, in front of an answer to the server's close,
// though nothing comes any more.
func TestFlush(t *testing.T) {
	for _, row := range []struct {
		name   string
		says   []byte
		ends   bool
		answer string // that the server reads last
		told   string
	}{
		{"half close", nil, true, "nothing", `closed 1006 "": unexpected EOF`},
		{"half a frame, half close", []byte{0x81, 9, 'a'}, true, "nothing", `closed 1006 "": unexpected EOF`},
		{"close", frame(0x88, []byte("\x0f\xa0bye")), false, "\x0f\xa0", `closed 4000 "bye": <nil>`},
		{"close, half close", frame(0x88, []byte("\x0f\xa0bye")), true, "\x0f\xa0", `closed 4000 "bye": <nil>`},
		{"masked, half close", []byte{0x81, 0x80, 0, 0, 0, 0}, true, "\x03\xea", `closed 1002 "": websocket: server masked a frame (RFC 6455 section 5.1)`},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				full, read := make(chan struct{}), make(chan string, 1)
				s := serve(t, func(p *peer) {
					p.upgrade()
					<-full
					p.Write(row.says)
					if row.ends {
						p.Conn.(*net.TCPConn).CloseWrite()
					}
					time.Sleep(50 * time.Millisecond) // most likely the client knows by then
					messages, answer := 0, "none"
					for answer == "none" {
						first, payload, err := p.next()
						switch {
						case err != nil:
							answer = "nothing"
						case first == 0x88:
							answer = string(payload)
						case len(payload) == 64<<10:
							messages++
						}
					}
					read <- fmt.Sprintf("%d messages, %q", messages, answer)
				})
				b := expect(1)
				sent := 0
				b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
					for err := error(nil); err == nil; sent++ {
						err = l.Send(c.Handle, session.BinaryMessage, make([]byte, 64<<10))
					}
					sent--
					close(full)
				}
				cfg.MaxQueued = 6 << 20 // more than the system buffers
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
				b.wait(t)
				b.check(t, "opened", row.told)
				if got, want := <-read, fmt.Sprintf("%d messages, %q", sent, row.answer); got != want {
					t.Errorf("the server read %s, want %s", got, want)
				}
			})
		})
	}
}

// A server that neither ends nor reads has CloseTimeout.
func TestFlushTimeout(t *testing.T) {
	for _, says := range [][]byte{nil, frame(0x88, []byte("\x03\xe9"))} {
		forms(t, func(t *testing.T, cfg loop.Config) {
			over, full := make(chan struct{}), make(chan struct{})
			s := serve(t, func(p *peer) {
				p.upgrade()
				<-full
				p.Write(says)
				p.Conn.(*net.TCPConn).CloseWrite()
				<-over
			})
			b := expect(1)
			var began time.Time
			b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
				for err := error(nil); err == nil; {
					err = l.Send(c.Handle, session.BinaryMessage, make([]byte, 64<<10))
				}
				l.Post(func() { l.Post(func() { began = time.Now() }) })
				close(full)
			}
			b.closed = func(l *loop.Loop, c loop.Conn, _ *loop.Ending) {
				if took := time.Since(began); took < 250*time.Millisecond || took > 20*time.Second {
					t.Errorf("the end took %v", took)
				}
			}
			cfg.MaxQueued = 6 << 20
			cfg.CloseTimeout = 300 * time.Millisecond
			g := group(t, b, cfg)
			g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
			b.wait(t)
			close(over)
			if says == nil {
				b.check(t, "opened", `closed 1006 "": unexpected EOF`)
			} else {
				b.check(t, "opened", `closed 1001 "": <nil>`)
			}
		})
	}
}

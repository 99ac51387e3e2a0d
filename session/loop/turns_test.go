package loop_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// However much is posted or due, connections have their turns meanwhile.
func TestTurns(t *testing.T) {
	const calls = 1000
	for _, row := range []struct {
		name string
		call func(*loop.Loop, func())
	}{
		{"Post", func(l *loop.Loop, f func()) { l.Post(f) }},
		{"At", func(l *loop.Loop, f func()) { l.At(time.Now(), f) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				s := serve(t, echo)
				b := expect(2)
				called, before := 0, 0
				b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
					for range calls {
						row.call(l, func() {
							if called++; called == calls {
								b.end()
							}
							time.Sleep(time.Millisecond)
						})
					}
					l.Send(c.Handle, session.BinaryMessage, []byte{1})
				}
				b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
					before = called
					l.Close(c.Handle, session.StatusSuccess, "")
				}
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
				b.wait(t)
				g.Close()
				if before == calls {
					t.Errorf("an echo came behind all of %d functions", calls)
				}
			})
		})
	}
}

// A pong that came in time counts, though the loop is busy with another connection
// until that is over.
func TestPongWhileBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := loop.Config{Loops: 1, PingInterval: 10 * time.Second, PingTimeout: 2 * time.Second}
		stop := pipes(&cfg, 0, func(p *peer) {
			p.upgrade()
			_, payload, _ := p.next() // at 10s
			if p.request.URL.Path == "/talks" {
				time.Sleep(100 * time.Millisecond)
				p.Write(append(frame(0x8a, payload), frame(0x82, []byte{1})...))
			} else {
				time.Sleep(time.Second)
				p.Write(frame(0x8a, payload))
			}
			p.next()
		})
		b := expect(2)
		b.message = func(*loop.Loop, loop.Conn, session.BufferType, []byte) { time.Sleep(3 * time.Second) }
		b.pong = func(l *loop.Loop, c loop.Conn) {
			if c.Token == 1 {
				l.Drop(c.Handle)
			}
		}
		g := group(t, b, cfg)
		g.Dial(endpoint(t, "ws://pipe.test/talks", session.Offer{}), 0)
		g.Dial(endpoint(t, "ws://pipe.test/", session.Offer{}), 1)
		time.Sleep(15 * time.Second)
		g.Close()
		stop()
		b.check(t, "opened", "opened", "pong", "message 80000002 of 1", "pong",
			`closed 1006 "": loop: dropped by this side`, `closed 1006 "": loop: stopped by this side`)
	})
}

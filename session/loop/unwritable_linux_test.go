package loop_test

// Writes that fail: what the server had said before is told all the same.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// until waits for a condition.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Errorf("not within 30 s: %s", what)
			return
		}
	}
}

// wasReset reports whether a reset came to a socket, and changes nothing.
func wasReset(fd int) bool {
	p := []unix.PollFd{{Fd: int32(fd)}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1 && p[0].Revents&unix.POLLERR != 0
}

// readable is how many octets a socket has to be read.
func readable(fd int) int {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	if err != nil {
		return -1
	}
	return n
}

const lastWords = 50 // messages of 4000 octets, more than what is read in one turn

// parting waits for a message, sends the last words and a close, and resets the
// connection when all of it is with the client.
func parting(sent, arrived, reset chan struct{}) func(*peer) {
	return func(p *peer) {
		p.upgrade()
		p.next()
		all := bytes.Repeat(frame(0x82, make([]byte, 4000)), lastWords)
		p.Write(append(all, frame(0x88, []byte("\x0f\xa1last"))...))
		close(sent)
		<-arrived
		p.Conn.(*net.TCPConn).SetLinger(0)
		p.Close()
		close(reset)
	}
}

// atOnce is larger than what is held back.
const atOnce = 5000

// hearLastWords has a connection send messages of some sizes when the first of them
// is told, after the reset.
func hearLastWords(t *testing.T, b *book, cfg loop.Config, sizes ...int) {
	sent, arrived, reset := make(chan struct{}), make(chan struct{}), make(chan struct{})
	s := serve(t, parting(sent, arrived, reset))
	holds := func(l *loop.Loop, c loop.Conn, condition func(fd int) bool) func() bool {
		return func() (is bool) {
			l.Socket(c.Handle, func(fd int) { is = condition(fd) })
			return is
		}
	}
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Send(c.Handle, session.UTF8Message, []byte("go")) }
	gone := func(l *loop.Loop, c loop.Conn) {
		for _, err := range []error{l.Send(c.Handle, session.UTF8Message, []byte("x")), l.Ping(c.Handle), l.Close(c.Handle, 0, "")} {
			if err != loop.ErrGone {
				t.Errorf("behind a write that failed: %v", err)
			}
		}
	}
	heard := 0
	more := b.message
	b.message = func(l *loop.Loop, c loop.Conn, m session.BufferType, p []byte) {
		if more != nil {
			more(l, c, m, p)
		}
		if heard++; heard > 1 {
			if heard == lastWords && cfg.NetDial == nil { // what fails there is known later
				gone(l, c)
			}
			return
		}
		<-sent
		until(t, "the last words are there", holds(l, c, func(fd int) bool { return readable(fd) > (lastWords-2)*4000 }))
		close(arrived)
		<-reset
		until(t, "the reset is there", holds(l, c, wasReset))
		for _, size := range sizes {
			if err := l.Send(c.Handle, session.BinaryMessage, make([]byte, size)); err != nil {
				t.Error(err)
			}
			if size == atOnce && cfg.NetDial == nil {
				gone(l, c)
			}
		}
	}
	cfg.Handler = func(l *loop.Loop) loop.Handler {
		if cfg.NetDial == nil {
			l.ReceiveBuffer(1 << 20)
		}
		return client{l, b}
	}
	g := groupOf(t, cfg)
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
	g.Close()
	b.check(t, slices.Concat([]string{"opened"}, slices.Repeat([]string{"message 80000002 of 4000"}, lastWords),
		[]string{`closed 4001 "last": <nil>`})...)
}

// All that had come before a reset is told, and in turn with other work: whether
// the write that failed was one at once, one of what was held back, or both.
func TestLastWords(t *testing.T) {
	for _, sizes := range [][]int{{atOnce}, {1}, {1, atOnce}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) { lastWordsInTurn(t, sizes) })
	}
}

func lastWordsInTurn(t *testing.T, sizes []int) {
	b := expect(1)
	turns, last, inTurn := 0, 0, 0
	var turn func(l *loop.Loop)
	turn = func(l *loop.Loop) {
		if turns++; l.Len() > 0 {
			l.Post(func() { turn(l) })
		}
	}
	b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, p []byte) {
		if turns == 0 {
			l.Post(func() { turn(l) })
		}
		if inTurn++; turns != last {
			last, inTurn = turns, 1
		}
		if inTurn > 34 { // twice 16 buffers in the first, then once
			t.Errorf("%d messages in one turn", inTurn)
		}
	}
	hearLastWords(t, b, loop.Config{Loops: 1}, sizes...)
	if turns < 2 {
		t.Errorf("%d turns", turns)
	}
}

func TestLastWordsNet(t *testing.T) {
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) (err error) {
			c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 1<<20) })
			return err
		}}
		return d.DialContext(ctx, network, addr)
	}
	hearLastWords(t, expect(1), loop.Config{Loops: 1, NetDial: dial}, 1)
}

// writing has write called ahead of each write behind a request: it returns what is
// written in place of p, or an error in place of that. There is one loop, whose
// client is b's.
func writing(b *book, cfg loop.Config, write func(p []byte) ([]byte, error)) loop.Config {
	cfg.Loops = 1
	cfg.Handler = func(l *loop.Loop) loop.Handler {
		l.Intercept(func(call string, p []byte) ([]byte, error) {
			if call != "write" || bytes.HasPrefix(p, []byte("GET ")) {
				return p, nil
			}
			return write(p)
		})
		return client{l, b}
	}
	return cfg
}

// failing has writes fail that choose says.
func failing(b *book, cfg loop.Config, with error, choose func(p []byte) bool) loop.Config {
	return writing(b, cfg, func(p []byte) ([]byte, error) {
		if choose(p) {
			return nil, with
		}
		return p, nil
	})
}

// A head is followed by messages: they are told as well if what Opened sends fails.
func TestLastWordsBehindTheHead(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.upgrade(slices.Concat(frame(0x81, []byte("one")), frame(0x81, []byte("two")), frame(0x88, []byte("\x0f\xa1last")))...)
		p.drain()
	})
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Send(c.Handle, session.BinaryMessage, nil) }
	g := groupOf(t, failing(b, loop.Config{}, syscall.EPIPE, func(p []byte) bool { return p[0] == 0x82 }))
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
	b.check(t, "opened", "message 80000000 of 3", "message 80000000 of 3", `closed 4001 "last": <nil>`)
}

// A server whose last words have no end is not heard for ever.
func TestLastWordsWithoutEnd(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.upgrade()
		many := bytes.Repeat(frame(0x82, make([]byte, 60000)), 10)
		for err := error(nil); err == nil; {
			_, err = p.Write(many)
		}
	})
	b := expect(1)
	var began time.Time
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		began = time.Now()
		l.Send(c.Handle, session.UTF8Message, nil)
	}
	b.message = func(*loop.Loop, loop.Conn, session.BufferType, []byte) { time.Sleep(5 * time.Millisecond) } // longer than the server takes
	b.closed = func(_ *loop.Loop, _ loop.Conn, e *loop.Ending) {
		if e.Status != session.StatusAborted || !errors.Is(e.Err, syscall.ENOBUFS) {
			t.Errorf("closed %d: %v", e.Status, e.Err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("the end took %v", took)
		}
	}
	g := groupOf(t, failing(b, loop.Config{}, syscall.ENOBUFS, func(p []byte) bool { return p[0] == 0x81 }))
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
}

// A connection may be dropped while the last words are told. Nothing more is told
// then but its end.
func TestLastWordsDropped(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.upgrade(slices.Concat(frame(0x81, []byte("one")), frame(0x81, []byte("two")), frame(0x88, nil))...)
		p.drain()
	})
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		l.Send(c.Handle, session.BinaryMessage, make([]byte, atOnce))
	}
	b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
		if err := l.Drop(c.Handle); err != nil {
			t.Error(err)
		}
	}
	g := groupOf(t, failing(b, loop.Config{}, syscall.EPIPE, func(p []byte) bool { return p[0] == 0x82 }))
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
	b.check(t, "opened", "message 80000000 of 3", `closed 1006 "": broken pipe`)
}

// Behind a write that failed, within a frame perhaps, nothing is written: no close
// for a server that breaks the protocol, and no ping or pong when the server's close
// has come.
func TestNothingBehindATornFrame(t *testing.T) {
	for _, row := range []struct {
		name string
		says []byte
		told string
	}{
		{"broken", []byte{0xff, 0xff, 0xff}, `closed 1006 "": no buffer space available`},
		{"close", frame(0x88, []byte("\x0f\xa1last")), `closed 4001 "last": <nil>`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := make(chan int64, 1)
			s := serve(t, func(p *peer) {
				p.upgrade(slices.Concat(frame(0x81, []byte("one")), row.says)...)
				n, _ := io.Copy(io.Discard, p.br)
				got <- n
			})
			b := expect(1)
			b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
				l.Send(c.Handle, session.BinaryMessage, make([]byte, atOnce))
			}
			b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
				l.Post(func() {
					l.Ping(c.Handle)
					l.Send(c.Handle, session.UnsolicitedPong, nil)
				})
			}
			writes := 0
			cfg := writing(b, loop.Config{}, func(p []byte) ([]byte, error) {
				switch writes++; writes {
				case 1:
					return p[:3], nil
				case 2:
					return nil, syscall.ENOBUFS
				}
				return p, nil
			})
			groupOf(t, cfg).Dial(endpoint(t, s.url(), session.Offer{}), 0)
			b.wait(t)
			b.check(t, "opened", "message 80000000 of 3", row.told)
			if n := <-got; n != 3 {
				t.Errorf("the server read %d octets, want 3", n)
			}
		})
	}
}

// The queue is not empty because it was given up: here when the pong behind it
// cannot be written.
func TestNotDrained(t *testing.T) {
	full := make(chan struct{})
	s := serve(t, func(p *peer) {
		p.upgrade()
		<-full
		p.Write(frame(0x89, []byte("ping")))
		time.Sleep(50 * time.Millisecond) // most likely the pong waits by then
		p.drain()
	})
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		for {
			if err := l.Send(c.Handle, session.BinaryMessage, make([]byte, 64<<10)); err == loop.ErrQueueFull {
				close(full)
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
	cfg := loop.Config{Loops: 1, Session: &session.Config{DisableMasking: true}} // so that no rest of a message looks like a pong
	g := groupOf(t, failing(b, cfg, syscall.EPIPE, func(p []byte) bool { return p[0] == 0x8a }))
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
	b.check(t, "opened", `closed 1006 "": broken pipe`)
}

// A request that the system takes in part, and then fails, within Dial: that is told
// behind it, as everything is.
func TestFailedBehindDial(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.upgrade()
		p.next()
	})
	e := endpoint(t, s.url(), session.Offer{})
	b := expect(2)
	within := false
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		within = true
		h, err := l.Dial(e, 1)
		if within = false; h == 0 || err != nil {
			t.Errorf("Dial: %v, %v", h, err)
		}
		l.Drop(c.Handle)
	}
	b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
		if within || f.Phase != dial.PhaseRequest || f.Err != io.ErrShortWrite {
			t.Errorf("%v: %v, within Dial: %v", f.Phase, f.Err, within)
		}
	}
	requests := 0
	cfg := loop.Config{Loops: 1, Handler: func(l *loop.Loop) loop.Handler {
		l.Intercept(func(call string, p []byte) ([]byte, error) {
			switch {
			case call != "write":
			case requests == 0:
				requests++
			case requests == 1:
				requests++
				return p[:10], nil
			default:
				return nil, io.ErrShortWrite
			}
			return p, nil
		})
		return client{l, b}
	}}
	groupOf(t, cfg).Dial(e, 0)
	b.wait(t)
}

// A pong does not wait for a queue that is never empty, because more is sent as soon
// as there is room.
func TestPongInAFullQueue(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		const limit, most = 1 << 20, 8 << 20
		started, ponged := make(chan struct{}), make(chan bool, 1)
		s := serve(t, func(p *peer) {
			p.Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
			p.upgrade()
			<-started
			p.Write(frame(0x89, []byte("are you there?")))
			read, first := 0, byte(0)
			for err := error(nil); err == nil && read < most && first != 0x8a; {
				var payload []byte
				first, payload, err = p.next()
				if first == 0x82 && bytes.Count(payload, []byte("m")) != len(payload) {
					t.Error("a torn frame")
				}
				read += len(payload)
				time.Sleep(100 * time.Microsecond)
			}
			ponged <- first == 0x8a
		})
		b := expect(1)
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			l.Socket(c.Handle, func(fd int) { unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 64<<10) })
			message := bytes.Repeat([]byte("m"), 8<<10)
			var again func()
			again = func() {
				err := error(nil)
				for err == nil {
					err = l.Send(c.Handle, session.BinaryMessage, message)
				}
				if err == loop.ErrQueueFull {
					l.At(time.Now().Add(time.Millisecond), again)
				}
			}
			again()
			close(started)
		}
		cfg.MaxQueued = limit
		g := group(t, b, cfg)
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		if !<-ponged {
			t.Errorf("no pong within %d octets, with %d queued", most, limit)
		}
		g.Close()
		b.wait(t)
	})
}

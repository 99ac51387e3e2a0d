package loop_test

// What Send holds back: when it is written, and as what.

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// writes are what a loop writes, in the words of frames.
type writes struct {
	mu   sync.Mutex
	each []string
}

// watching has w note what is written behind requests, unless fail returns an error.
func (w *writes) watching(b *book, cfg loop.Config, fail func(p []byte) error) loop.Config {
	return writing(b, cfg, func(p []byte) ([]byte, error) {
		if fail != nil {
			if err := fail(p); err != nil {
				return nil, err
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.each = append(w.each, frames(p))
		return p, nil
	})
}

func (w *writes) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	each := w.each
	w.each = nil
	return each
}

// frames says what p is: the opcode of each of the client's frames, and how long its
// payload is.
func frames(p []byte) string {
	var s []string
	for len(p) > 0 {
		n, at := int(p[1]&127), 2
		if n == 126 {
			n, at = int(p[2])<<8|int(p[3]), 4
		}
		at += 4 // the masking key
		s = append(s, fmt.Sprintf("%x:%d", p[0]&15, n))
		p = p[at+n:]
	}
	return fmt.Sprint(s)
}

func (w *writes) want(t *testing.T, what string, want ...string) {
	t.Helper()
	if got := w.take(); !slices.Equal(got, want) {
		t.Errorf("%s: written %q, want %q", what, got, want)
	}
}

// allFrames reads frames until the stream ends.
func allFrames(p *peer) string {
	var all bytes.Buffer
	all.ReadFrom(p.br)
	return frames(all.Bytes())
}

// A ping and a close are written at once, and so is a message that is large; what
// was sent before goes before them, and what was sent on one connection in one
// write. The rest follows when the loop has told what it knew.
func TestCork(t *testing.T) {
	got := make(chan string, 1)
	s := serve(t, func(p *peer) {
		p.upgrade()
		got <- allFrames(p)
	})
	b := expect(1)
	var w writes
	send := func(l *loop.Loop, c loop.Conn, sizes ...int) {
		for _, n := range sizes {
			if err := l.Send(c.Handle, session.BinaryMessage, make([]byte, n)); err != nil {
				t.Error(err)
			}
		}
	}
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		send(l, c, 1, 2, 200)
		w.want(t, "small messages")
		l.Ping(c.Handle)
		w.want(t, "a ping", "[2:1 2:2 2:200]", "[9:8]")
		send(l, c, 3, atOnce)
		w.want(t, "a large message", "[2:3]", "[2:5000]")
		send(l, c, 4)
		l.Send(c.Handle, session.UnsolicitedPong, nil)
		w.want(t, "more small messages")
		l.Post(func() {
			w.want(t, "the end of the round", "[2:4 a:0]")
			send(l, c, 5)
			l.Close(c.Handle, session.StatusSuccess, "")
			w.want(t, "a close", "[2:5 8:2]")
			l.Drop(c.Handle)
		})
	}
	groupOf(t, w.watching(b, loop.Config{}, nil)).Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
	if got, want := <-got, "[2:1 2:2 2:200 9:8 2:3 2:5000 2:4 a:0 2:5 8:2]"; got != want {
		t.Errorf("the server read %s, want %s", got, want)
	}
	b.check(t, "opened", `closed 1006 "": loop: dropped by this side`)
}

// What is held has a bound in connections and one in octets, across connections, in
// whose turn it is written.
func TestCorkIsBounded(t *testing.T) {
	const conns = 40
	s := serve(t, func(p *peer) {
		p.upgrade()
		allFrames(p)
	})
	b := expect(conns)
	var w writes
	var all []loop.Conn
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		if all = append(all, c); len(all) < conns {
			return
		}
		l.Post(func() {
			w.want(t, "before")
			for i, c := range all {
				l.Send(c.Handle, session.BinaryMessage, make([]byte, i))
			}
			var want []string
			for i := range conns / loop.CorkRuns * loop.CorkRuns {
				want = append(want, fmt.Sprintf("[2:%d]", i))
			}
			w.want(t, "connections", want...)
			l.Ping(all[0].Handle)
			w.take()

			a, b, size := all[0].Handle, all[1].Handle, 4000
			for n := 0; n < loop.CorkSize; n += size {
				l.Send(a, session.BinaryMessage, make([]byte, size))
				a, b = b, a
			}
			w.want(t, "octets", "[2:4000]", "[2:4000]", "[2:4000]", "[2:4000]")
			for _, c := range all {
				l.Drop(c.Handle)
			}
		})
	}
	g := groupOf(t, w.watching(b, loop.Config{}, nil))
	for range conns {
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	}
	b.wait(t)
}

// What was sent before Drop is written, and so is what is sent while an end is told:
// here by one connection when the other is over.
func TestCorkBeforeAnEnd(t *testing.T) {
	got := make(chan string, 2)
	s := serve(t, func(p *peer) {
		p.upgrade()
		got <- allFrames(p)
	})
	b := expect(2)
	var w writes
	var all []loop.Conn
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		if all = append(all, c); len(all) == 2 {
			l.Send(c.Handle, session.BinaryMessage, make([]byte, 1))
			l.Drop(c.Handle)
		}
	}
	b.closed = func(l *loop.Loop, c loop.Conn, _ *loop.Ending) {
		if c == all[1] {
			l.Send(all[0].Handle, session.BinaryMessage, make([]byte, 2))
			l.Drop(all[0].Handle)
		}
	}
	g := groupOf(t, w.watching(b, loop.Config{}, nil))
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	g.Dial(endpoint(t, s.url(), session.Offer{}), 1)
	b.wait(t)
	if got := []string{<-got, <-got}; !slices.Contains(got, "[2:1]") || !slices.Contains(got, "[2:2]") {
		t.Errorf("the servers read %q", got)
	}
}

// What is sent while an end is told is written though nothing else happens.
func TestCorkBehindAnEnd(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, echo)
		b := expect(2)
		var all []loop.Conn
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			if all = append(all, c); len(all) == 2 {
				l.Drop(c.Handle)
			}
		}
		b.closed = func(l *loop.Loop, c loop.Conn, _ *loop.Ending) {
			if c == all[1] {
				l.Send(all[0].Handle, session.BinaryMessage, []byte{1})
			}
		}
		b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) { l.Drop(c.Handle) }
		g := group(t, b, cfg)
		e := endpoint(t, s.url(), session.Offer{})
		g.Dial(e, 0)
		g.Dial(e, 1)
		b.wait(t)
	})
}

// A connection whose held octets cannot be written ends with that error, and nothing
// more of it is written; those beside it go on.
func TestCorkUnwritable(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.upgrade()
		allFrames(p)
	})
	b := expect(3)
	var all []loop.Conn
	var w writes
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		if all = append(all, c); len(all) < 3 {
			return
		}
		l.Post(func() {
			for i, c := range append(all, all[1]) {
				l.Send(c.Handle, session.BinaryMessage, make([]byte, i+1))
			}
			l.Post(func() {
				w.want(t, "those beside it", "[2:1]", "[2:3]")
				if err := l.Send(all[1].Handle, session.BinaryMessage, nil); err != loop.ErrGone {
					t.Errorf("behind the round: %v", err)
				}
				l.Drop(all[0].Handle)
				l.Drop(all[2].Handle)
			})
		})
	}
	fail := func(p []byte) error {
		if frames(p) == "[2:2]" {
			return syscall.ENOBUFS
		}
		return nil
	}
	g := groupOf(t, w.watching(b, loop.Config{}, fail))
	for range 3 {
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	}
	b.wait(t)
	b.check(t, "opened", "opened", "opened", `closed 1006 "": no buffer space available`,
		`closed 1006 "": loop: dropped by this side`, `closed 1006 "": loop: dropped by this side`)
}

// Behind a write that failed nothing more is written, also of a connection that was
// dropped in the same round: here as the first of two runs, not at all or in part.
func TestCorkBehindAFailedWrite(t *testing.T) {
	for _, torn := range []bool{false, true} {
		t.Run(fmt.Sprint("torn=", torn), func(t *testing.T) {
			got := make(chan int, 2)
			s := serve(t, func(p *peer) {
				p.upgrade()
				n, _ := io.Copy(io.Discard, p.br)
				got <- int(n)
			})
			b := expect(2)
			var all []loop.Conn
			b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
				if all = append(all, c); len(all) < 2 {
					return
				}
				l.Post(func() {
					for i, h := range []loop.Handle{all[0].Handle, all[1].Handle, all[0].Handle} {
						l.Send(h, session.BinaryMessage, make([]byte, 10*i))
					}
					l.Drop(all[0].Handle)
					l.Post(func() { l.Drop(all[1].Handle) })
				})
			}
			fails := false
			cfg := writing(b, loop.Config{}, func(p []byte) ([]byte, error) {
				switch {
				case fails, len(p) == 6 && !torn:
					fails = false
					return nil, syscall.ENOBUFS
				case len(p) == 6: // the first message
					fails = true
					return p[:3], nil
				}
				return p, nil
			})
			g := groupOf(t, cfg)
			e := endpoint(t, s.url(), session.Offer{})
			g.Dial(e, 0)
			g.Dial(e, 1)
			b.wait(t)
			want := map[bool]int{false: 0, true: 3}[torn]
			if a, b := <-got, <-got; min(a, b) != want || max(a, b) != 16 {
				t.Errorf("the servers read %d and %d octets, want %d and 16", a, b, want)
			}
		})
	}
}

// What is held is in the bounds of what may be queued: of messages, and of pongs.
func TestCorkIsQueued(t *testing.T) {
	for _, row := range []struct {
		name      string
		maxQueued int
		sizes     []int // the last is refused
		most      int   // octets queued
	}{
		{"small messages", 2000, []int{1000, 900, 1000}, 1900 + 2*frameHeader},
		{"a large one behind a small one", 0, []int{1000, 8 << 20}, 1000 + frameHeader},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := serve(t, func(p *peer) {
				p.upgrade()
				allFrames(p)
			})
			b := expect(1)
			full := false
			b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
				full = true
				for i, size := range row.sizes {
					if err, last := l.Send(c.Handle, session.BinaryMessage, make([]byte, size)), i == len(row.sizes)-1; last != (err == loop.ErrQueueFull) {
						t.Errorf("message %d: %v", i, err)
					}
				}
				if n, _ := l.Queued(c.Handle); n > row.most {
					t.Errorf("%d octets are queued, want at most %d", n, row.most)
				}
				l.Drop(c.Handle)
			}
			g := groupOf(t, failing(b, loop.Config{MaxQueued: row.maxQueued}, syscall.EAGAIN, func([]byte) bool { return full }))
			g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
			b.wait(t)
		})
	}
	t.Run("pongs", func(t *testing.T) {
		s := serve(t, func(p *peer) {
			p.upgrade()
			p.next()
			p.Write(append(bytes.Repeat(frame(0x89, nil), 2000), frame(0x81, nil)...))
			allFrames(p)
		})
		b := expect(1)
		full := false
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			l.Ping(c.Handle) // at once
			full = true
		}
		b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
			l.Post(func() {
				if n, _ := l.Queued(c.Handle); n > 2*frameHeader {
					t.Errorf("%d octets of pongs wait", n)
				}
				l.Drop(c.Handle)
			})
		}
		g := groupOf(t, failing(b, loop.Config{}, syscall.EAGAIN, func([]byte) bool { return full }))
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		b.wait(t)
	})
}

// The end of a connection that cannot be written does not wait for something else to
// happen.
func TestCorkUnwritableSoon(t *testing.T) {
	const conns = 10
	s := serve(t, func(p *peer) {
		p.upgrade()
		allFrames(p)
	})
	e := endpoint(t, s.url(), session.Offer{})
	b := expect(conns)
	var w writes
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		l.At(time.Now().Add(time.Millisecond), func() { l.Send(c.Handle, session.BinaryMessage, nil) })
	}
	b.closed = func(l *loop.Loop, c loop.Conn, _ *loop.Ending) { l.Dial(e, 0) }
	g := groupOf(t, w.watching(b, loop.Config{}, func([]byte) error { return syscall.EPIPE }))
	began := time.Now()
	g.Dial(e, 0)
	b.wait(t)
	g.Close()
	if took := time.Since(began); took > conns/2*time.Second {
		t.Errorf("it took %v for %d of them", took, conns)
	}
}

// A server ends its stream, and that is read while what answers it is held: the
// answer is written, also if the system does not take it at once. If the write fails,
// the end that the server had made is the one that is told. The end of another kind
// is a reset: behind that nothing can be written.
func TestCorkAtTheEndOfTheStream(t *testing.T) {
	const buffer = 256
	for _, row := range []struct {
		name  string
		fails []error // of writes, in turn
		reset bool
		read  string
		told  string
	}{
		{"taken", nil, false, "[2:1 2:2]", "unexpected EOF"},
		{"taken later", []error{syscall.EAGAIN, syscall.EAGAIN}, false, "[2:1 2:2]", "unexpected EOF"},
		{"failing", []error{syscall.EPIPE}, false, "[]", "unexpected EOF"},
		{"reset", []error{syscall.EPIPE}, true, "", "connection reset by peer"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ended, got := make(chan struct{}), make(chan string, 1)
			s := serve(t, func(p *peer) {
				p.upgrade()
				p.next()
				p.Write(frame(0x82, make([]byte, buffer-4))) // fills the buffer, so that it is read on at once
				p.Conn.(*net.TCPConn).CloseWrite()
				close(ended)
				got <- allFrames(p)
			})
			b := expect(1)
			b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
				l.Ping(c.Handle) // at once
				<-ended
				l.Socket(c.Handle, func(fd int) { until(t, "the end is there", func() bool { return streamEnded(fd) }) })
			}
			b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
				l.Send(c.Handle, session.BinaryMessage, make([]byte, 1))
				l.Send(c.Handle, session.BinaryMessage, make([]byte, 2))
			}
			pinged, fails := false, row.fails
			cfg := loop.Config{Loops: 1, Session: &session.Config{ReceiveBufferSize: buffer}}
			cfg.Handler = func(l *loop.Loop) loop.Handler {
				reads := 0
				l.Intercept(func(call string, q []byte) (_ []byte, err error) {
					switch {
					case call == "write" && !bytes.HasPrefix(q, []byte("GET ")):
						if pinged && len(fails) > 0 {
							err, fails = fails[0], fails[1:]
						}
						pinged = true
					case call == "read":
						if reads++; reads == 3 && row.reset { // behind the head and the message
							err = syscall.ECONNRESET
						}
					}
					return q, err
				})
				return client{l, b}
			}
			groupOf(t, cfg).Dial(endpoint(t, s.url(), session.Offer{}), 0)
			b.wait(t)
			b.check(t, "opened", "message 80000002 of 252", `closed 1006 "": `+row.told)
			if got := <-got; got != row.read && !row.reset {
				t.Errorf("the server read %s, want %s", got, row.read)
			}
		})
	}
}

// streamEnded reports whether the end of the stream came to a socket.
func streamEnded(fd int) bool {
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1 && p[0].Revents&unix.POLLRDHUP != 0
}

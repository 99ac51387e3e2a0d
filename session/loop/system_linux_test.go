package loop_test

// Calls of the system that fail, do a part, or are to be repeated: each of them,
// at every place of a conversation.

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// converse has three connections exchange messages, fragments, a ping and a close
// with an echoing server, and returns what each was told, and its error.
func converse(t *testing.T, url string, before func(call string, p []byte) ([]byte, error)) (told [3][]string, ends [3]error) {
	t.Helper()
	big := bytes.Repeat([]byte("large"), 4000)
	b := expect(len(told))
	note := func(c loop.Conn, format string, args ...any) {
		told[c.Token] = append(told[c.Token], fmt.Sprintf(format, args...))
	}
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		note(c, "opened")
		for _, err := range []error{
			l.Send(c.Handle, session.UTF8Message, []byte("hello")),
			l.Ping(c.Handle),
			l.Send(c.Handle, session.BinaryFragment, []byte{1}),
			l.Send(c.Handle, session.BinaryMessage, []byte{2, 3}),
			l.Send(c.Handle, session.BinaryMessage, big),
		} {
			if err != nil && err != loop.ErrGone { // a write has failed
				t.Error(err)
			}
		}
	}
	b.message = func(l *loop.Loop, c loop.Conn, m session.BufferType, p []byte) {
		if len(p) != len(big) {
			note(c, "message %x %q", uint32(m), p)
			return
		}
		note(c, "large %v", bytes.Equal(p, big))
		l.Close(c.Handle, session.StatusSuccess, "done")
	}
	b.pong = func(_ *loop.Loop, c loop.Conn) { note(c, "pong") }
	b.closed = func(_ *loop.Loop, c loop.Conn, e *loop.Ending) {
		note(c, "closed %d %q", e.Status, e.Reason)
		ends[c.Token] = e.Err
	}
	b.failed = func(_ *loop.Loop, c loop.Conn, f *loop.Failure) {
		note(c, "failed %v", f.Phase)
		ends[c.Token] = f.Err
		if f.Explain() == "" {
			t.Error("not explained")
		}
	}
	e := endpoint(t, url, session.Offer{})
	g := groupOf(t, loop.Config{
		Loops: 1, MaxQueued: 1 << 20, LocalAddrs: []netip.Addr{netip.MustParseAddr("127.0.0.1")},
		Handler: func(l *loop.Loop) loop.Handler {
			l.Intercept(before)
			return client{l, b}
		},
	})
	for i := range told {
		g.Dial(e, uint64(i))
	}
	b.wait(t)
	g.Close()
	return told, ends
}

var conversation = []string{"opened", `message 80000000 "hello"`, "pong", `message 80000002 "\x01\x02\x03"`, "large true", `closed 1000 "done"`}

// However reads and writes are cut, and however often they are to be repeated,
// what comes of them is the same.
func TestSystemCuts(t *testing.T) {
	s := serve(t, echo)
	for _, cut := range []int{1, 2, 3, 7, 125, 126, 4095, 4096, 4097, 1 << 20} {
		for _, again := range []error{nil, syscall.EINTR, syscall.EAGAIN} {
			calls := map[string]int{}
			told, ends := converse(t, s.url(), func(call string, p []byte) ([]byte, error) {
				calls[call]++
				if (call == "read" || call == "write") && again != nil && calls[call]%3 != 0 {
					return nil, again
				}
				return p[:min(len(p), cut)], nil
			})
			for i := range told {
				if !slices.Equal(told[i], conversation) || ends[i] != nil {
					t.Errorf("cut at %d, with %v: told %q, error %v", cut, again, told[i], ends[i])
				}
			}
		}
	}
}

// A call that fails ends one connection, for the reason that the system gave, and
// the others go on.
func TestSystemFaults(t *testing.T) {
	s := serve(t, echo)
	counts := map[string]int{}
	converse(t, s.url(), func(call string, p []byte) ([]byte, error) { counts[call]++; return p, nil })
	fds := descriptors(t)
	for call, errnos := range map[string][]syscall.Errno{
		"socket":  {syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM},
		"bind":    {syscall.EADDRNOTAVAIL, syscall.EADDRINUSE},
		"connect": {syscall.EADDRNOTAVAIL, syscall.EAGAIN, syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ETIMEDOUT, syscall.ECONNREFUSED, syscall.EACCES},
		"read":    {syscall.ECONNRESET, syscall.ETIMEDOUT, syscall.ENOBUFS, syscall.EHOSTUNREACH},
		"write":   {syscall.ECONNRESET, syscall.EPIPE, syscall.ENOBUFS, syscall.ETIMEDOUT},
	} {
		if counts[call] < 3 {
			t.Fatalf("%d calls of %s", counts[call], call)
		}
		for _, errno := range errnos {
			for at := 1; at <= min(counts[call], 20); at++ {
				n := 0
				told, ends := converse(t, s.url(), func(c string, p []byte) ([]byte, error) {
					if c == call {
						if n++; n == at {
							return nil, errno
						}
					}
					return p, nil
				})
				hit := 0
				for i := range told {
					last := told[i][len(told[i])-1]
					switch {
					case slices.Equal(told[i], conversation) && ends[i] == nil:
					case errors.Is(ends[i], errno) && (strings.HasPrefix(last, "failed ") || last == `closed 1006 ""`):
						hit++
					default:
						t.Errorf("%s %d fails with %v: told %q, error %v", call, at, errno, told[i], ends[i])
					}
				}
				if hit > 1 || hit == 0 && n >= at && call != "read" && call != "write" { // those behind a close do no harm
					t.Errorf("%s %d fails with %v: %d connections ended by it", call, at, errno, hit)
				}
			}
		}
	}
	for limit := time.Now().Add(10 * time.Second); descriptors(t) > fds && time.Now().Before(limit); {
		time.Sleep(time.Millisecond) // for the server's last ends
	}
	if now := descriptors(t); now > fds {
		t.Errorf("%d descriptors, %d before", now, fds)
	}
}

// Nothing but the connections that need it is told of a lack that lasts.
func TestSystemLack(t *testing.T) {
	s := serve(t, echo)
	sockets := 0
	told, ends := converse(t, s.url(), func(call string, p []byte) ([]byte, error) {
		if call == "socket" {
			if sockets++; sockets > 1 {
				return nil, syscall.EMFILE
			}
		}
		return p, nil
	})
	if !slices.Equal(told[0], conversation) || ends[1] != syscall.EMFILE || ends[2] != syscall.EMFILE || told[1][0] != "failed connect" {
		t.Errorf("told %q, errors %v", told, ends)
	}
	if sockets != 3 {
		t.Errorf("%d sockets were tried", sockets)
	}
}

// A server that answers before it has read the request does not make the loop try
// to write over and over.
func TestSystemRequestWaits(t *testing.T) {
	over := make(chan struct{})
	s := serve(t, func(p *peer) { p.Write([]byte("HTTP/1.1 ")); <-over })
	defer close(over)
	b := expect(1)
	writes := 0
	g := groupOf(t, loop.Config{
		Loops: 1, HandshakeTimeout: 200 * time.Millisecond,
		Handler: func(l *loop.Loop) loop.Handler {
			l.Intercept(func(call string, p []byte) ([]byte, error) {
				if call == "write" {
					writes++
				}
				return p, nil
			})
			return client{l, b}
		},
	})
	var o session.Offer
	for range 100 {
		o.Header = append(o.Header, session.Header{Name: "Large", Value: strings.Repeat("x", 100<<10)})
	}
	g.Dial(endpoint(t, s.url(), o), 0)
	b.wait(t)
	b.check(t, "failed: request: loop: no answer within the time for the handshake")
	g.Close()
	if writes > 1000 {
		t.Errorf("%d writes", writes)
	}
}

// A loop that was busy until the time for connecting was over sees what has come
// of it first.
func TestConnectedWhileBusy(t *testing.T) {
	s := serve(t, echo)
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Close(c.Handle, session.StatusSuccess, "") }
	g := group(t, b, loop.Config{Loops: 1, ConnectTimeout: 50 * time.Millisecond})
	l, e := g.Loops()[0], endpoint(t, s.url(), session.Offer{})
	writes := 0
	l.Intercept(func(call string, p []byte) ([]byte, error) {
		if call == "write" {
			if writes++; writes == 1 { // loopback connects too soon
				return p, syscall.EAGAIN
			}
		}
		return p, nil
	})
	l.Post(func() {
		l.Dial(e, 0)
		time.Sleep(200 * time.Millisecond)
	})
	b.wait(t)
	b.check(t, "opened", `closed 1000 "": <nil>`)
}

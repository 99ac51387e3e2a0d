package loop_test

// What every connection does, in both forms.
//
//	TestEcho, TestFramesBehindTheHead, TestFragments  messages
//	TestEndings            each way to end has its reason
//	TestRefusedConnection, TestTimeouts  and each failure its own

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

func TestEcho(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, echo)
		b := expect(1)
		big := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MiB
		var got []string
		b.opened = func(l *loop.Loop, c loop.Conn, o *loop.Opening) {
			if o.Response.Status != 101 || o.Subprotocol != -1 || len(o.Extensions) != 0 || c.Token != 7 {
				t.Errorf("status %d, subprotocol %d, extensions %v, token %d", o.Response.Status, o.Subprotocol, o.Extensions, c.Token)
			}
			tm := o.Timing
			if tm.Start.IsZero() || tm.Connected.Before(tm.Start) || tm.Written.Before(tm.Connected) || tm.FirstByte.Before(tm.Written) || tm.Done.Before(tm.FirstByte) {
				t.Errorf("timing %+v", tm)
			}
			for _, err := range []error{
				l.Send(c.Handle, session.UTF8Message, []byte("hello")),
				l.Ping(c.Handle),
				l.Send(c.Handle, session.BinaryFragment, []byte{1}),
				l.Send(c.Handle, session.BinaryMessage, []byte{2, 3}),
				l.Send(c.Handle, session.UTF8Message, nil),
				l.Send(c.Handle, session.BinaryMessage, big),
			} {
				if err != nil {
					t.Error(err)
				}
			}
			if err := l.Ping(c.Handle); err != loop.ErrPinging {
				t.Errorf("a second ping: %v", err)
			}
		}
		b.message = func(l *loop.Loop, c loop.Conn, m session.BufferType, p []byte) {
			got = append(got, string(p))
			if len(p) == len(big) {
				if err := l.Close(c.Handle, session.StatusSuccess, "done"); err != nil {
					t.Error(err)
				}
			}
		}
		cfg.MaxQueued = 4 << 20
		g := group(t, b, cfg)
		if err := g.Dial(endpoint(t, s.url(), session.Offer{}), 7); err != nil {
			t.Fatal(err)
		}
		b.wait(t)
		b.check(t, "opened", "message 80000000 of 5", "pong", "message 80000002 of 3",
			"message 80000000 of 0", "message 80000002 of 1048576", `closed 1000 "done": <nil>`)
		if len(got) != 4 || got[0] != "hello" || got[1] != "\x01\x02\x03" || got[3] != string(big) {
			t.Error("the messages are not those that were sent")
		}
	})
}

// What was read with the head is received.
func TestFramesBehindTheHead(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		all := slices.Concat(frame(0x81, []byte("one")), frame(0x89, []byte("p")), frame(0x01, []byte("tw")), frame(0x80, []byte("o")),
			frame(0x82, bytes.Repeat([]byte{9}, 20000)), frame(0x88, []byte("\x03\xe9bye")))
		for cut := 0; cut <= 1; cut++ { // the head in one piece, or octet by octet
			answered := make(chan []byte, 1)
			s := serve(t, func(p *peer) {
				whole := append(p.head(), all...)
				for len(whole) > 0 && cut == 1 && !bytes.HasPrefix(whole, []byte("one")) {
					if _, err := p.Write(whole[:1]); err != nil {
						return
					}
					whole = whole[1:]
					time.Sleep(20 * time.Microsecond)
				}
				p.Write(whole)
				var answers []byte
				defer func() { answered <- answers }()
				for {
					first, payload, err := p.next()
					if err != nil {
						return
					}
					answers = append(append(answers, first), payload...)
					if first == 0x88 {
						return
					}
				}
			})
			b := expect(1)
			g := group(t, b, cfg)
			if err := g.Dial(endpoint(t, s.url(), session.Offer{}), 0); err != nil {
				t.Fatal(err)
			}
			b.wait(t)
			b.check(t, "opened", "message 80000000 of 3", "message 80000000 of 3", "message 80000002 of 20000", `closed 1001 "bye": <nil>`)
			if answers := <-answered; string(answers) != "\x8ap\x88\x03\xe9" {
				t.Errorf("the server was answered %q", answers)
			}
		}
	})
}

func TestFragments(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, func(p *peer) {
			p.upgrade(slices.Concat(frame(0x01, []byte("a")), frame(0x80, bytes.Repeat([]byte("b"), 5000)), frame(0x88, nil))...)
			p.next()
		})
		b := expect(1)
		cfg.Fragments = true
		g := group(t, b, cfg)
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		b.wait(t)
		b.check(t, "opened", "message 80000001 of 1", "message 80000001 of 4096", "message 80000000 of 904", `closed 1005 "": <nil>`)
	})
}

// Each server does one thing, and the client ends with one reason.
func TestEndings(t *testing.T) {
	reset := func(p *peer) { p.Conn.(*net.TCPConn).SetLinger(0) }
	for _, row := range []struct {
		name   string
		script func(*peer)
		told   []string // alternatives of the last line, where the system decides
	}{
		{"no answer", func(p *peer) { p.head() }, []string{"failed: response: loop: closed without an answer"}},
		{"half a head", func(p *peer) { p.Write(p.head()[:20]) }, []string{"failed: response: unexpected EOF"}},
		{"reset before the head", func(p *peer) { p.head(); reset(p) }, []string{"failed: response: connection reset by peer"}},
		{"reset in the head", func(p *peer) { p.Write(p.head()[:20]); time.Sleep(20 * time.Millisecond); reset(p) }, []string{"failed: response: connection reset by peer"}},
		{"garbage", func(p *peer) { p.head(); p.Write([]byte("SSH-2.0-OpenSSH\r\n")) }, []string{"failed: response: parse: status line does not begin with HTTP/1.x and a space (RFC 9112 section 4)"}},
		{"refused", func(p *peer) {
			p.head()
			io.WriteString(p, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
		}, []string{"failed: response: websocket: status is not 101 (RFC 6455 section 4.1)"}},
		{"wrong accept", func(p *peer) {
			p.Write(bytes.Replace(p.head(), []byte("=\r\n"), []byte("-\r\n"), 1))
		}, []string{"failed: response: websocket: Sec-WebSocket-Accept does not fit the key (RFC 6455 section 4.1)"}},
		{"head too large", func(p *peer) {
			p.head()
			io.WriteString(p, "HTTP/1.1 101 Switching Protocols\r\nX: "+strings.Repeat("x", 1<<20)+"\r\n\r\n")
		}, []string{"failed: response: parse: response head longer than the limit"}},
		{"end without a close", func(p *peer) { p.upgrade() }, []string{`closed 1006 "": unexpected EOF`}},
		{"end within a frame", func(p *peer) { p.upgrade(0x82, 0x05, 1) }, []string{`closed 1006 "": unexpected EOF`}},
		{"reset when open", func(p *peer) { p.upgrade(); time.Sleep(20 * time.Millisecond); reset(p) }, []string{`closed 1006 "": connection reset by peer`}},
		{"half close", func(p *peer) { p.upgrade(); p.Conn.(*net.TCPConn).CloseWrite(); p.next() }, []string{`closed 1006 "": unexpected EOF`}},
		{"masked frame", func(p *peer) { p.upgrade(0x81, 0x80, 0, 0, 0, 0); wantClose(t, p, 1002) }, []string{`closed 1002 "": websocket: server masked a frame (RFC 6455 section 5.1)`}},
		{"not UTF-8", func(p *peer) { p.upgrade(0x81, 0x01, 0xff); wantClose(t, p, 1007) }, []string{`closed 1007 "": websocket: text is not UTF-8 (RFC 6455 section 8.1)`}},
		{"message too large", func(p *peer) { p.upgrade(0x82, 127, 0, 0, 0, 0, 0x10, 0, 0, 0); wantClose(t, p, 1009) }, []string{`closed 1009 "": websocket: message over Config.MaxMessageSize`}},
		{"close", func(p *peer) { p.upgrade(frame(0x88, []byte("\x0f\xa0gone"))...); wantClose(t, p, 4000) }, []string{`closed 4000 "gone": <nil>`}},
		{"close, then silence", func(p *peer) {
			p.upgrade(frame(0x88, []byte("\x03\xe8"))...)
			wantClose(t, p, 1000)
			io.Copy(io.Discard, p)
		}, []string{`closed 1000 "": <nil>`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				over := make(chan struct{})
				s := serve(t, func(p *peer) {
					defer close(over)
					row.script(p)
				})
				b := expect(1)
				var explained string
				b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
					explained = f.Explain()
					if row.name == "refused" && (f.Response == nil || f.Response.Status != 401 || string(f.Body) != "no") {
						t.Errorf("response %+v, body %q", f.Response, f.Body)
					}
					if f.Timing.Written.IsZero() {
						t.Error("the time of the request is not known")
					}
				}
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
				b.wait(t)
				<-over
				last := b.lines[len(b.lines)-1]
				if cut := strings.LastIndex(last, "read: "); cfg.Net && cut >= 0 { // net.OpError's own words
					head, _, _ := strings.Cut(last, "read tcp")
					last = head + last[cut+len("read: "):]
				}
				if !slices.Contains(row.told, last) {
					t.Errorf("told %q, want %q", b.lines, row.told)
				}
				if strings.HasPrefix(row.told[0], "failed") && explained == "" {
					t.Error("not explained")
				}
			})
		})
	}
}

// wantClose reads up to a close, which must have that status.
func wantClose(t *testing.T, p *peer, status uint16) {
	for {
		first, payload, err := p.next()
		switch {
		case err != nil:
			t.Errorf("instead of a close with %d: %v", status, err)
			return
		case first == 0x88:
			if len(payload) != 2 || binary.BigEndian.Uint16(payload) != status {
				t.Errorf("closed with %x, want %d", payload, status)
			}
			return
		}
	}
}

func TestRefusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	forms(t, func(t *testing.T, cfg loop.Config) {
		b := expect(1)
		b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
			if f.Phase != dial.PhaseConnect || !errors.Is(f.Err, syscall.ECONNREFUSED) {
				t.Errorf("phase %v, error %v", f.Phase, f.Err)
			}
		}
		g := group(t, b, cfg)
		g.Dial(endpoint(t, "ws://"+l.Addr().String()+"/", session.Offer{}), 0)
		b.wait(t)
	})
}

func TestTimeouts(t *testing.T) {
	silent := func(p *peer) { io.Copy(io.Discard, p) }
	open := func(p *peer) { p.upgrade(); io.Copy(io.Discard, p) }
	for _, row := range []struct {
		name   string
		script func(*peer)
		set    func(*loop.Config)
		opened func(*loop.Loop, loop.Conn, *loop.Opening)
		want   error
	}{
		{"handshake", silent, func(c *loop.Config) { c.HandshakeTimeout = 30 * time.Millisecond }, nil, loop.ErrHandshakeTimeout},
		{"pong", open, func(c *loop.Config) { c.PingInterval = 30 * time.Millisecond }, nil, loop.ErrNoPong},
		{"close", open, func(c *loop.Config) { c.CloseTimeout = 30 * time.Millisecond },
			func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Close(c.Handle, 0, "") }, loop.ErrCloseTimeout},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				s := serve(t, row.script)
				b := expect(1)
				var got error
				b.opened = row.opened
				b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) { got = f.Err }
				b.closed = func(_ *loop.Loop, _ loop.Conn, e *loop.Ending) { got = e.Err }
				row.set(&cfg)
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
				b.wait(t)
				if got != row.want {
					t.Errorf("%v, want %v", got, row.want)
				}
			})
		})
	}
}

package loop_test

// What sockets are set to, as the system tells it, and what a server sees of that.

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// An option of a socket.
type option struct {
	name          string
	level, number int
}

var (
	noDelay   = option{"TCP_NODELAY", unix.IPPROTO_TCP, unix.TCP_NODELAY}
	keepAlive = option{"SO_KEEPALIVE", unix.SOL_SOCKET, unix.SO_KEEPALIVE}
	keepIdle  = option{"TCP_KEEPIDLE", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE}
	keepEvery = option{"TCP_KEEPINTVL", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL}
	bindLate  = option{"IP_BIND_ADDRESS_NO_PORT", unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT}
	linger    = option{"SO_LINGER", unix.SOL_SOCKET, unix.SO_LINGER} // 1: with no time
)

func (o option) get(t *testing.T, fd int) int {
	if o == linger {
		l, err := unix.GetsockoptLinger(fd, o.level, o.number)
		if err != nil || l.Linger != 0 {
			t.Errorf("%s is %+v, %v", o.name, l, err)
			return -1
		}
		return int(l.Onoff)
	}
	n, err := unix.GetsockoptInt(fd, o.level, o.number)
	if err != nil {
		t.Errorf("%s: %v", o.name, err)
	}
	return n
}

func TestSocketOptions(t *testing.T) {
	local := []netip.Addr{netip.MustParseAddr("127.0.0.2")}
	for _, row := range []struct {
		name   string
		config loop.Config
		want   map[option]int
	}{
		{"by default", loop.Config{}, map[option]int{noDelay: 1, keepAlive: 0, linger: 0, bindLate: 0}},
		{"KeepAlive", loop.Config{KeepAlive: 70 * time.Second}, map[option]int{noDelay: 1, keepAlive: 1, keepIdle: 70, keepEvery: 70}},
		{"KeepAlive below a second", loop.Config{KeepAlive: time.Millisecond}, map[option]int{keepAlive: 1, keepIdle: 1, keepEvery: 1}},
		{"KeepAlive is rounded up", loop.Config{KeepAlive: 1500 * time.Millisecond}, map[option]int{keepAlive: 1, keepIdle: 2, keepEvery: 2}},
		{"KeepAlive at its most", loop.Config{KeepAlive: 32767 * time.Second}, map[option]int{keepAlive: 1, keepIdle: 32767, keepEvery: 32767}},
		{"Reset", loop.Config{Reset: true}, map[option]int{noDelay: 1, linger: 1}},
		{"LocalAddrs", loop.Config{LocalAddrs: local}, map[option]int{noDelay: 1, bindLate: 1}},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, form loop.Config) {
				cfg := row.config
				cfg.Net, cfg.Loops = form.Net, 1
				s := serve(t, echo)
				b := expect(1)
				b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
					l.Socket(c.Handle, func(fd int) {
						if got := noDelay.get(t, fd); !cfg.Net && got != 0 {
							t.Errorf("before anything is sent %s is %d", noDelay.name, got)
						}
					})
					l.Ping(c.Handle)
					l.Socket(c.Handle, func(fd int) {
						for o, want := range row.want {
							if got := o.get(t, fd); got != want {
								t.Errorf("%s is %d, want %d", o.name, got, want)
							}
						}
					})
					l.Close(c.Handle, session.StatusSuccess, "")
				}
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
				b.wait(t)
				b.check(t, "opened", `closed 1000 "": <nil>`)
			})
		})
	}
}

// What is left of a request that the system did not take at once follows a write, as
// messages do, and so must not wait.
func TestRestOfRequestHasNoDelay(t *testing.T) {
	s := serve(t, echo)
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		l.Socket(c.Handle, func(fd int) {
			if got := noDelay.get(t, fd); got != 1 {
				t.Errorf("%s is %d", noDelay.name, got)
			}
		})
		l.Drop(c.Handle)
	}
	g := groupOf(t, loop.Config{Loops: 1, Handler: func(l *loop.Loop) loop.Handler {
		writes := 0
		l.Intercept(func(call string, p []byte) ([]byte, error) {
			if call != "write" {
				return p, nil
			}
			switch writes++; writes {
			case 1:
				return p[:10], nil
			case 2:
				return nil, syscall.EAGAIN
			}
			return p, nil
		})
		return client{l, b}
	}})
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
	b.check(t, "opened", `closed 1006 "": loop: dropped by this side`)
}

// A reset goes through all the TLS there is: the server's, and within it that of an
// https proxy.
func TestResetWithinTLS(t *testing.T) {
	server, trusting := certificate(t)
	for _, proxied := range []bool{false, true} {
		t.Run(fmt.Sprintf("proxy=%v", proxied), func(t *testing.T) {
			ended := make(chan error, 1)
			s := serve(t, func(p *peer) {
				raw := p.Conn
				secure := func() {
					p.Conn = tls.Server(p.Conn, server)
					p.br = bufio.NewReader(p.Conn)
				}
				if secure(); proxied {
					http.ReadRequest(p.br)
					io.WriteString(p, "HTTP/1.1 200 OK\r\n\r\n")
					secure()
				}
				p.upgrade()
				_, _, err := p.next()
				if !errors.Is(err, syscall.ECONNRESET) { // TLS has ended
					_, err = io.Copy(io.Discard, raw)
				}
				ended <- err
			})
			b := expect(1)
			b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Drop(c.Handle) }
			cfg := loop.Config{Loops: 1, Reset: true, TLSConfig: trusting}
			if proxied {
				cfg.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse("https://" + s.Addr().String()) }
			}
			g := group(t, b, cfg)
			g.Dial(trustingEndpoint(t, s.secureURL(), trusting), 0)
			b.wait(t)
			b.check(t, "opened", `closed 1006 "": loop: dropped by this side`)
			if err := <-ended; !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the server's stream ended with %v", err)
			}
		})
	}
}

// With Reset every end is a reset, and without it none is but that of what was not
// read.
func TestReset(t *testing.T) {
	for _, reset := range []bool{false, true} {
		for _, how := range []string{"close", "drop", "stop"} {
			t.Run(fmt.Sprintf("reset=%v/%s", reset, how), func(t *testing.T) {
				forms(t, func(t *testing.T, cfg loop.Config) {
					t.Parallel() // since a close lingers
					ended := make(chan error, 1)
					s := serve(t, func(p *peer) {
						p.upgrade()
						for {
							first, payload, err := p.next()
							switch {
							case err != nil:
								ended <- err
								return
							case first == 0x88:
								p.Write(frame(0x88, payload)) // and the stream is left to the client
							}
						}
					})
					b := expect(1)
					opened := make(chan struct{})
					b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
						switch how {
						case "close":
							l.Close(c.Handle, session.StatusSuccess, "")
						case "drop":
							l.Drop(c.Handle)
						}
						close(opened)
					}
					cfg.Reset = reset
					g := group(t, b, cfg)
					g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
					<-opened
					if how == "stop" {
						g.Close()
					}
					b.wait(t)
					err := <-ended
					if reset && !errors.Is(err, syscall.ECONNRESET) || !reset && err != io.EOF {
						t.Errorf("the server's stream ended with %v", err)
					}
				})
			})
		}
	}
}

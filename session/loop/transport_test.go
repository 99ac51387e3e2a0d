package loop_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// The addresses of a connection are those that its server sees, in both forms.
func TestAddrs(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		forms(t, func(t *testing.T, cfg loop.Config) {
			l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			clients := make(chan net.Addr, 1)
			go (&server{l, func(p *peer) {
				clients <- p.RemoteAddr()
				echo(p)
			}}).accept()
			b := expect(1)
			var local, remote netip.AddrPort
			b.opened = func(l *loop.Loop, c loop.Conn, o *loop.Opening) {
				local, remote = o.LocalAddr(), o.RemoteAddr()
				if o.TLS() != nil {
					t.Error("there is no TLS")
				}
				l.Drop(c.Handle)
			}
			g := group(t, b, cfg)
			g.Dial(endpoint(t, "ws://"+l.Addr().String()+"/", session.Offer{}), 0)
			b.wait(t)
			if client := <-clients; local.String() != client.String() || remote.String() != l.Addr().String() {
				t.Errorf("from %v to %v; the server has %v, %v", local, remote, client, l.Addr())
			}
		})
	}
}

// What is not TCP has no address and port.
func TestAddrsOfAPipe(t *testing.T) {
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, o *loop.Opening) {
		if o.LocalAddr().IsValid() || o.RemoteAddr().IsValid() || o.TLS() != nil {
			t.Errorf("%v, %v, %v", o.LocalAddr(), o.RemoteAddr(), o.TLS())
		}
		l.Drop(c.Handle)
	}
	g := group(t, b, loop.Config{Loops: 1, NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		near, far := net.Pipe()
		go echo(newPeer(ctx, far))
		return near, nil
	}})
	g.Dial(endpoint(t, "ws://pipe.test/", session.Offer{}), 0)
	b.wait(t)
	b.check(t, "opened", `closed 1006 "": loop: dropped by this side`)
}

// The state of TLS is there whatever the answer is, unless TLS fails.
func TestTLSState(t *testing.T) {
	config, trusting := certificate(t)
	config.NextProtos = []string{"h2", "http/1.1"}
	var refuse atomic.Bool
	s := serve(t, secure(config, func(p *peer) {
		if refuse.Load() {
			p.head()
			io.WriteString(p, "HTTP/1.1 403 Forbidden\r\n\r\n")
			return
		}
		echo(p)
	}))
	check := func(state *tls.ConnectionState) {
		t.Helper()
		if state == nil || state.Version != tls.VersionTLS13 || state.NegotiatedProtocol != "http/1.1" || len(state.VerifiedChains) != 1 ||
			!bytes.Equal(state.PeerCertificates[0].Raw, config.Certificates[0].Certificate[0]) {
			t.Errorf("the state is %+v", state)
		}
	}
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, o *loop.Opening) {
		check(o.TLS())
		if o.RemoteAddr().String() != s.Addr().String() || !o.LocalAddr().IsValid() {
			t.Errorf("from %v to %v", o.LocalAddr(), o.RemoteAddr())
		}
		l.Drop(c.Handle)
	}
	b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
		if f.Phase == dial.PhaseTLS {
			if f.TLS() != nil {
				t.Errorf("of a handshake that failed: %+v", f.TLS())
			}
			return
		}
		check(f.TLS())
	}
	g := group(t, b, loop.Config{Loops: 1})
	e := trustingEndpoint(t, s.secureURL(), trusting)
	g.Dial(e, 0)
	b.wait(t)
	b.check(t, "opened", `closed 1006 "": loop: dropped by this side`)

	refuse.Store(true)
	b.reset(1)
	g.Dial(e, 0)
	b.wait(t)
	b.check(t, "failed: response: websocket: status is not 101 (RFC 6455 section 4.1)")
	b.reset(1)
	g.Dial(endpoint(t, s.secureURL(), session.Offer{}), 0)
	b.wait(t)
}

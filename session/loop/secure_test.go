package loop_test

// wss and proxies, which run over net.Conn.

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// certificate returns what a server and its client need.
func certificate(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Clone(), s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
}

// secure makes a script one over TLS.
func secure(config *tls.Config, script func(*peer)) func(*peer) {
	return func(p *peer) {
		c := tls.Server(p.Conn, config)
		defer c.Close()
		p.Conn, p.br = c, bufio.NewReader(c)
		script(p)
	}
}

// trustingEndpoint is an endpoint of a wss URL, with what its client needs.
func trustingEndpoint(t testing.TB, url string, config *tls.Config) *dial.Endpoint {
	t.Helper()
	e, err := dial.NewEndpoint(url, session.Offer{}, config)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (s *server) secureURL() string { return "wss://" + s.Addr().String() + "/" }

func TestSecure(t *testing.T) {
	server, trusting := certificate(t)
	server.NextProtos = []string{"h2", "http/1.1"}
	s := serve(t, secure(server, echo))
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, o *loop.Opening) {
		if tm := o.Timing; !tm.TLSDone.After(tm.Connected) || tm.Written.Before(tm.TLSDone) || tm.Done.Before(tm.Written) {
			t.Errorf("timing %+v", tm)
		}
		l.Send(c.Handle, session.UTF8Message, []byte(strings.Repeat("long", 50000)))
		l.Ping(c.Handle)
	}
	b.pong = func(l *loop.Loop, c loop.Conn) { l.Close(c.Handle, session.StatusSuccess, "done") }
	g := group(t, b, loop.Config{Loops: 1})
	e := trustingEndpoint(t, s.secureURL(), trusting)
	g.Dial(e, 0)
	b.wait(t)
	b.check(t, "opened", "message 80000000 of 200000", "pong", `closed 1000 "done": <nil>`)
}

func TestSecureUntrusted(t *testing.T) {
	server, _ := certificate(t)
	s := serve(t, secure(server, echo))
	b := expect(1)
	b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
		if f.Phase != dial.PhaseTLS || !errors.As(f.Err, new(*tls.CertificateVerificationError)) || f.Explain() == "" {
			t.Errorf("%v: %v", f.Phase, f.Err)
		}
	}
	g := group(t, b, loop.Config{Loops: 1})
	g.Dial(endpoint(t, s.secureURL(), session.Offer{}), 0)
	b.wait(t)
}

// A server that does not answer TLS has HandshakeTimeout, not ConnectTimeout.
func TestSecureTimeout(t *testing.T) {
	s := serve(t, func(p *peer) { io.Copy(io.Discard, p) })
	b := expect(1)
	g := group(t, b, loop.Config{Loops: 1, HandshakeTimeout: 30 * time.Millisecond})
	g.Dial(endpoint(t, s.secureURL(), session.Offer{}), 0)
	b.wait(t)
	b.check(t, "failed: tls: loop: no answer within the time for the handshake")
}

// What is dropped within TLS has been connected.
func TestSecureDropWithinTLS(t *testing.T) {
	b := expect(1)
	var first *loop.Loop
	var handle loop.Handle
	s := serve(t, func(p *peer) {
		p.br.ReadByte()
		first.Post(func() { first.Drop(handle) })
		io.Copy(io.Discard, p.br)
	})
	b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
		if tm := f.Timing; tm.Connected.Before(tm.Start) || !tm.TLSDone.IsZero() {
			t.Errorf("timing %+v", tm)
		}
	}
	g := group(t, b, loop.Config{Loops: 1})
	first = g.Loops()[0]
	e := endpoint(t, s.secureURL(), session.Offer{})
	first.Post(func() { handle, _ = first.Dial(e, 0) })
	b.wait(t)
	b.check(t, "failed: tls: loop: dropped by this side")
}

// TLS says that it ends. A connection that takes nothing must not make the loop
// wait for that.
func TestSecureDropOfOneThatDoesNotRead(t *testing.T) {
	server, trusting := certificate(t)
	over := make(chan struct{})
	defer close(over)
	cfg := loop.Config{Loops: 1, NetDial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go secure(server, func(p *peer) { p.upgrade(); <-over; theirs.Close() })(newPeer(t.Context(), theirs))
		return ours, nil
	}}
	b := expect(1)
	var dropped time.Time
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		dropped = time.Now()
		l.Drop(c.Handle)
	}
	g := group(t, b, cfg)
	trusting.ServerName = "example.com"
	e := trustingEndpoint(t, "wss://pipe.test/", trusting)
	g.Dial(e, 0)
	b.wait(t)
	if waited := time.Since(dropped); waited > 3*time.Second { // crypto/tls waits 5
		t.Errorf("the loop stood still for %v", waited)
	}
}

// A proxy is asked to CONNECT; what it refuses is its own failure.
func TestProxy(t *testing.T) {
	s := serve(t, echo)
	allow := true
	proxy := serve(t, func(p *peer) {
		r, err := http.ReadRequest(p.br)
		if err != nil || r.Method != http.MethodConnect || r.Host != s.Addr().String() || !allow {
			io.WriteString(p, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
			return
		}
		up, err := net.Dial("tcp", r.Host)
		if err != nil {
			return
		}
		defer up.Close()
		io.WriteString(p, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(p, up); p.Close() }()
		io.Copy(up, p.br)
	})
	via, _ := url.Parse("http://" + proxy.Addr().String())
	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Send(c.Handle, session.UTF8Message, []byte("via")) }
	b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, p []byte) {
		l.Close(c.Handle, session.StatusSuccess, string(p))
	}
	b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
		refused := (*dial.RefusedError)(nil)
		if f.Phase != dial.PhaseProxy || !errors.As(f.Err, &refused) || refused.Status != 403 || string(refused.Body) != "no" || f.Response != nil {
			t.Errorf("%v: %v", f.Phase, f.Err)
		}
	}
	g := group(t, b, loop.Config{Loops: 1, Proxy: func(*url.URL) (*url.URL, error) { return via, nil }})
	g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
	b.wait(t)
	b.check(t, "opened", "message 80000000 of 3", `closed 1000 "via": <nil>`)
	allow = false
	one(t, g, b, s.url())
}

package dial_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// listenTLS is listen with a certificate for example.com and the loopback
// addresses, which roots verifies. seen, if set, gets each ClientHello.
func listenTLS(t testing.TB, seen func(*tls.ClientHelloInfo), handle func(net.Conn)) (addr string, roots *x509.CertPool) {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	roots = x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	config := &tls.Config{
		Certificates: certified.TLS.Certificates,
		NextProtos:   []string{"h2", "http/1.1"},
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if seen != nil {
				seen(hello)
			}
			return nil, nil
		},
	}
	return listen(t, func(nc net.Conn) { handle(tls.Server(nc, config)) }), roots
}

func TestTLS(t *testing.T) {
	names := make(chan string, 1)
	addr, roots := listenTLS(t, func(hello *tls.ClientHelloInfo) { names <- hello.ServerName }, echo)
	here := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var nd net.Dialer
		return nd.DialContext(ctx, "tcp", addr)
	}
	for _, tt := range []struct {
		url    string
		config *tls.Config
		sni    string
		bad    any
	}{
		{"wss://example.com", &tls.Config{RootCAs: roots}, "example.com", nil},
		{"wss://user:password@example.com:8443/x", &tls.Config{RootCAs: roots, NextProtos: []string{"h2"}}, "example.com", nil},
		{"wss://127.0.0.1", &tls.Config{RootCAs: roots}, "", nil},
		{"wss://[::1]", &tls.Config{RootCAs: roots}, "", nil},
		{"wss://[::1%25lo]", &tls.Config{RootCAs: roots}, "", nil},
		{"wss://other.test", &tls.Config{RootCAs: roots, ServerName: "example.com"}, "example.com", nil},
		{"wss://other.test", &tls.Config{InsecureSkipVerify: true}, "other.test", nil},
		{"wss://other.test", &tls.Config{RootCAs: roots}, "other.test", new(x509.HostnameError)},
		{"wss://example.com", nil, "example.com", new(x509.UnknownAuthorityError)},
		{"wss://example.com", &tls.Config{}, "example.com", new(x509.UnknownAuthorityError)},
	} {
		d := dial.Dialer{NetDial: here, TLSConfig: tt.config}
		c, err := d.Dial(t.Context(), tt.url)
		if sni := <-names; sni != tt.sni {
			t.Errorf("%s: server name %q, want %q", tt.url, sni, tt.sni)
		}
		if tt.bad != nil {
			if checkPhase(t, err, dial.PhaseTLS); !errors.As(err, tt.bad) {
				t.Errorf("%s: %v, want %T", tt.url, err, tt.bad)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.url, err)
			continue
		}
		checkEcho(t, c)
		if state := c.NetConn().(*tls.Conn).ConnectionState(); state.NegotiatedProtocol != "http/1.1" {
			t.Errorf("%s: ALPN gave %q", tt.url, state.NegotiatedProtocol)
		}
		c.CloseNow()
	}
}

// The caller's config is cloned, never changed.
func TestTLSConfigIsNotChanged(t *testing.T) {
	addr, roots := listenTLS(t, nil, echo)
	config := &tls.Config{RootCAs: roots}
	d := dial.Dialer{TLSConfig: config}
	c, err := d.Dial(t.Context(), "wss://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	c.CloseNow()
	if config.ServerName != "" || config.NextProtos != nil {
		t.Errorf("now it has %q, %q", config.ServerName, config.NextProtos)
	}
}

func TestTLSOverClient(t *testing.T) {
	addr, roots := listenTLS(t, nil, echo)
	d := dial.Dialer{TLSConfig: &tls.Config{RootCAs: roots}}
	c, err := d.Client(t.Context(), must(net.Dial("tcp", addr)), "wss://example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	checkEcho(t, c)
}

func TestNotTLS(t *testing.T) {
	addr := listen(t, func(nc net.Conn) { nc.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) })
	var d dial.Dialer
	_, err := d.Dial(t.Context(), "wss://"+addr)
	var record tls.RecordHeaderError
	if checkPhase(t, err, dial.PhaseTLS); !errors.As(err, &record) {
		t.Errorf("got %v", err)
	}
}

// A trace in the context is told of the handshake, be it one that fails.
func TestTLSTrace(t *testing.T) {
	addr, roots := listenTLS(t, nil, echo)
	for _, config := range []*tls.Config{{RootCAs: roots}, nil} {
		var told []string
		var failed error
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			ConnectDone:       func(string, string, error) { told = append(told, "connected") },
			TLSHandshakeStart: func() { told = append(told, "TLS") },
			TLSHandshakeDone: func(s tls.ConnectionState, err error) {
				told, failed = append(told, "TLS done "+s.NegotiatedProtocol), err
			},
		})
		d := dial.Dialer{TLSConfig: config}
		c, err := d.Dial(ctx, "wss://"+addr)
		if err == nil {
			c.CloseNow()
		}
		if want := []string{"connected", "TLS", "TLS done http/1.1"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		if unknown := new(x509.UnknownAuthorityError); errors.As(failed, unknown) != (config == nil) || (err == nil) != (failed == nil) {
			t.Errorf("told of %v; %v", failed, err)
		}
	}
}

// A server that does not read keeps no connection from being closed: TLS could not say
// that it ends.
func TestCloseUnreadTLS(t *testing.T) {
	addr, roots := listenTLS(t, nil, echo)
	for _, row := range []struct {
		name  string
		write bool // one that fails, before
		close func(*dial.Conn) error
	}{
		{"CloseNow", false, (*dial.Conn).CloseNow},
		{"CloseNow behind a write", true, (*dial.Conn).CloseNow},
		{"Close behind a write", true, func(c *dial.Conn) error { return c.Close(session.StatusSuccess, "") }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			below := new(unreadConn)
			d := dial.Dialer{CloseTimeout: 100 * time.Millisecond, TLSConfig: &tls.Config{RootCAs: roots}, NetDial: func(context.Context, string, string) (net.Conn, error) {
				nc, err := net.Dial("tcp", addr)
				below.Conn = nc
				return below, err
			}}
			c, err := d.Dial(t.Context(), "wss://example.com/")
			if err != nil {
				t.Fatal(err)
			}
			var unread net.Conn
			below.pipe, unread = net.Pipe()
			defer unread.Close()
			if row.write {
				c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
				if err := c.WriteMessage(session.BinaryMessage, nil); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the write: %v", err)
				}
			}
			began := time.Now()
			row.close(c)
			if took := time.Since(began); took > 4*time.Second { // crypto/tls waits 5
				t.Errorf("it took %v", took)
			}
			if _, err := below.Conn.Write([]byte{0}); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the connection below is not closed: %v", err)
			}
		})
	}
}

// unreadConn is a connection that writes to a pipe, once there is one.
type unreadConn struct {
	net.Conn
	pipe net.Conn
}

func (s *unreadConn) Write(p []byte) (int, error) {
	if s.pipe != nil {
		return s.pipe.Write(p)
	}
	return s.Conn.Write(p)
}

func (s *unreadConn) SetDeadline(t time.Time) error {
	s.SetWriteDeadline(t)
	return s.Conn.SetDeadline(t)
}

func (s *unreadConn) SetWriteDeadline(t time.Time) error {
	if s.pipe != nil {
		s.pipe.SetWriteDeadline(t)
	}
	return s.Conn.SetWriteDeadline(t)
}

func (s *unreadConn) Close() error {
	if s.pipe != nil {
		s.pipe.Close()
	}
	return s.Conn.Close()
}

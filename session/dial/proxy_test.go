package dial_test

// A proxy that works, for each pair of schemes; the function that chooses it;
// and each way in which a proxy fails.

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// tunnels is an HTTP proxy that connects every tunnel to target, and says what
// it was asked for.
func tunnels(target string, asked chan<- string) func(net.Conn) {
	return func(nc net.Conn) {
		head, err := readRequest(nc)
		if err != nil {
			return
		}
		asked <- string(head)
		to, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer to.Close()
		io.WriteString(nc, "HTTP/1.1 200 Connection established\r\n\r\n")
		var running sync.WaitGroup
		running.Go(func() {
			io.Copy(to, nc)
			to.(*net.TCPConn).CloseWrite()
		})
		io.Copy(nc, to)
		nc.Close()
		running.Wait()
	}
}

func through(raw string) func(*url.URL) (*url.URL, error) {
	return func(*url.URL) (*url.URL, error) { return url.Parse(raw) }
}

func TestProxy(t *testing.T) {
	plain := listen(t, echo)
	secure, roots := listenTLS(t, nil, echo)
	asked := make(chan string, 1)
	config := &tls.Config{RootCAs: roots}
	secureProxy := func(target string) string {
		addr, _ := listenTLS(t, func(hello *tls.ClientHelloInfo) {
			if hello.ServerName != "" {
				t.Errorf("asked the proxy for %q", hello.ServerName)
			}
		}, tunnels(target, asked))
		return addr
	}
	for _, tt := range []struct {
		url, proxy, connect, auth string
	}{
		{"ws://example.com", "http://" + listen(t, tunnels(plain, asked)), "example.com:80", ""},
		{"ws://u:p@[fe80::1%25eth0]:8080/", "http://user:pass%20word@" + listen(t, tunnels(plain, asked)), "[fe80::1]:8080", "user:pass word"},
		{"wss://example.com", "http://" + listen(t, tunnels(secure, asked)), "example.com:443", ""},
		{"ws://example.com", "https://" + secureProxy(plain), "example.com:80", ""},
		{"wss://example.com", "https://" + secureProxy(secure), "example.com:443", ""},
	} {
		d := dial.Dialer{Proxy: through(tt.proxy), TLSConfig: config}
		c, err := d.Dial(t.Context(), tt.url)
		if err != nil {
			t.Errorf("%s through %s: %v", tt.url, tt.proxy, err)
			continue
		}
		checkEcho(t, c)
		c.CloseNow()
		want := "CONNECT " + tt.connect + " HTTP/1.1\r\nHost: " + tt.connect + "\r\n"
		if tt.auth != "" {
			want += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(tt.auth)) + "\r\n"
		}
		if got := <-asked; got != want+"\r\n" {
			t.Errorf("%s through %s: asked %q", tt.url, tt.proxy, got)
		}
	}
}

func TestProxyFunction(t *testing.T) {
	addr := listen(t, echo)
	secure, roots := listenTLS(t, nil, echo)
	for _, tt := range []struct{ url, seen string }{
		{"ws://user:password@" + addr + "/x?y=z", "http://" + addr + "/x?y=z"},
		{"wss://" + secure, "https://" + secure},
	} {
		var seen string
		d := dial.Dialer{TLSConfig: &tls.Config{RootCAs: roots}, Proxy: func(u *url.URL) (*url.URL, error) {
			seen = u.String()
			*u = url.URL{} // it is a copy
			return nil, nil
		}}
		for range 2 {
			c, err := d.Dial(t.Context(), tt.url)
			if err != nil {
				t.Fatal(err)
			}
			c.CloseNow()
			if seen != tt.seen {
				t.Errorf("Proxy was called with %s, want %s", seen, tt.seen)
			}
		}
	}
}

// What follows the proxy's answer in the same segment belongs to the tunnel.
func TestBytesBehindTheTunnel(t *testing.T) {
	const accept = "ICX+Yqv66kxgM0FcWaLWlFLwTAI=" // of the key of sixteen zeros
	proxy := listen(t, func(nc net.Conn) {
		readRequest(nc)
		io.WriteString(nc, "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 Early\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Accept: "+accept+"\r\n\r\n\x81\x05Hello")
		hangUp(nc)
	})
	d := dial.Dialer{Proxy: through("http://" + proxy), Config: &session.Config{Rand: zeros{}}}
	c, err := d.Dial(t.Context(), "ws://example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if _, got, err := c.ReadMessage(nil); err != nil || string(got) != "Hello" {
		t.Errorf("read %q, %v", got, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestProxyRefuses(t *testing.T) {
	var d dial.Dialer
	proxy := listen(t, answer("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 6\r\n\r\nno key"))
	d.Proxy = through("http://alice:secret@" + proxy)
	_, err := d.Dial(t.Context(), "ws://example.com")
	checkPhase(t, err, dial.PhaseProxy)
	var refused *dial.RefusedError
	if !errors.As(err, &refused) || refused.Status != 407 || len(refused.Header) != 2 || string(refused.Body) != "no key" {
		t.Errorf("got %v", err)
	}
	if errors.Is(err, session.ErrUnexpectedStatus) {
		t.Errorf("taken for the server's answer: %v", err)
	}
	for _, part := range []string{proxy, `407 "Proxy Authentication Required"`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in %q", part, err)
		}
	}
	checkSecrets(t, err)
}

func TestProxyFails(t *testing.T) {
	closed := must(net.Listen("tcp", "127.0.0.1:0"))
	closed.Close()
	mine := errors.New("mine")
	fails := func(*url.URL) (*url.URL, error) { return nil, mine }
	untrusted, _ := listenTLS(t, nil, echo)
	for _, tt := range []struct {
		name  string
		proxy func(*url.URL) (*url.URL, error)
		is    error
		as    any
	}{
		{"function", fails, mine, nil},
		{"socks5", through("socks5://alice:secret@127.0.0.1:1080"), session.ErrInvalidArgument, nil},
		{"no host", through("http://alice:secret@"), session.ErrInvalidArgument, nil},
		{"bad port", through("http://alice:secret@127.0.0.1:99999"), session.ErrInvalidArgument, nil},
		{"colon", through("http://al%3Aice:secret@127.0.0.1"), session.ErrInvalidArgument, nil},
		{"closed", through("http://alice:secret@" + closed.Addr().String()), nil, new(*net.OpError)},
		{"garbage", through("http://alice:secret@" + listen(t, answer("220 smtp ready\r\n"))), parse.ErrVersion, nil},
		{"silence", through("http://alice:secret@" + listen(t, answer(""))), io.ErrUnexpectedEOF, nil},
		{"upgrade", through("http://alice:secret@" + listen(t, answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"))), nil, new(*dial.RefusedError)},
		{"untrusted", through("https://alice:secret@" + untrusted), nil, new(*tls.CertificateVerificationError)},
	} {
		d := dial.Dialer{Proxy: tt.proxy}
		_, err := d.Dial(t.Context(), "ws://example.com/")
		checkPhase(t, err, dial.PhaseProxy)
		if tt.is != nil && !errors.Is(err, tt.is) || tt.as != nil && !errors.As(err, tt.as) {
			t.Errorf("%s: %v", tt.name, err)
		}
		checkSecrets(t, err)
	}
}

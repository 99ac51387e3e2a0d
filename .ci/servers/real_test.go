// Package servers drives the dialer against real servers. Its folder begins
// with a dot, so no wildcard finds it: run (beside this file) starts the
// servers and gives their addresses in the environment.
package servers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/dial"
)

// servers says what each one answers. subprotocol is the one that it takes of
// chat and echo, deflate the index that it takes of the offers below; refusals
// gives the status of a path. Those that take echo know no other, and greet.
// fallback is 1 where no server_no_context_takeover is granted, and compressed the
// size of the largest message that is sent compressed: libwebsockets 4.1.6 aborts
// on some larger ones (tsl0922/ttyd issue 1487), as their frames happen to end.
var servers = []struct {
	name, env   string
	subprotocol string
	deflate     int
	refusals    map[string]int
	fallback    int
	compressed  int
}{
	{"ws", "ZEROSHAKE_WS", "echo", 1, map[string]int{"/missing": 400}, 0, 16 << 20},
	{"wss", "ZEROSHAKE_WSS", "echo", 1, map[string]int{"/missing": 400}, 0, 16 << 20},
	{"python", "ZEROSHAKE_PYTHON", "echo", 0, map[string]int{"/missing": 404, "/private": 401}, 0, 16 << 20},
	{"nginx", "ZEROSHAKE_NGINX", "echo", 1, map[string]int{"/missing": 404, "/forgotten": 426, "/down": 502}, 0, 16 << 20},
	{"aiohttp", "ZEROSHAKE_AIOHTTP", "echo", 0, map[string]int{"/missing": 404, "/greet": 404}, 0, 16 << 20},
	{"tornado", "ZEROSHAKE_TORNADO", "echo", 0, map[string]int{"/missing": 404, "/greet": 404}, 1, 16 << 20},
	{"libwebsockets", "ZEROSHAKE_LWS", "echo", 1, map[string]int{"/missing": 404, "/greet": 404}, 0, 1 << 20},
	{"go", "ZEROSHAKE_GO", "chat", 1, nil, 0, 16 << 20},
}

// offers of permessage-deflate, from the dearest wish to the fallback.
var offers = []string{"permessage-deflate; server_max_window_bits=10", "permessage-deflate"}

func env(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: run this with bash .ci/servers/run", name)
	}
	return v
}

// roots trusts the certificate of the wss server and nothing else.
func roots(t *testing.T) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(env(t, "ZEROSHAKE_CERT"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate in the file")
	}
	return &tls.Config{RootCAs: pool}
}

func TestServers(t *testing.T) {
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			url, trust := env(t, s.env), roots(t)
			with := func(o session.Offer) *dial.Dialer {
				return &dial.Dialer{TLSConfig: trust, Offer: o, Config: &session.Config{Deflate: &deflate.Codec{}}}
			}
			t.Run("plain", func(t *testing.T) {
				c := open(t, with(session.Offer{}), url)
				if c.Subprotocol() != "" || len(c.Extensions()) != 0 {
					t.Errorf("subprotocol %q, extensions %v, want none", c.Subprotocol(), c.Extensions())
				}
				echo(t, c)
			})
			t.Run("subprotocol", func(t *testing.T) {
				c := open(t, with(session.Offer{Subprotocols: []string{"chat", "echo"}}), url)
				if c.Subprotocol() != s.subprotocol {
					t.Errorf("subprotocol %q, want %q", c.Subprotocol(), s.subprotocol)
				}
				echo(t, c)
			})
			t.Run("deflate", func(t *testing.T) {
				c := open(t, with(session.Offer{Extensions: offers}), url)
				if !slices.Equal(c.Extensions(), []int{s.deflate}) {
					t.Errorf("extensions %v, want [%d]", c.Extensions(), s.deflate)
				}
				messages(t, c, s.compressed)
			})
			t.Run("messages", func(t *testing.T) { messages(t, open(t, with(session.Offer{}), url), 16<<20) })
			t.Run("deflate, no context takeover", func(t *testing.T) {
				c := open(t, with(session.Offer{Extensions: []string{deflate.Offer, "permessage-deflate"}}), url)
				if want := s.fallback; !slices.Equal(c.Extensions(), []int{want}) {
					t.Errorf("extensions %v, want [%d]", c.Extensions(), want)
				}
				messages(t, c, s.compressed)
			})
			t.Run("many", func(t *testing.T) { many(t, with(session.Offer{}), url, 200) })
			for path, status := range s.refusals {
				t.Run("refusal "+path, func(t *testing.T) {
					_, err := with(session.Offer{}).Dial(deadline(t), url+path)
					var refused *dial.RefusedError
					if !errors.As(err, &refused) || !errors.Is(err, session.ErrUnexpectedStatus) {
						t.Fatalf("%v, want a RefusedError", err)
					}
					if refused.Status != status || len(refused.Header) == 0 || len(refused.Body) == 0 {
						t.Errorf("status %d, %d header lines, body %q; want %d with both", refused.Status, len(refused.Header), refused.Body, status)
					}
				})
			}
			if s.refusals["/greet"] == 404 || s.subprotocol != "echo" {
				return
			}
			t.Run("unknown subprotocol", func(t *testing.T) {
				_, err := with(session.Offer{Subprotocols: []string{"chat"}}).Dial(deadline(t), url)
				if !errors.Is(err, session.ErrUnsupportedSubprotocol) {
					t.Errorf("%v, want %v", err, session.ErrUnsupportedSubprotocol)
				}
			})
			t.Run("greeting", func(t *testing.T) {
				c := open(t, with(session.Offer{}), url+"/greet")
				read(t, c, session.UTF8Message, "welcome")
				echo(t, c)
			})
		})
	}
}

// TestUserinfo sends the name and the password of the URL.
func TestUserinfo(t *testing.T) {
	url := env(t, "ZEROSHAKE_PYTHON")
	echo(t, open(t, &dial.Dialer{}, "ws://user:secret@"+url[len("ws://"):]+"/private"))
}

// TestTrust refuses a certificate that nobody vouches for, and one for
// another name.
func TestTrust(t *testing.T) {
	url := env(t, "ZEROSHAKE_WSS")
	_, err := (&dial.Dialer{}).Dial(deadline(t), url)
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		t.Errorf("without the certificate among the roots: %v, want %T", err, unknown)
	}
	other := roots(t)
	other.ServerName = "other.example"
	_, err = (&dial.Dialer{TLSConfig: other}).Dial(deadline(t), url)
	var name x509.HostnameError
	if !errors.As(err, &name) {
		t.Errorf("under another name: %v, want %T", err, name)
	}
}

// many opens n connections at once, all of which must be open together and
// echo.
func many(t *testing.T, d *dial.Dialer, url string, n int) {
	ctx := deadline(t)
	conns := make([]*dial.Conn, n)
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { conns[i], errs[i] = d.Dial(ctx, url) })
	}
	group.Wait()
	for i, c := range conns {
		if errs[i] != nil {
			t.Errorf("connection %d: %v", i, errs[i])
			continue
		}
		echo(t, c)
		c.CloseNow()
	}
}

// deadline bounds everything that a test does on a connection.
func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, d *dial.Dialer, url string) *dial.Conn {
	t.Helper()
	c, err := d.Dial(deadline(t), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	return c
}

// echo sends a message and reads it back.
func echo(t *testing.T, c *dial.Conn) {
	t.Helper()
	if err := c.WriteMessage(session.UTF8Message, []byte("Hello")); err != nil {
		t.Fatal(err)
	}
	read(t, c, session.UTF8Message, "Hello")
}

func read(t *testing.T, c *dial.Conn, kind session.BufferType, want string) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if got, p, err := c.ReadMessage(nil); err != nil || got != kind || string(p) != want {
		t.Fatalf("read %#x, %d octets, %.20q, %v; want %#x, %d octets", got, len(p), p, err, kind, len(want))
	}
}

// messages sends messages of all sizes and both types, whole and in parts, and
// reads them back; then a ping; then it closes.
func messages(t *testing.T, c *dial.Conn, most int) {
	t.Helper()
	for _, size := range []int{0, 1, 125, 126, 65535, 65536, 1 << 20, most} {
		for _, kind := range []session.BufferType{session.UTF8Message, session.BinaryMessage} {
			message := strings.Repeat("0123456789 abcdé ", size/17+1)[:size]
			if kind == session.UTF8Message {
				message = strings.ToValidUTF8(message, "")
			}
			sent := make(chan error, 1)
			go func() { sent <- c.WriteMessage(kind, []byte(message)) }()
			read(t, c, kind, message)
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
		}
	}
	w, err := c.NextWriter(session.UTF8Message)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"in ", "parts, cut within \xc3", "\xa9"} {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	read(t, c, session.UTF8Message, "in parts, cut within é")
	if took, err := c.Ping(deadline(t)); err != nil || took <= 0 {
		t.Errorf("ping: %v, %v", took, err)
	}
	if err := c.Close(3000, "done"); err != nil {
		t.Errorf("close: %v", err)
	}
}

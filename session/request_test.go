package session_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// The request to the octet, in the one order.
func TestRequestOctets(t *testing.T) {
	for _, row := range []struct {
		name  string
		offer session.Offer
		want  string
	}{
		{parsetest.At("the least"), session.Offer{Host: "server.example"},
			"GET / HTTP/1.1\r\nHost: server.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"},
		{parsetest.At("everything"), session.Offer{
			Target: "/chat?room=1&name=a%20b", Host: "[::1]:8080",
			Subprotocols: []string{"superchat", "chat"},
			Extensions:   []string{"permessage-deflate; client_max_window_bits", "permessage-deflate", "x-foo;bar=\"1\""},
			Header:       []session.Header{{"Origin", "https://server.example"}, {"Cookie", "a=b"}, {"Cookie", "c=d"}},
		}, "GET /chat?room=1&name=a%20b HTTP/1.1\r\nHost: [::1]:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
			"Sec-WebSocket-Protocol: superchat, chat\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, permessage-deflate, x-foo;bar=\"1\"\r\n" +
			"Origin: https://server.example\r\nCookie: a=b\r\nCookie: c=d\r\n\r\n"},
		{parsetest.At("what the handshake makes replaces what was given"), session.Offer{
			Host: "server.example", Subprotocols: []string{"chat"}, Extensions: []string{"x"},
			Header: []session.Header{
				{"Host", "other.example"}, {"UPGRADE", "h2c"}, {"connection", "keep-alive"}, {"Sec-WebSocket-Version", "8"},
				{"A", "b"}, {"sec-websocket-key", "x"}, {"Sec-Websocket-Protocol", "other"}, {"sec-websocket-EXTENSIONS", "y"}, {"host", "third.example"},
			},
		}, "GET / HTTP/1.1\r\nHost: server.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
			"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: x\r\nA: b\r\n\r\n"},
		{parsetest.At("an empty value, tabs and high octets"), session.Offer{Host: "h", Header: []session.Header{{"X-Empty", ""}, {"X-Tab", "a\tb"}, {"X-High", "\x80\xff"}}},
			"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Empty: \r\nX-Tab: a\tb\r\nX-High: \x80\xff\r\n\r\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			req, err := session.NewRequest(row.offer)
			if err != nil {
				t.Fatal(err)
			}
			c, err := session.NewClient(sample)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.BeginHandshake([]byte("before "), req)
			if string(got) != "before "+row.want || err != nil {
				t.Errorf("%v\n%q\nwant\n%q", err, got, row.want)
			}
			if req.Len() != len(row.want) || req.NumExtensions() != len(row.offer.Extensions) {
				t.Errorf("Len %d, want %d; NumExtensions %d", req.Len(), len(row.want), req.NumExtensions())
			}
			if r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(row.want))); err != nil || r.Header.Get("Sec-Websocket-Version") != "13" {
				t.Errorf("net/http: %v", err)
			}
		})
	}
}

// A Request keeps nothing that the caller could change.
func TestRequestIsACopy(t *testing.T) {
	o := session.Offer{Host: "a", Subprotocols: []string{"chat"}, Extensions: []string{"foo", "bar"}, Header: []session.Header{{"A", "b"}}}
	req := compile(t, o)
	before, err := new(session.Client).HandshakeHeaders(nil, req)
	if err != nil {
		t.Fatal(err)
	}
	o.Subprotocols[0], o.Extensions[0], o.Extensions[1], o.Header[0] = "other", "x", "y", session.Header{Name: "C", Value: "d"}
	if j := judge(t, req, parsed(t, three+"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: bar, foo\r\n")); !slices.Equal(j.selected, []int{1, 0}) || j.subprotocol != 0 {
		t.Error(j)
	}
	octets, err := new(session.Client).BeginHandshake(nil, req)
	if err != nil || !strings.Contains(string(octets), "\r\nA: b\r\n") || !strings.Contains(string(octets), before[4].Value) {
		t.Errorf("%q, %v", octets, err)
	}
}

// Begin appends to dst: into its capacity if there is enough.
func TestBeginAppends(t *testing.T) {
	req := compile(t, session.Offer{})
	dst := make([]byte, 3, 3+req.Len())
	copy(dst, "abc")
	got, err := new(session.Client).BeginHandshake(dst, req)
	if err != nil || &got[0] != &dst[0] || len(got) != 3+req.Len() || string(got[:7]) != "abcGET " {
		t.Errorf("%v, %q", err, got)
	}
	got, err = new(session.Client).BeginHandshake(dst[:3:4], req)
	if err != nil || len(got) != 3+req.Len() || string(got[:7]) != "abcGET " {
		t.Errorf("%v, %q", err, got)
	}
}

// Each Begin has a key of its own, from the default source and from another.
func TestBeginFreshKey(t *testing.T) {
	req := compile(t, session.Offer{})
	keys := map[string]bool{}
	var c session.Client
	for range 1000 {
		c.Reset()
		octets, err := c.BeginHandshake(nil, req)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(octets))))
		if err != nil {
			t.Fatal(err)
		}
		keys[r.Header.Get("Sec-Websocket-Key")] = true
	}
	if len(keys) != 1000 {
		t.Errorf("%d keys in 1000 requests", len(keys))
	}
}

// Config.Rand is read for 16 octets a key, and its error is the error of
// Begin, which leaves all as it was.
func TestRand(t *testing.T) {
	req := compile(t, session.Offer{})
	src := strings.NewReader("the sample nonce" + "the sample nonce" + "short")
	c, err := session.NewClient(&session.Config{Rand: iotest.OneByteReader(src)})
	if err != nil {
		t.Fatal(err)
	}
	for left := 21; left >= 5; left -= 16 {
		c.Reset()
		if octets, err := c.BeginHandshake(nil, req); err != nil || src.Len() != left || !strings.Contains(string(octets), "Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") {
			t.Errorf("%q, %v, %d octets left, want %d", octets, err, src.Len(), left)
		}
	}
	c.Reset()
	if octets, err := c.BeginHandshake([]byte("abc"), req); string(octets) != "abc" || err != io.ErrUnexpectedEOF || c.State() != session.Created {
		t.Errorf("too few: %q, %v, %v", octets, err, c.State())
	}
	src.Reset("the sample nonce")
	if _, err := c.BeginHandshake(nil, req); err != nil || c.State() != session.Handshaking {
		t.Errorf("again: %v, %v", err, c.State())
	}

	broken := errors.New("broken")
	c, err = session.NewClient(&session.Config{Rand: iotest.ErrReader(broken)})
	if err != nil {
		t.Fatal(err)
	}
	if headers, err := c.HandshakeHeaders([]session.Header{{"A", "b"}}, req); err != broken || len(headers) != 1 || c.State() != session.Created {
		t.Errorf("%v, %v, %v", headers, err, c.State())
	}
}

// A Request serves any number of clients at a time.
func TestRequestIsSafeForConcurrentUse(t *testing.T) {
	req := compile(t, session.Offer{Subprotocols: []string{"chat"}, Extensions: []string{"permessage-deflate", "foo"}})
	r := parsed(t, three+"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: foo, permessage-deflate\r\n")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			l := literal(r)
			selected := make([]int, 2)
			for range 100 {
				var c session.Client
				if err := c.Init(sample); err != nil {
					t.Error(err)
				}
				if _, err := c.BeginHandshake(nil, req); err != nil {
					t.Error(err)
				}
				if got, _, err := c.EndHandshake(l, selected); err != nil || !slices.Equal(got, []int{1, 0}) {
					t.Error(got, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestBeginDoesNotAllocate(t *testing.T) {
	req := compile(t, session.Offer{Subprotocols: []string{"chat"}, Extensions: []string{"permessage-deflate"}, Header: []session.Header{{"A", "b"}}})
	var c session.Client
	request, headers := make([]byte, 0, req.Len()), make([]session.Header, 0, 8)
	for _, row := range []struct {
		name   string
		allocs float64
		f      func()
	}{
		{parsetest.At("BeginHandshake"), 0, func() { c.BeginHandshake(request, req) }},
		{parsetest.At("HandshakeHeaders"), 1, func() { c.HandshakeHeaders(headers, req) }}, // the key's string
	} {
		t.Run(row.name, func(t *testing.T) {
			row.f()
			if n := testing.AllocsPerRun(100, func() { c.Reset(); row.f() }); n > row.allocs && !raceEnabled { // it empties pools at times
				t.Errorf("%v allocations", n)
			}
		})
	}
}

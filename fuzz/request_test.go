package fuzz

import (
	"bufio"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
)

// FuzzRequest: an offer is refused as the caller's mistake, or its request is
// read by net/http as it was meant.
func FuzzRequest(f *testing.F) {
	f.Add("/", "server.example", "", "", "", "")
	f.Add("/chat?a=b", "[::1]:80", "chat\nsuperchat", "permessage-deflate; client_max_window_bits\nx", "Origin", "https://server.example")
	f.Add("", "a", "", "", "Host", "b")
	f.Add("/", "a", "chat", "x", "Sec-WebSocket-Protocol", "other")
	f.Add("/", "a", "", "", "X", "a\r\nB: c")
	f.Fuzz(func(t *testing.T, target, host, subprotocols, extensions, name, value string) {
		o := session.Offer{Target: target, Host: host, Subprotocols: entries(subprotocols), Extensions: entries(extensions)}
		if name != "" || value != "" {
			o.Header = []session.Header{{Name: name, Value: value}}
		}
		req, err := session.NewRequest(o)
		if err != nil {
			var offer *session.OfferError
			if !errors.As(err, &offer) || !errors.Is(err, session.ErrInvalidArgument) {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		var c session.Client
		if err := c.Init(&session.Config{Rand: nonce{}}); err != nil {
			t.Fatal(err)
		}
		octets, err := c.BeginHandshake(nil, req)
		if err != nil || len(octets) != req.Len() || req.NumExtensions() != len(o.Extensions) {
			t.Fatalf("%d octets of %d, %d extensions, %v", len(octets), req.Len(), req.NumExtensions(), err)
		}
		br := bufio.NewReader(strings.NewReader(string(octets)))
		r, err := http.ReadRequest(br)
		if err != nil {
			if _, urlErr := url.ParseRequestURI(target); urlErr != nil {
				return // origin-form, but no URL that net/url knows, such as /%zz
			}
			t.Fatalf("net/http: %v\n%q", err, octets)
		}
		if br.Buffered() != 0 {
			t.Fatalf("%d octets behind the head: %q", br.Buffered(), octets)
		}
		sameRequest(t, o, r)
	})
}

func sameRequest(t *testing.T, o session.Offer, r *http.Request) {
	t.Helper()
	want := http.Header{
		"Upgrade":               {"websocket"},
		"Connection":            {"Upgrade"},
		"Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key":     {"dGhlIHNhbXBsZSBub25jZQ=="},
	}
	if o.Subprotocols != nil {
		want["Sec-Websocket-Protocol"] = []string{strings.Join(o.Subprotocols, ", ")}
	}
	if o.Extensions != nil {
		want["Sec-Websocket-Extensions"] = []string{strings.Join(o.Extensions, ", ")}
	}
	for _, h := range o.Header {
		name := http.CanonicalHeaderKey(h.Name)
		if want[name] == nil && name != "Host" {
			want[name] = []string{strings.Trim(h.Value, " \t")}
		}
	}
	want.Del("Pragma") // net/http adds Cache-Control to it
	r.Header.Del("Pragma")
	want.Del("Cache-Control")
	r.Header.Del("Cache-Control")
	if target := o.Target; r.Method != "GET" || r.RequestURI != target && !(target == "" && r.RequestURI == "/") || r.Host != o.Host || r.Proto != "HTTP/1.1" {
		t.Fatalf("%s %q %q %s", r.Method, r.RequestURI, r.Host, r.Proto)
	}
	for name := range want {
		if !slices.Equal(r.Header[name], want[name]) {
			t.Fatalf("%s: %q, want %q", name, r.Header[name], want[name])
		}
	}
	if len(r.Header) != len(want) {
		t.Fatalf("%q, want %q", r.Header, want)
	}
}

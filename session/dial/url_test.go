package dial_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

func TestURL(t *testing.T) {
	for _, tt := range []struct {
		url                             string
		addr, host, target, credentials string
	}{
		{"ws://example.com", "example.com:80", "example.com", "/", ""},
		{"WS://example.com:80/", "example.com:80", "example.com", "/", ""},
		{"ws://example.com:0080/", "example.com:80", "example.com", "/", ""},
		{"ws://example.com:/", "example.com:80", "example.com", "/", ""},
		{"ws://example.com:443/", "example.com:443", "example.com:443", "/", ""},
		{"ws://example.com:8080?a=b&c=%20d", "example.com:8080", "example.com:8080", "/?a=b&c=%20d", ""},
		{"ws://example.com/a%2Fb/c%20d?", "example.com:80", "example.com", "/a%2Fb/c%20d?", ""},
		{"ws://example.com/%2f é%7b{", "example.com:80", "example.com", "/%2f%20%C3%A9%7b%7B", ""},
		{"ws://example.com/é/ü", "example.com:80", "example.com", "/%C3%A9/%C3%BC", ""},
		{"ws://example.com//double", "example.com:80", "example.com", "//double", ""},
		{"ws://192.0.2.1/x", "192.0.2.1:80", "192.0.2.1", "/x", ""},
		{"ws://[::1]", "[::1]:80", "[::1]", "/", ""},
		{"ws://[2001:db8::1]:9000/", "[2001:db8::1]:9000", "[2001:db8::1]:9000", "/", ""},
		{"ws://[fe80::1%25eth0]/", "[fe80::1%eth0]:80", "[fe80::1]", "/", ""},
		{"ws://xn--bcher-kva.example/", "xn--bcher-kva.example:80", "xn--bcher-kva.example", "/", ""},
		{"ws://Aladdin:open%20sesame@example.com/", "example.com:80", "example.com", "/", "Aladdin:open sesame"},
		{"ws://user@example.com/", "example.com:80", "example.com", "/", "user:"},
		{"ws://u:a%3Ab%40c@example.com/", "example.com:80", "example.com", "/", "u:a:b@c"},
		{"ws://@example.com/", "example.com:80", "example.com", "/", ""},
	} {
		addr, head := dialNowhere(t, new(dial.Dialer), tt.url)
		r := parseRequest(head)
		if addr != tt.addr || r.Host != tt.host || r.RequestURI != tt.target {
			t.Errorf("%s: connects to %q, Host %q, target %q", tt.url, addr, r.Host, r.RequestURI)
		}
		name, password, ok := r.BasicAuth()
		if credentials := strings.TrimPrefix(name+":"+password, ":"); ok != (tt.credentials != "") || credentials != tt.credentials {
			t.Errorf("%s: credentials %q", tt.url, credentials)
		}
	}
}

// dialNowhere returns what d connects to, and the request that it sends.
func dialNowhere(t *testing.T, d *dial.Dialer, url string) (addr string, head []byte) {
	t.Helper()
	heads := make(chan []byte, 1)
	d.NetDial = func(_ context.Context, _, a string) (net.Conn, error) {
		addr = a
		client, server := net.Pipe()
		go func() {
			head, _ := readRequest(server)
			heads <- head
			server.Close()
		}()
		return client, nil
	}
	if _, err := d.Dial(t.Context(), url); addr == "" {
		t.Fatalf("%s: %v", url, err)
	}
	return addr, <-heads
}

func TestOfferAndURL(t *testing.T) {
	offer := session.Offer{
		Target: "/elsewhere",
		Host:   "elsewhere",
		Header: append(make([]session.Header, 0, 8), session.Header{Name: "X-A", Value: "1"}),
	}
	_, head := dialNowhere(t, &dial.Dialer{Offer: offer}, "ws://u:p@example.com/here")
	r := parseRequest(head)
	if r.Host != "example.com" || r.RequestURI != "/here" {
		t.Errorf("Offer changed the URL: Host %q, target %q", r.Host, r.RequestURI)
	}
	if name, password, _ := r.BasicAuth(); name != "u" || password != "p" || r.Header.Get("X-A") != "1" {
		t.Errorf("sent %q", head)
	}
	if spare := offer.Header[:2][1]; spare.Name != "" {
		t.Errorf("wrote %v into the caller's slice", spare)
	}

	offer.Header = append(offer.Header, session.Header{Name: "authorization", Value: "Bearer token"})
	_, head = dialNowhere(t, &dial.Dialer{Offer: offer}, "ws://u:p@example.com/")
	if got := parseRequest(head).Header["Authorization"]; len(got) != 1 || got[0] != "Bearer token" {
		t.Errorf("Authorization is %q", got)
	}
}

func TestBadURL(t *testing.T) {
	for _, tt := range []struct{ url, reason string }{
		{"", "scheme"},
		{"example.com", "scheme"},
		{"//example.com/", "scheme"},
		{"http://user:secret@example.com/", "scheme"},
		{"user:secret@example.com/", "scheme"},
		{"wss:user:secret@example.com", "no host"},
		{"ws://", "no host"},
		{"ws:///path", "no host"},
		{"ws://user:secret@:80/", "no host"},
		{"ws://user:secret@example.com/#", "fragment"},
		{"ws://example.com/#secret", "fragment"},
		{"ws://user:secret@example.com:0/", "port"},
		{"ws://user:secret@example.com:65536/", "port"},
		{"ws://user:secret", "malformed"},
		{"ws://user:secret/x@example.com/", "malformed"},
		{"ws://user:%secret@example.com/", "malformed"},
		{"ws://user:secret@[::1/", "malformed"},
		{"ws://user:secret@example.com/\x7f", "malformed"},
		{"ws://user:secret@b\u00fccher.example/", "IDNA"},
		{"ws://b%25cher.example/", "IDNA"},
		{"ws://b\"cher.example/", "Host"},
		{"ws://::1/", "brackets"},
		{"ws://user:secret@2001:db8::1/", "brackets"},
		{"ws://127.0.0.1:80:80/", "brackets"},
		{"ws://us%3Aer:secret@example.com/", "colon"},
		{"ws://user:secret@example.com/?\u00fc", "Target"},
	} {
		d := dial.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) {
			t.Errorf("%q was dialled", tt.url)
			return nil, errors.New("dialled")
		}}
		_, err := d.Dial(t.Context(), tt.url)
		checkPhase(t, err, dial.PhaseSetup)
		if !errors.Is(err, session.ErrInvalidArgument) {
			t.Errorf("%q: not ErrInvalidArgument: %v", tt.url, err)
		}
		if text := err.Error(); !strings.Contains(text, tt.reason) || strings.Contains(text, "secret") || strings.Contains(text, "user:") {
			t.Errorf("%q: %s", tt.url, text)
		}
	}
}

func TestBadOffer(t *testing.T) {
	d := dial.Dialer{Offer: session.Offer{Subprotocols: []string{"chat", "chat"}}}
	nc, peer := net.Pipe()
	_, err := d.Client(t.Context(), nc, "ws://example.com/")
	var offer *session.OfferError
	if checkPhase(t, err, dial.PhaseSetup); !errors.As(err, &offer) || offer.Index != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := peer.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection is not closed: %v", err)
	}
}

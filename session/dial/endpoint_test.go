package dial_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// Each Endpoint is asked for what it was made with, whatever the Dialer offers.
func TestDialEndpoint(t *testing.T) {
	addr := listen(t, func(nc net.Conn) {
		head, err := readRequest(nc)
		if err != nil {
			return
		}
		r := parseRequest(head)
		lines := "Sec-WebSocket-Protocol: " + r.Header.Get("Cookie") + "\r\n"
		io.WriteString(nc, opening(r, lines))
	})
	d := dial.Dialer{Offer: session.Offer{Subprotocols: []string{"another"}, Header: []session.Header{{Name: "Cookie", Value: "another"}}}}
	for _, name := range []string{"one", "two", "one"} {
		e, err := dial.NewEndpoint("ws://"+addr, session.Offer{
			Subprotocols: []string{"none", name},
			Header:       []session.Header{{Name: "Cookie", Value: name}},
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := d.DialEndpoint(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if c.Subprotocol() != name || c.Timing().Start.IsZero() {
			t.Errorf("%s: subprotocol %q, begun at %v", name, c.Subprotocol(), c.Timing().Start)
		}
		c.CloseNow()
	}

	e, err := dial.NewEndpoint("ws://"+addr, session.Offer{Extensions: []string{"permessage-deflate"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.DialEndpoint(t.Context(), e)
	if checkPhase(t, err, dial.PhaseSetup); !errors.Is(err, session.ErrInvalidArgument) {
		t.Errorf("permessage-deflate without a codec: %v", err)
	}
}

// What the Endpoint was made of is its caller's again.
func TestEndpointKeepsNothing(t *testing.T) {
	o := session.Offer{Subprotocols: []string{"a"}, Extensions: []string{"x"}, Header: []session.Header{{Name: "N", Value: "v"}}}
	e, err := dial.NewEndpoint("ws://h", o, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.Subprotocols[0], o.Extensions[0], o.Header[0].Value = "b", "y", "w"
	if o := e.Offer(); o.Subprotocols[0] != "a" || o.Extensions[0] != "x" || o.Header[0].Value != "v" {
		t.Errorf("the offer is %+v", o)
	}
}

func TestNil(t *testing.T) {
	var d dial.Dialer
	_, err := d.DialEndpoint(t.Context(), nil)
	if checkPhase(t, err, dial.PhaseSetup); !errors.Is(err, session.ErrInvalidArgument) {
		t.Errorf("no Endpoint: %v", err)
	}
	_, err = d.Client(t.Context(), nil, "ws://h")
	if checkPhase(t, err, dial.PhaseSetup); !errors.Is(err, session.ErrInvalidArgument) {
		t.Errorf("no connection: %v", err)
	}
}

func TestEndpoint(t *testing.T) {
	for _, row := range []struct {
		url, host        string // the offer's
		name, ip         string // as netip.Addr has it
		port             int
		secure           bool
		text, hostHeader string
		target           string
	}{
		{"ws://example.com/chat?token=secret", "", "example.com", "invalid IP", 80, false, "ws://example.com/chat", "example.com", "/chat?token=secret"},
		{"wss://u:p@example.com:8443", "", "example.com", "invalid IP", 8443, true, "wss://example.com:8443", "example.com:8443", "/"},
		{"ws://[fe80::1%25eth0]:90/", "", "fe80::1", "fe80::1%eth0", 90, false, "ws://[fe80::1]:90/", "[fe80::1]:90", "/"},
		{"ws://127.0.0.1:9001/", "other.example", "127.0.0.1", "127.0.0.1", 9001, false, "ws://127.0.0.1:9001/", "other.example", "/"},
	} {
		e, err := dial.NewEndpoint(row.url, session.Offer{Host: row.host}, nil)
		if err != nil {
			t.Errorf("%s: %v", row.url, err)
			continue
		}
		name, ip := e.Host()
		o := e.Offer()
		if name != row.name || ip.String() != row.ip || e.Port() != row.port || e.Secure() != row.secure || e.String() != row.text ||
			o.Host != row.hostHeader || o.Target != row.target {
			t.Errorf("%s: host %q %v, port %d, secure %v, text %q, Host %q, target %q", row.url, name, ip, e.Port(), e.Secure(), e.String(), o.Host, o.Target)
		}
		var c session.Client
		request, err := c.BeginHandshake(nil, e.Request())
		if err != nil || !strings.Contains(string(request), "\r\nHost: "+row.hostHeader+"\r\n") {
			t.Errorf("%s: request %q, %v", row.url, request, err)
		}
	}
}

package session_test

import (
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// Each call in each state: what it returns and where it leads.
func TestStates(t *testing.T) {
	req := compile(t, session.Offer{Extensions: []string{"foo"}})
	good, bad := response(own...), &parse.Response{Status: 500}
	selected := make([]int, 1)

	in := map[session.State]func() *session.Client{
		session.Created:     func() *session.Client { return new(session.Client) },
		session.Handshaking: func() *session.Client { return begin(t, req) },
		session.Open: func() *session.Client {
			c := begin(t, req)
			if _, _, err := c.EndHandshake(good, selected); err != nil {
				t.Fatal(err)
			}
			return c
		},
		session.Failed: func() *session.Client {
			c := begin(t, req)
			if _, _, err := c.EndHandshake(bad, selected); err != session.ErrUnexpectedStatus {
				t.Fatal(err)
			}
			return c
		},
	}
	beginning := func(c *session.Client) error {
		octets, err := c.BeginHandshake([]byte("abc"), req)
		if err != nil && string(octets) != "abc" {
			t.Errorf("an illegal BeginHandshake appended %q", octets)
		}
		return err
	}
	headers := func(c *session.Client) error {
		list, err := c.HandshakeHeaders(make([]session.Header, 2), req)
		if err != nil && len(list) != 2 {
			t.Errorf("an illegal HandshakeHeaders appended %q", list)
		}
		return err
	}
	end := func(r *parse.Response, selected []int) func(c *session.Client) error {
		return func(c *session.Client) error {
			_, _, err := c.EndHandshake(r, selected)
			return err
		}
	}
	reset := func(c *session.Client) error { c.Reset(); return nil }

	for _, row := range []struct {
		name string
		call func(c *session.Client) error
		from session.State
		err  error
		to   session.State
	}{
		{parsetest.At("Begin, Created"), beginning, session.Created, nil, session.Handshaking},
		{parsetest.At("Begin, Handshaking"), beginning, session.Handshaking, session.ErrHandshakeBegun, session.Handshaking},
		{parsetest.At("Begin, Open"), beginning, session.Open, session.ErrHandshakeBegun, session.Open},
		{parsetest.At("Begin, Failed"), beginning, session.Failed, session.ErrHandshakeBegun, session.Failed},
		{parsetest.At("HandshakeHeaders, Created"), headers, session.Created, nil, session.Handshaking},
		{parsetest.At("HandshakeHeaders, Handshaking"), headers, session.Handshaking, session.ErrHandshakeBegun, session.Handshaking},
		{parsetest.At("HandshakeHeaders, Open"), headers, session.Open, session.ErrHandshakeBegun, session.Open},
		{parsetest.At("HandshakeHeaders, Failed"), headers, session.Failed, session.ErrHandshakeBegun, session.Failed},
		{parsetest.At("End, Created"), end(good, selected), session.Created, session.ErrNoHandshake, session.Created},
		{parsetest.At("End, Handshaking, good"), end(good, selected), session.Handshaking, nil, session.Open},
		{parsetest.At("End, Handshaking, bad"), end(bad, selected), session.Handshaking, session.ErrUnexpectedStatus, session.Failed},
		{parsetest.At("End, Handshaking, short"), end(good, nil), session.Handshaking, session.ErrShortBuffer, session.Handshaking},
		{parsetest.At("End, Open"), end(good, selected), session.Open, session.ErrHandshakeOver, session.Open},
		{parsetest.At("End, Failed, good"), end(good, selected), session.Failed, session.ErrHandshakeOver, session.Failed},
		{parsetest.At("Reset, Created"), reset, session.Created, nil, session.Created},
		{parsetest.At("Reset, Handshaking"), reset, session.Handshaking, nil, session.Created},
		{parsetest.At("Reset, Open"), reset, session.Open, nil, session.Created},
		{parsetest.At("Reset, Failed"), reset, session.Failed, nil, session.Created},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := in[row.from]()
			if c.State() != row.from {
				t.Fatalf("the client is %v", c.State())
			}
			if err := row.call(c); err != row.err || c.State() != row.to {
				t.Errorf("%v, %v; want %v, %v", err, c.State(), row.err, row.to)
			}
		})
	}
	for _, err := range []session.Error{session.ErrHandshakeBegun, session.ErrNoHandshake, session.ErrHandshakeOver} {
		if classesOf(err) != "invalid protocol operation" {
			t.Errorf("%v is of the classes %s", err, classesOf(err))
		}
	}
}

func TestStateString(t *testing.T) {
	for state, want := range map[session.State]string{session.Created: "Created", session.Handshaking: "Handshaking", session.Open: "Open", session.Failed: "Failed", session.CloseSent: "CloseSent", session.CloseReceived: "CloseReceived", session.Closed: "Closed", session.Broken: "Broken", session.Aborted: "Aborted", 255: "unknown state"} {
		if got := state.String(); got != want {
			t.Errorf("%d: %q, want %q", state, got, want)
		}
	}
}

// Every protocol error is final: the same response, made good, is not judged.
func TestProtocolErrorsAreFinal(t *testing.T) {
	req := compile(t, session.Offer{Subprotocols: []string{"chat"}, Extensions: []string{"permessage-deflate"}})
	good := response(append(own, "Sec-WebSocket-Protocol", "chat")...)
	for _, row := range []struct {
		name string
		r    *parse.Response
	}{
		{parsetest.At("status"), &parse.Response{Status: 200, Fields: good.Fields}},
		{parsetest.At("syntax"), response(append(own, "A:", "b")...)},
		{parsetest.At("Upgrade"), response()},
		{parsetest.At("Connection"), response(own[:2]...)},
		{parsetest.At("Accept"), response(own[:4]...)},
		{parsetest.At("Extensions"), response(append(own, "Sec-WebSocket-Extensions", "x")...)},
		{parsetest.At("Subprotocol"), response(own...)},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := begin(t, req)
			selected := []int{untouched}
			if _, _, err := c.EndHandshake(row.r, selected); err == nil {
				t.Fatal("no error")
			}
			if _, _, err := c.EndHandshake(good, selected); err != session.ErrHandshakeOver || selected[0] != untouched || c.State() != session.Failed {
				t.Errorf("%v, %v, %v", err, selected, c.State())
			}
			c.Reset()
			if _, err := c.BeginHandshake(nil, req); err != nil {
				t.Fatal(err)
			}
			if _, subprotocol, err := c.EndHandshake(good, selected); err != nil || subprotocol != 0 {
				t.Errorf("after Reset: %v", err)
			}
		})
	}
}

// A client that is used again has the other request's offers, not the first's.
func TestResetForgetsTheRequest(t *testing.T) {
	first := compile(t, session.Offer{Subprotocols: []string{"chat"}, Extensions: []string{"foo"}})
	second := compile(t, session.Offer{Extensions: []string{"bar"}})
	c := begin(t, first)
	c.Reset()
	if _, err := c.BeginHandshake(nil, second); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.EndHandshake(response(append(own, "Sec-WebSocket-Extensions", "foo")...), make([]int, 1)); err != session.ErrExtensionNotOffered {
		t.Error(err)
	}
	if field, offset := c.Fault(); field != 3 || offset < 0 {
		t.Errorf("fault in field %d at %d", field, offset)
	}
	c.Reset()
	if field, offset := c.Fault(); field != -1 || offset != -1 {
		t.Errorf("after Reset: fault in field %d at %d", field, offset)
	}
}

// Init makes a client in the caller's memory as new, whatever was there.
func TestInit(t *testing.T) {
	req := compile(t, session.Offer{})
	slab := make([]session.Client, 3)
	for i := range slab {
		if err := slab[i].Init(sample); err != nil {
			t.Fatal(err)
		}
		if _, err := slab[i].BeginHandshake(nil, req); err != nil {
			t.Error(err)
		}
	}
	if err := slab[1].Init(nil); err != nil || slab[1].State() != session.Created {
		t.Errorf("%v, %v", err, slab[1].State())
	}
	if _, _, err := slab[2].EndHandshake(response(own...), nil); err != nil {
		t.Error(err)
	}
	c, err := session.NewClient(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.BeginHandshake(nil, req); err != nil {
		t.Error(err)
	}
	if _, _, err := c.EndHandshake(response(own...), nil); err != session.ErrAcceptValue {
		t.Errorf("the default key is the sample nonce: %v", err)
	}
}

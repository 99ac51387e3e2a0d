package session_test

import (
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// Responses with two faults each: the one that is judged first is the error.
func TestOrder(t *testing.T) {
	req := compile(t, session.Offer{Subprotocols: []string{"chat"}, Extensions: []string{"foo"}})
	for _, row := range []struct {
		name string
		r    *parse.Response
		err  error
	}{
		{parsetest.At("status before syntax"), &parse.Response{Status: 200, Fields: []parse.Field{field("A", "\x00")}}, session.ErrUnexpectedStatus},
		{parsetest.At("status before Upgrade"), &parse.Response{Status: 200}, session.ErrUnexpectedStatus},
		{parsetest.At("name before Upgrade"), response("A:", "b"), session.ErrHeaderName},
		{parsetest.At("value before Upgrade"), response("A", "\r"), session.ErrHeaderValue},
		{parsetest.At("value of the last header before Upgrade"), response("Upgrade", "h2c", "Connection", "close", "A", "\r"), session.ErrHeaderValue},
		{parsetest.At("value of Sec-WebSocket-Accept before Upgrade"), response("Sec-WebSocket-Accept", "x\n"), session.ErrHeaderValue},
		{parsetest.At("Upgrade missing before Connection missing"), response("Sec-WebSocket-Accept", "x"), session.ErrUpgradeMissing},
		{parsetest.At("Upgrade value before Connection missing"), response("Upgrade", "h2c"), session.ErrUpgradeValue},
		{parsetest.At("Upgrade repeated before Connection value"), response("Connection", "close", "Upgrade", "websocket", "Upgrade", "websocket"), session.ErrUpgradeRepeated},
		{parsetest.At("Connection missing before Accept missing"), response("Upgrade", "websocket"), session.ErrConnectionMissing},
		{parsetest.At("Connection value before Accept value"), response("Sec-WebSocket-Accept", "x", "Connection", "close", "Upgrade", "websocket"), session.ErrConnectionValue},
		{parsetest.At("Connection value before Accept repeated"), response("Sec-WebSocket-Accept", "x", "Sec-WebSocket-Accept", "x", "Connection", "close", "Upgrade", "websocket"), session.ErrConnectionValue},
		{parsetest.At("Accept missing before Extensions"), response(append(own[:4:4], "Sec-WebSocket-Extensions", "bar")...), session.ErrAcceptMissing},
		{parsetest.At("Accept value before Extensions syntax"), response(append(own[:4:4], "Sec-WebSocket-Extensions", "foo;", "Sec-WebSocket-Accept", "x")...), session.ErrAcceptValue},
		{parsetest.At("Accept repeated before Subprotocol"), response(append(own, "Sec-WebSocket-Accept", "x", "Sec-WebSocket-Protocol", "other")...), session.ErrAcceptRepeated},
		{parsetest.At("Extensions syntax before Subprotocol missing"), response(append(own, "Sec-WebSocket-Extensions", "foo;")...), session.ErrExtensionsSyntax},
		{parsetest.At("Extensions empty before Subprotocol empty"), response(append(own, "Sec-WebSocket-Protocol", "", "Sec-WebSocket-Extensions", "")...), session.ErrExtensionsEmpty},
		{parsetest.At("Extension not offered before Subprotocol not offered"), response(append(own, "Sec-WebSocket-Protocol", "other", "Sec-WebSocket-Extensions", "bar")...), session.ErrExtensionNotOffered},
		{parsetest.At("a good Extension, Subprotocol missing"), response(append(own, "Sec-WebSocket-Extensions", "foo")...), session.ErrSubprotocolMissing},
	} {
		t.Run(row.name, func(t *testing.T) {
			if j := judge(t, req, row.r); j.err != row.err {
				t.Errorf("%v, want %v", j, row.err)
			}
		})
	}
}

// The state is looked at before the arguments, and these before the response.
func TestOrderOfArguments(t *testing.T) {
	req := compile(t, session.Offer{Extensions: []string{"foo", "bar"}})
	bad, good := &parse.Response{Status: 500}, response(append(own, "Sec-WebSocket-Extensions", "bar")...)
	short := []int{untouched}

	c := new(session.Client)
	if _, _, err := c.EndHandshake(bad, short); err != session.ErrNoHandshake {
		t.Errorf("state before arguments: %v", err)
	}
	if _, err := c.BeginHandshake(nil, nil); err != session.ErrInvalidArgument || c.State() != session.Created {
		t.Errorf("no request: %v, %v", err, c.State())
	}
	c = begin(t, req)
	if _, _, err := c.EndHandshake(nil, short); err != session.ErrInvalidArgument || c.State() != session.Handshaking {
		t.Errorf("no response: %v, %v", err, c.State())
	}
	for _, selected := range [][]int{short, nil, {}} {
		for _, r := range []*parse.Response{bad, good} {
			if _, _, err := c.EndHandshake(r, selected); err != session.ErrShortBuffer || c.State() != session.Handshaking {
				t.Errorf("arguments before response: %v, %v", err, c.State())
			}
		}
	}
	if short[0] != untouched {
		t.Errorf("wrote %v", short)
	}
	// The caller may try again, as nothing has been judged.
	if got, _, err := c.EndHandshake(good, make([]int, 2)); err != nil || len(got) != 1 || got[0] != 1 {
		t.Errorf("again: %v, %v", got, err)
	}
	if _, _, err := c.EndHandshake(bad, short); err != session.ErrHandshakeOver {
		t.Errorf("state before arguments: %v", err)
	}
}

// A25: as long as the number of offers, whatever the server selects; nil does
// when nothing was offered, and a longer one is left alone beyond.
func TestSelectedLength(t *testing.T) {
	none := compile(t, session.Offer{})
	if got, subprotocol, err := begin(t, none).EndHandshake(response(own...), nil); len(got) != 0 || subprotocol != -1 || err != nil {
		t.Errorf("nothing offered, nil: %v, %d, %v", got, subprotocol, err)
	}
	three := compile(t, session.Offer{Extensions: []string{"a", "b", "c"}})
	for n, want := range []error{session.ErrShortBuffer, session.ErrShortBuffer, session.ErrShortBuffer, nil, nil} {
		if _, _, err := begin(t, three).EndHandshake(response(own...), make([]int, n)); err != want {
			t.Errorf("3 offered, %d cells: %v", n, err)
		}
	}
}

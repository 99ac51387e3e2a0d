package session_test

import (
	"testing"

	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// in brings a client into a state behind its handshake.
func in(t *testing.T, s session.State) *session.Client {
	t.Helper()
	c := open(t, session.Config{}, "")
	closing := &session.Op{Type: session.CloseMessage, Status: 1000}
	receive := func(wire string) { receiveParts(t, c, wire, 0, nil) }
	switch s {
	case session.Open:
	case session.CloseSent:
		sendAll(t, c, closing)
	case session.CloseReceived:
		receive("\x88\x00")
	case session.Closed:
		receive("\x88\x00")
		sendAll(t, c, closing)
	case session.Broken:
		receive("\x83")
	case session.Aborted:
		c.Abort()
	}
	if c.State() != s {
		t.Fatalf("the client is %v, want %v", c.State(), s)
	}
	return c
}

// Each call in each state behind the handshake: what it returns, and where it
// leads; an illegal one changes nothing.
func TestStatesBehindTheHandshake(t *testing.T) {
	const (
		begin = iota
		end
		data
		closing
		ping
		receive
		get
		abort
		reset
	)
	for _, row := range []struct {
		name string
		call int
		from session.State
		err  error
		to   session.State
	}{
		{parsetest.At("Begin, CloseSent"), begin, session.CloseSent, session.ErrHandshakeBegun, session.CloseSent},
		{parsetest.At("Begin, CloseReceived"), begin, session.CloseReceived, session.ErrHandshakeBegun, session.CloseReceived},
		{parsetest.At("Begin, Closed"), begin, session.Closed, session.ErrHandshakeBegun, session.Closed},
		{parsetest.At("Begin, Broken"), begin, session.Broken, session.ErrHandshakeBegun, session.Broken},
		{parsetest.At("Begin, Aborted"), begin, session.Aborted, session.ErrHandshakeBegun, session.Aborted},
		{parsetest.At("End, CloseSent"), end, session.CloseSent, session.ErrHandshakeOver, session.CloseSent},
		{parsetest.At("End, CloseReceived"), end, session.CloseReceived, session.ErrHandshakeOver, session.CloseReceived},
		{parsetest.At("End, Closed"), end, session.Closed, session.ErrHandshakeOver, session.Closed},
		{parsetest.At("End, Broken"), end, session.Broken, session.ErrHandshakeOver, session.Broken},
		{parsetest.At("End, Aborted"), end, session.Aborted, session.ErrHandshakeOver, session.Aborted},
		{parsetest.At("Send data, Open"), data, session.Open, nil, session.Open},
		{parsetest.At("Send data, CloseSent"), data, session.CloseSent, session.ErrCloseSent, session.CloseSent},
		{parsetest.At("Send data, CloseReceived"), data, session.CloseReceived, session.ErrCloseReceived, session.CloseReceived},
		{parsetest.At("Send data, Closed"), data, session.Closed, session.ErrCloseSent, session.Closed},
		{parsetest.At("Send data, Broken"), data, session.Broken, session.ErrBroken, session.Broken},
		{parsetest.At("Send data, Aborted"), data, session.Aborted, session.ErrAborted, session.Aborted},
		{parsetest.At("Send CLOSE, Open"), closing, session.Open, nil, session.CloseSent},
		{parsetest.At("Send CLOSE, CloseSent"), closing, session.CloseSent, session.ErrCloseSent, session.CloseSent},
		{parsetest.At("Send CLOSE, CloseReceived"), closing, session.CloseReceived, nil, session.Closed},
		{parsetest.At("Send CLOSE, Closed"), closing, session.Closed, session.ErrCloseSent, session.Closed},
		{parsetest.At("Send CLOSE, Broken"), closing, session.Broken, nil, session.Broken},
		{parsetest.At("Send CLOSE, Aborted"), closing, session.Aborted, session.ErrAborted, session.Aborted},
		{parsetest.At("Send ping, Open"), ping, session.Open, nil, session.Open},
		{parsetest.At("Send ping, CloseSent"), ping, session.CloseSent, nil, session.CloseSent},
		{parsetest.At("Send ping, CloseReceived"), ping, session.CloseReceived, nil, session.CloseReceived},
		{parsetest.At("Send ping, Closed"), ping, session.Closed, session.ErrCloseSent, session.Closed},
		{parsetest.At("Send ping, Broken"), ping, session.Broken, session.ErrBroken, session.Broken},
		{parsetest.At("Send ping, Aborted"), ping, session.Aborted, session.ErrAborted, session.Aborted},
		{parsetest.At("Receive, Open"), receive, session.Open, nil, session.Open},
		{parsetest.At("Receive, CloseSent"), receive, session.CloseSent, nil, session.CloseSent},
		{parsetest.At("Receive, CloseReceived"), receive, session.CloseReceived, session.ErrCloseReceived, session.CloseReceived},
		{parsetest.At("Receive, Closed"), receive, session.Closed, session.ErrCloseReceived, session.Closed},
		{parsetest.At("Receive, Broken"), receive, session.Broken, session.ErrBroken, session.Broken},
		{parsetest.At("Receive, Aborted"), receive, session.Aborted, session.ErrAborted, session.Aborted},
		{parsetest.At("GetAction, Open"), get, session.Open, nil, session.Open},
		{parsetest.At("GetAction, CloseSent"), get, session.CloseSent, nil, session.CloseSent},
		{parsetest.At("GetAction, CloseReceived"), get, session.CloseReceived, nil, session.CloseReceived},
		{parsetest.At("GetAction, Closed"), get, session.Closed, nil, session.Closed},
		{parsetest.At("GetAction, Broken"), get, session.Broken, nil, session.Broken},
		{parsetest.At("GetAction, Aborted"), get, session.Aborted, nil, session.Aborted},
		{parsetest.At("Abort, Open"), abort, session.Open, nil, session.Aborted},
		{parsetest.At("Abort, CloseSent"), abort, session.CloseSent, nil, session.Aborted},
		{parsetest.At("Abort, CloseReceived"), abort, session.CloseReceived, nil, session.Aborted},
		{parsetest.At("Abort, Closed"), abort, session.Closed, nil, session.Aborted},
		{parsetest.At("Abort, Broken"), abort, session.Broken, nil, session.Aborted},
		{parsetest.At("Abort, Aborted"), abort, session.Aborted, nil, session.Aborted},
		{parsetest.At("Reset, CloseSent"), reset, session.CloseSent, nil, session.Created},
		{parsetest.At("Reset, CloseReceived"), reset, session.CloseReceived, nil, session.Created},
		{parsetest.At("Reset, Closed"), reset, session.Closed, nil, session.Created},
		{parsetest.At("Reset, Broken"), reset, session.Broken, nil, session.Created},
		{parsetest.At("Reset, Aborted"), reset, session.Aborted, nil, session.Created},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := in(t, row.from)
			var err error
			switch row.call {
			case begin:
				_, err = c.BeginHandshake(nil, compile(t, session.Offer{}))
			case end:
				_, _, err = c.EndHandshake(response(own...), nil)
			case data:
				err = c.Send(&session.Op{Type: session.UTF8Message})
			case closing:
				err = c.Send(&session.Op{Type: session.CloseMessage})
			case ping:
				err = c.Send(&session.Op{Type: session.PingPong})
			case receive:
				err = c.Receive(new(session.Op))
			case get:
				err = c.GetAction(session.AllQueues, new(session.Action))
			case abort:
				c.Abort()
			case reset:
				c.Reset()
			}
			if err != row.err || c.State() != row.to {
				t.Errorf("%v, %v; want %v, %v", err, c.State(), row.err, row.to)
			}
		})
	}
}

// Before the handshake has succeeded there is no session, and nothing to abort.
func TestStatesBeforeTheSession(t *testing.T) {
	refused := begin(t, compile(t, session.Offer{}))
	refused.EndHandshake(response(), nil)
	for _, c := range []*session.Client{new(session.Client), begin(t, compile(t, session.Offer{})), refused} {
		state := c.State()
		for _, err := range []error{
			c.Send(&session.Op{Type: session.UTF8Message}), c.Send(&session.Op{Type: session.CloseMessage}), c.Send(&session.Op{Type: session.PingPong}),
			c.Receive(new(session.Op)), c.GetAction(session.AllQueues, new(session.Action)),
		} {
			if err != session.ErrNotOpen {
				t.Errorf("%v: %v", state, err)
			}
		}
		if c.Abort(); c.State() != state {
			t.Errorf("%v, aborted: %v", state, c.State())
		}
	}
}

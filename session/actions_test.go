package session_test

// The calls of the action loop, used wrongly; and which actions are outstanding.

import (
	"math"
	"net"
	"testing"

	"github.com/zeroshake/zeroshake/session"
)

func TestMisuse(t *testing.T) {
	c := open(t, session.Config{}, "")
	op := &session.Op{Type: session.UTF8Message, Data: []byte("a")}
	var a session.Action
	for _, row := range []struct {
		name string
		err  error
		want error
	}{
		{"no Op to send", c.Send(nil), session.ErrInvalidArgument},
		{"no Op to receive", c.Receive(nil), session.ErrInvalidArgument},
		{"no type", c.Send(&session.Op{}), session.ErrSendType},
		{"no queue", c.GetAction(0, &a), session.ErrActionQueue},
		{"a queue that is none", c.GetAction(4, &a), session.ErrActionQueue},
		{"NoAction", c.CompleteAction(&session.Action{}, 5), nil},
		{"no action", c.CompleteAction(nil, 0), session.ErrInvalidArgument},
		{"sent", c.Send(op), nil},
		{"sent twice", c.Send(op), session.ErrOpQueued},
		{"received while it is sent", c.Receive(op), session.ErrOpQueued},
	} {
		if row.err != row.want {
			t.Errorf("%s: %v, want %v", row.name, row.err, row.want)
		}
	}
	sending := action(t, c, session.AllQueues, session.SendToNetwork)
	action(t, c, session.AllQueues, session.NoAction)
	for _, n := range []int{-1, 8, math.MaxInt} {
		if err := c.CompleteAction(sending, n); err != session.ErrActionCount {
			t.Errorf("%d: %v", n, err)
		}
	}
	complete(t, c, sending, 7)
	if err := c.CompleteAction(sending, 7); err != session.ErrActionUnknown {
		t.Errorf("completed again: %v", err)
	}
	indicated := action(t, c, session.AllQueues, session.IndicateSendComplete)
	action(t, c, session.SendQueue, session.NoAction)
	if err := c.Send(op); err != nil {
		t.Errorf("sent again: %v", err)
	}
	complete(t, c, indicated, 1) // the count does not matter
	if err := c.Receive(&session.Op{}); err != nil {
		t.Fatal(err)
	}
	waiting := new(session.Op)
	if err := c.Receive(waiting); err != nil {
		t.Fatal(err)
	}
	reading := action(t, c, session.ReceiveQueue, session.ReceiveFromNetwork)
	if err := c.CompleteAction(reading, len(reading.Buffers[0])+1); err != session.ErrActionCount {
		t.Errorf("more than there is room for: %v", err)
	}
	c.Reset()
	if err := c.CompleteAction(reading, 1); err != session.ErrActionUnknown {
		t.Errorf("after Reset: %v", err)
	}
	if err := c.Send(op); err != session.ErrNotOpen {
		t.Errorf("after Reset: %v", err)
	}
	other := open(t, session.Config{}, "")
	sendAll(t, other, op) // Reset has given it back
	if err := other.Receive(waiting); err != nil {
		t.Errorf("received by another after Reset: %v", err)
	}
}

// reading returns a client's ReceiveFromNetwork that is outstanding.
func reading(t testing.TB, c *session.Client) *session.Action {
	t.Helper()
	if err := c.Receive(new(session.Op)); err != nil {
		t.Fatal(err)
	}
	return action(t, c, session.ReceiveQueue, session.ReceiveFromNetwork)
}

// An action from before Reset or Init, or of another client, is none of those
// outstanding, though it is the first of its client as well.
func TestActionOfAnother(t *testing.T) {
	again := func(c *session.Client) {
		t.Helper()
		if _, err := c.BeginHandshake(nil, compile(t, session.Offer{})); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.EndHandshake(response(own...), nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		make func(c *session.Client) *session.Client // the one that is to refuse the action
	}{
		{"before Reset", func(c *session.Client) *session.Client { c.Reset(); again(c); return c }},
		{"before Init", func(c *session.Client) *session.Client {
			c.Init(&session.Config{Rand: sample.Rand})
			again(c)
			return c
		}},
		{"of another client", func(*session.Client) *session.Client { return open(t, session.Config{}, "") }},
	} {
		c := open(t, session.Config{}, "")
		stale := reading(t, c)
		c = tt.make(c)
		fresh := reading(t, c)
		if err := c.CompleteAction(stale, 2); err != session.ErrActionUnknown {
			t.Errorf("%s: %v", tt.name, err)
		}
		complete(t, c, fresh, copy(fresh.Buffers[0], "\x81\x01a"))
		if a := action(t, c, session.ReceiveQueue, session.IndicateReceiveComplete); string(a.Buffers[0]) != "a" {
			t.Errorf("%s: then %q", tt.name, a.Buffers[0])
		}
	}
}

// net.Buffers consumes the buffers that it writes. What an action has does not
// depend on what became of them.
func TestBuffersConsumed(t *testing.T) {
	for _, cfg := range []session.Config{{}, {DisableMasking: true}} {
		c := open(t, cfg, "")
		if err := c.Send(&session.Op{Type: session.BinaryMessage, Data: []byte("Hello")}); err != nil {
			t.Fatal(err)
		}
		a := action(t, c, session.SendQueue, session.SendToNetwork)
		var sink writer
		buffers := net.Buffers(a.Buffers[:a.N])
		n, err := buffers.WriteTo(&sink)
		if n != 11 || err != nil {
			t.Fatal(n, err)
		}
		if err := c.CompleteAction(a, 12); err != session.ErrActionCount {
			t.Errorf("more than it had: %v", err)
		}
		complete(t, c, a, 11)
		if a := action(t, c, session.SendQueue, session.IndicateSendComplete); a.Cancelled {
			t.Error("cancelled")
		}
	}
}

// writer takes everything.
type writer struct{}

func (*writer) Write(p []byte) (int, error) { return len(p), nil }

// A caller without an Action, or whose Action lies.
func TestNoAction(t *testing.T) {
	c := open(t, session.Config{}, "")
	if err := c.GetAction(session.AllQueues, nil); err != session.ErrInvalidArgument {
		t.Error(err)
	}
	a := reading(t, c)
	a.Buffers[0] = a.Buffers[0][:1]
	complete(t, c, a, copy(a.Buffers[0][:3], "\x81\x01a"))
}

package fuzz

// The caller of FuzzCalls: what it calls (step), what may come of that (get), and
// the end of it (drain).

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/session"
)

// caller makes calls, and knows what must become of them.
type caller struct {
	t       *testing.T
	c       *session.Client
	stream  []byte // of the server, not read yet
	aborted bool
	cut     bool
	ended   bool // the stream has

	sends, receives []*session.Op
	next            byte // payload of the next Send

	sending, indicating, receiving *outstanding

	wire   []byte       // written
	pongs  map[int]bool // where in it answers begin
	whole  []string     // Sends done, as frames
	events []string     // received
	data   []byte       // of a message that is not whole
}

// outstanding is an action, and what its buffers hold.
type outstanding struct {
	session.Action
	held []byte
}

func (s *caller) step(call byte, n int) {
	switch call {
	case 0, 1:
		s.receive(&session.Op{Data: make([]byte, n*n)})
	case 2, 3, 4, 5, 6, 7:
		s.send(call, n)
	case 8, 9, 10:
		s.get(session.ActionQueue(call - 7))
	case 11:
		s.completeIndication()
	case 12, 13:
		s.completeSend(0)
	case 14:
		s.completeReceive(1 + n*n)
	default:
		switch n {
		case 0:
			s.c.Abort()
			s.aborted = true
		case 1:
			s.completeSend(1)
		case 2:
			s.completeReceive(0)
		default:
			s.completeReceive(n)
		}
	}
}

// declared fails unless err is one of session's.
func (s *caller) declared(err error) {
	var e session.Error
	if err != nil && !errors.As(err, &e) {
		s.t.Fatalf("%T: %v", err, err)
	}
}

func (s *caller) receive(op *session.Op) {
	state := s.c.State()
	err := s.c.Receive(op)
	if s.declared(err); err == nil {
		s.receives = append(s.receives, op)
	}
	if open := state == session.Open || state == session.CloseSent; open != (err == nil) {
		s.t.Fatalf("Receive in %v: %v", state, err)
	}
}

func (s *caller) send(call byte, n int) {
	s.next++
	op := &session.Op{Type: session.BinaryMessage, Data: bytes.Repeat([]byte{s.next}, n*n*3)}
	switch call {
	case 4:
		op.Type = session.BinaryFragment
	case 5, 6:
		op.Type, op.Data = session.PingPong+session.BufferType(call-5), op.Data[:min(len(op.Data), 125)]
	case 7:
		op.Type, op.Data, op.Status = session.CloseMessage, nil, 1000
	}
	err := s.c.Send(op)
	if s.declared(err); err == nil {
		s.sends = append(s.sends, op)
	}
	if s.cut && err == nil {
		s.t.Fatal("sent behind a frame that was cut")
	}
}

// get reports whether there was something to do.
func (s *caller) get(q session.ActionQueue) bool {
	a := new(outstanding)
	state := s.c.State()
	if err := s.c.GetAction(q, &a.Action); err != nil {
		if s.declared(err); s.c.State() != session.Broken || state == session.Broken || a.Kind != session.NoAction {
			s.t.Fatalf("%v in %v leads to %v", err, state, s.c.State())
		}
		s.events = append(s.events, fmt.Sprint(err, " ", session.CloseCodeFor(err)))
		return true
	}
	a.held = append(slices.Clone(a.Buffers[0]), a.Buffers[1]...)
	slot := &s.receiving
	switch a.Kind {
	case session.NoAction:
		return false
	case session.SendToNetwork:
		slot = &s.sending
		if a.Op != nil && a.Op != s.sends[0] {
			s.t.Fatal("sends another operation than the first")
		}
		if s.aborted || s.cut {
			s.t.Fatal("sends after Abort, or behind a frame that was cut")
		}
	case session.IndicateSendComplete:
		slot = &s.indicating
		s.sends = s.given(s.sends, a.Op)
		if !a.Cancelled {
			s.whole = append(s.whole, fmt.Sprintf("%x", a.Op.Data))
		} else if !s.aborted && !s.cut {
			s.t.Fatal("a Send is cancelled for no reason")
		}
	case session.ReceiveFromNetwork:
		if a.Op != s.receives[0] || len(a.Buffers[0]) == 0 {
			s.t.Fatalf("reads %d octets, and not for the first", len(a.Buffers[0]))
		}
	case session.IndicateReceiveComplete:
		s.receives = s.given(s.receives, a.Op)
		s.got(a)
	}
	if *slot != nil {
		s.t.Fatalf("%v is outstanding, and %v comes", (*slot).Kind, a.Kind)
	}
	*slot = a
	return true
}

// given takes op, which must be the first, from the queue.
func (s *caller) given(queue []*session.Op, op *session.Op) []*session.Op {
	if len(queue) == 0 || op != queue[0] {
		s.t.Fatal("an operation comes back that is not the first")
	}
	return queue[1:]
}

func (s *caller) got(a *outstanding) {
	switch p := a.held; a.Type {
	case 0:
		if !a.Cancelled || len(p) > 0 {
			s.t.Fatalf("%+v", a.Action)
		}
	case session.PingPong:
		s.events = append(s.events, fmt.Sprintf("pong %q", p))
	case session.CloseMessage:
		s.events = append(s.events, fmt.Sprintf("close %d %q", a.Status, p))
	default:
		s.data = append(s.data, p...)
		if a.Type == session.UTF8Message || a.Type == session.BinaryMessage {
			s.events = append(s.events, fmt.Sprintf("message %x %q", uint32(a.Type), s.data))
			s.data = nil
		}
	}
}

// complete completes the action, whose buffers must be as they were.
func (s *caller) complete(slot **outstanding, n int) {
	a := *slot
	if a.Kind != session.ReceiveFromNetwork && !bytes.Equal(append(slices.Clone(a.Buffers[0]), a.Buffers[1]...), a.held) {
		s.t.Fatalf("the buffers of %v have changed", a.Kind)
	}
	if a.Kind != session.SendToNetwork { // those we may write to
		for i := range a.Buffers[0][min(n, len(a.Buffers[0])):] {
			a.Buffers[0][min(n, len(a.Buffers[0]))+i] ^= 0x55
		}
	}
	if err := s.c.CompleteAction(&a.Action, n); err != nil {
		s.t.Fatal(err)
	}
	if err := s.c.CompleteAction(&a.Action, n); err != session.ErrActionUnknown {
		s.t.Fatalf("completed again: %v", err)
	}
	*slot = nil
}

func (s *caller) completeSend(missing int) {
	if s.sending == nil {
		return
	}
	n := len(s.sending.held) - missing
	if s.sending.Op == nil {
		s.pongs[len(s.wire)] = true
	}
	s.wire = append(s.wire, s.sending.held[:n]...)
	s.cut = s.cut || missing > 0
	s.complete(&s.sending, n)
}

func (s *caller) completeReceive(n int) {
	if s.receiving == nil || s.receiving.Kind != session.ReceiveFromNetwork {
		return
	}
	n = copy(s.receiving.Buffers[0][:min(n, len(s.receiving.Buffers[0]))], s.stream)
	s.stream = s.stream[n:]
	s.complete(&s.receiving, n)
}

func (s *caller) completeIndication() {
	for _, slot := range []**outstanding{&s.indicating, &s.receiving} {
		if *slot != nil && (*slot).Kind != session.ReceiveFromNetwork {
			s.complete(slot, 0)
		}
	}
}

// drain receives what is left, and does what is asked for until there is nothing
// left to do.
func (s *caller) drain() {
	for range 100_000 {
		if state := s.c.State(); len(s.receives) == 0 && !s.ended && (state == session.Open || state == session.CloseSent) {
			s.receive(new(session.Op))
		}
		s.ended = s.ended || len(s.stream) == 0 && s.receiving != nil && s.receiving.Kind == session.ReceiveFromNetwork
		s.completeSend(0)
		s.completeIndication()
		s.completeReceive(1 << 20)
		if !s.get(session.AllQueues) && s.sending == nil && s.indicating == nil && s.receiving == nil {
			if len(s.sends)+len(s.receives) > 0 {
				s.t.Fatalf("%d and %d operations are left in %v", len(s.sends), len(s.receives), s.c.State())
			}
			return
		}
	}
	s.t.Fatal("no end")
}

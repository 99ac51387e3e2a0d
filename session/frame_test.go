package session_test

// Frames one at a time: every first octet, every key, whose buffer a control
// frame's payload is in, and which queue a pong comes from.

import (
	"io"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
)

// Every first octet of a frame, RFC 6455 sections 5.2, 5.4 and 5.5, within a
// message and without, where RSV1 has an owner and where not: it is judged when
// it comes.
func TestFirstOctets(t *testing.T) {
	want := func(b byte, deflate, within bool) error {
		switch opcode, rsv := b&15, b>>4&7; {
		case rsv == 4 && deflate && (opcode == 1 || opcode == 2) && !within:
			return io.ErrUnexpectedEOF
		case rsv == 4 && deflate && (opcode == 1 || opcode == 2):
			return session.ErrMessageOpen
		case rsv != 0:
			return session.ErrFrameReserved
		case opcode >= 3 && opcode <= 7, opcode >= 11:
			return session.ErrFrameOpcode
		case opcode >= 8 && b < 0x80:
			return session.ErrControlFragmented
		case opcode == 0 && !within:
			return session.ErrContinuation
		case (opcode == 1 || opcode == 2) && within:
			return session.ErrMessageOpen
		}
		return io.ErrUnexpectedEOF // the rest of the frame is to come
	}
	for _, answer := range []string{"", "permessage-deflate"} {
		for _, before := range []string{"", "\x01\x00", "\x02\x00"} {
			for b := range 256 {
				c := open(t, session.Config{}, answer)
				_, _, err := receiveAll(t, c, append([]byte(before), byte(b)), nil)
				if want := want(byte(b), answer != "", before != ""); err != want {
					t.Errorf("%q, behind %q: %#x: %v, want %v", answer, before, b, err, want)
				}
			}
		}
	}
}

// Not only what is sent as it is has fresh keys, RFC 6455 section 5.3: answers
// to pings and compressed messages have as well.
func TestMaskKeysOfAnswersAndCompressed(t *testing.T) {
	const n = 1000
	distinct := func(name string, next func() []byte) {
		seen := make(map[[4]byte]bool)
		for range n {
			seen[[4]byte(next()[2:6])] = true
		}
		if len(seen) < n-3 { // birthdays are rare among 2^32
			t.Errorf("%s: %d keys in %d frames", name, len(seen), n)
		}
	}

	c := open(t, session.Config{}, "")
	if err := c.Receive(new(session.Op)); err != nil {
		t.Fatal(err)
	}
	distinct("pong", func() []byte {
		a := action(t, c, session.ReceiveQueue, session.ReceiveFromNetwork)
		complete(t, c, a, copy(a.Buffers[0], "\x89\x01a"))
		a = action(t, c, session.ReceiveQueue, session.SendToNetwork)
		defer complete(t, c, a, len(a.Buffers[0]))
		return append([]byte(nil), a.Buffers[0]...)
	})

	c = open(t, session.Config{Deflate: &deflate.Codec{Threshold: -1}}, "permessage-deflate; client_no_context_takeover")
	distinct("compressed", func() []byte {
		return sendAll(t, c, &session.Op{Type: session.UTF8Message, Data: []byte("Hello")})
	})
}

// The payload of a pong or a close is in the caller's buffer if there is room,
// else in one of the Client's.
func TestControlPayload(t *testing.T) {
	for _, row := range []struct {
		name, wire, want string
		room             int
		callers          bool
	}{
		{"pong", "\x8a\x05Hello", "Hello", 100, true},
		{"pong, just", "\x8a\x05Hello", "Hello", 5, true},
		{"pong, too long", "\x8a\x05Hello", "Hello", 4, false},
		{"pong, lent", "\x8a\x05Hello", "Hello", 0, false},
		{"close", "\x88\x05\x03\xe8bye", "bye", 3, true},
		{"close, too long", "\x88\x05\x03\xe8bye", "bye", 2, false},
		{"close, lent", "\x88\x05\x03\xe8bye", "bye", 0, false},
	} {
		c, data := open(t, session.Config{}, ""), make([]byte, row.room)
		if err := c.Receive(&session.Op{Data: data}); err != nil {
			t.Fatal(err)
		}
		a := action(t, c, session.ReceiveQueue, session.ReceiveFromNetwork)
		complete(t, c, a, copy(a.Buffers[0], row.wire))
		a = action(t, c, session.ReceiveQueue, session.IndicateReceiveComplete)
		if string(a.Buffers[0]) != row.want || row.callers != (row.room > 0 && &a.Buffers[0][0] == &data[0]) {
			t.Errorf("%s: %q, and the caller has %q", row.name, a.Buffers[0], data)
		}
	}
}

// While a frame is being sent, receiving goes on. Once it is sent the pong comes
// from whichever queue is asked first, and a ReceiveFromNetwork that is
// outstanding does not hold it up.
func TestPongFromEitherQueue(t *testing.T) {
	for _, q := range []session.ActionQueue{session.SendQueue, session.ReceiveQueue, session.AllQueues} {
		c := open(t, session.Config{}, "")
		if err := c.Send(&session.Op{Type: session.UTF8Message, Data: []byte("a")}); err != nil {
			t.Fatal(err)
		}
		if err := c.Receive(new(session.Op)); err != nil {
			t.Fatal(err)
		}
		sending := action(t, c, session.SendQueue, session.SendToNetwork)
		a := action(t, c, session.ReceiveQueue, session.ReceiveFromNetwork)
		complete(t, c, a, copy(a.Buffers[0], "\x89\x01p"))
		action(t, c, session.ReceiveQueue, session.ReceiveFromNetwork)
		action(t, c, q, session.NoAction)
		complete(t, c, sending, 7)
		a = action(t, c, q, session.SendToNetwork)
		if firsts, payloads := frames(t, a.Buffers[0]); a.Op != nil || len(firsts) != 1 || firsts[0] != 0x8a || string(payloads[0]) != "p" {
			t.Errorf("queue %d: %v, %x %q", q, a.Op, firsts, payloads)
		}
		complete(t, c, a, 7)
		action(t, c, session.SendQueue, session.IndicateSendComplete)
	}
}

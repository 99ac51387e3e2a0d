package session_test

// What transcripts cannot tell: sizes, randomness, every status, misuse. How an
// open client is driven comes first.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"unsafe"

	"github.com/zeroshake/zeroshake/session"
)

// open returns a client behind its handshake, with permessage-deflate if there
// is an answer of the server's.
func open(t testing.TB, cfg session.Config, answer string) *session.Client {
	t.Helper()
	cfg.Rand = sample.Rand
	offer, fields := session.Offer{Host: "example.com"}, own
	if answer != "" {
		offer.Extensions = []string{"permessage-deflate; client_max_window_bits"}
		fields = append(fields[:len(fields):len(fields)], "Sec-WebSocket-Extensions", answer)
	}
	request, err := session.NewRequest(offer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := session.NewClient(&cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.BeginHandshake(nil, request); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.EndHandshake(response(fields...), make([]int, 1)); err != nil {
		t.Fatal(err)
	}
	return c
}

// action returns what is to be done next, which must be of this kind.
func action(t testing.TB, c *session.Client, q session.ActionQueue, kind session.ActionKind) *session.Action {
	t.Helper()
	a := new(session.Action)
	if err := c.GetAction(q, a); err != nil || a.Kind != kind {
		t.Fatalf("action %v, %v; want %v", a.Kind, err, kind)
	}
	return a
}

func complete(t testing.TB, c *session.Client, a *session.Action, n int) {
	t.Helper()
	if err := c.CompleteAction(a, n); err != nil {
		t.Fatal(err)
	}
}

// sendAll sends op and returns the octets, written whole.
func sendAll(t testing.TB, c *session.Client, op *session.Op) (wire []byte) {
	t.Helper()
	if err := c.Send(op); err != nil {
		t.Fatal(err)
	}
	for {
		a := new(session.Action)
		if err := c.GetAction(session.SendQueue, a); err != nil {
			t.Fatal(err)
		}
		wire = append(append(wire, a.Buffers[0]...), a.Buffers[1]...)
		complete(t, c, a, len(a.Buffers[0])+len(a.Buffers[1]))
		if a.Kind != session.SendToNetwork {
			if a.Kind != session.IndicateSendComplete || a.Op != op || a.Cancelled {
				t.Fatalf("%+v", a)
			}
			return wire
		}
	}
}

// receiveAll receives a message from wire.
func receiveAll(t testing.TB, c *session.Client, wire []byte, data []byte) (kind session.BufferType, message []byte, err error) {
	t.Helper()
	op := &session.Op{Data: data}
	if err := c.Receive(op); err != nil {
		return 0, nil, err
	}
	for {
		a := new(session.Action)
		if err := c.GetAction(session.ReceiveQueue, a); err != nil {
			return 0, message, err
		}
		switch a.Kind {
		case session.ReceiveFromNetwork:
			n := copy(a.Buffers[0], wire)
			if n == 0 {
				return 0, message, io.ErrUnexpectedEOF
			}
			wire = wire[n:]
			complete(t, c, a, n)
		case session.IndicateReceiveComplete:
			message = append(message, a.Buffers[0]...)
			complete(t, c, a, 0)
			if a.Type == session.UTF8Message || a.Type == session.BinaryMessage {
				return a.Type, message, nil
			}
			if err := c.Receive(op); err != nil {
				return 0, message, err
			}
		default:
			t.Fatalf("%+v", a)
		}
	}
}

// frames reads the frames of the client's: first octets, and payloads unmasked.
func frames(t testing.TB, wire []byte) (firsts []byte, payloads [][]byte) {
	t.Helper()
	for len(wire) > 0 {
		n, head := int(wire[1]&0x7f), 2
		switch n {
		case 126:
			n, head = int(binary.BigEndian.Uint16(wire[2:])), 4
		case 127:
			n, head = int(binary.BigEndian.Uint64(wire[2:])), 10
		}
		key, payload := wire[head:head+4], bytes.Clone(wire[head+4:head+4+n])
		for i := range payload {
			payload[i] ^= key[i%4]
		}
		firsts, payloads = append(firsts, wire[0]), append(payloads, payload)
		wire = wire[head+4+n:]
	}
	return firsts, payloads
}

func TestClientIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(session.Client{}); n > 256 {
		t.Errorf("a Client has %d octets", n)
	}
}

// A million frames have a million keys, but for birthday chance: of 2^32 keys,
// some 116 come twice.
func TestMaskKeys(t *testing.T) {
	c, op := open(t, session.Config{}, ""), &session.Op{Type: session.UnsolicitedPong}
	seen, twice := make(map[[4]byte]bool, 1e6), 0
	var a session.Action
	for range 1_000_000 {
		if err := c.Send(op); err != nil {
			t.Fatal(err)
		}
		c.GetAction(session.SendQueue, &a)
		key := [4]byte(a.Buffers[0][2:6])
		if seen[key] {
			twice++
		}
		seen[key] = true
		c.CompleteAction(&a, 6)
		c.GetAction(session.SendQueue, &a)
		c.CompleteAction(&a, 0)
	}
	if twice > 300 {
		t.Errorf("%d keys came again", twice)
	}
}

// Without masking the mask bit stays, the key is zero, and the data is the
// caller's own.
func TestDisableMasking(t *testing.T) {
	c := open(t, session.Config{DisableMasking: true}, "")
	op := &session.Op{Type: session.BinaryMessage, Data: bytes.Repeat([]byte("a"), 1000)}
	if err := c.Send(op); err != nil {
		t.Fatal(err)
	}
	a := action(t, c, session.AllQueues, session.SendToNetwork)
	if string(a.Buffers[0]) != "\x82\xfe\x03\xe8\x00\x00\x00\x00" || a.N != 2 || &a.Buffers[1][0] != &op.Data[0] || len(a.Buffers[1]) != 1000 {
		t.Errorf("%x, %d", a.Buffers[0], a.N)
	}
	var w bytes.Buffer
	if n, err := a.WriteTo(&w); n != 1008 || err != nil || w.Len() != 1008 {
		t.Errorf("%d, %v", n, err)
	}
	complete(t, c, a, 1008)
	complete(t, c, action(t, c, session.AllQueues, session.IndicateSendComplete), 0)
	for _, op := range []*session.Op{{Type: session.BinaryMessage}, {Type: session.CloseMessage, Status: 1000}} {
		wire := sendAll(t, c, op)
		if string(wire[2:6]) != "\x00\x00\x00\x00" || wire[1]&0x80 == 0 {
			t.Errorf("%x", wire)
		}
	}
}

func TestProperties(t *testing.T) {
	for _, row := range []struct {
		cfg session.Config
		err error
	}{
		{session.Config{ReceiveBufferSize: 255}, session.ErrReceiveBufferSize},
		{session.Config{ReceiveBufferSize: -1}, session.ErrReceiveBufferSize},
		{session.Config{SendBufferSize: 255}, session.ErrSendBufferSize},
		{session.Config{ReceiveBufferSize: 256, SendBufferSize: 256}, nil},
	} {
		c, err := session.NewClient(&row.cfg)
		if err != row.err || (c == nil) != (err != nil) {
			t.Errorf("%+v: %v", row.cfg, err)
		}
	}
	if n := session.KeepAliveInterval(); n != 30000 {
		t.Error(n)
	}
	if v := session.SupportedVersions(); len(v) != 1 || v[0] != 13 {
		t.Error(v)
	}
}

// No more octets are asked for, or handed out at once, than the sizes say.
func TestBufferSizes(t *testing.T) {
	for _, row := range []struct{ size, payload, want int }{
		{0, 4096, 4096}, {0, 4097, 4097}, {0, 1 << 20, 64<<10 - 64}, {256, 1000, 256}, {257, 1000, 256}, {5000, 1 << 20, 5000},
	} {
		c := open(t, session.Config{SendBufferSize: row.size}, "")
		if err := c.Send(&session.Op{Type: session.BinaryMessage, Data: make([]byte, row.payload)}); err != nil {
			t.Fatal(err)
		}
		a := action(t, c, session.SendQueue, session.SendToNetwork)
		if got := len(a.Buffers[0]); got < row.want || got > row.want+14 {
			t.Errorf("size %d: %d octets of %d", row.size, got, row.payload)
		}
	}
}

// The status codes of RFC 6455 section 7.4 and of IANA's registry, both ways.
func TestCloseStatus(t *testing.T) {
	for status := range 1 << 16 {
		want := status >= 1000 && status <= 1014 && status != 1004 && status != 1005 && status != 1006 || status >= 3000 && status <= 4999
		c := open(t, session.Config{}, "")
		_, _, err := receiveAll(t, c, []byte{0x88, 2, byte(status >> 8), byte(status)}, nil)
		if received := err != session.ErrCloseStatus; received != want {
			t.Errorf("%d received: %v", status, err)
		}
		if status == 0 || status == 1005 { // none
			continue
		}
		c = open(t, session.Config{}, "")
		err = c.Send(&session.Op{Type: session.CloseMessage, Status: session.CloseStatus(status)})
		if (err == nil) != want || err != nil && err != session.ErrSendCloseStatus {
			t.Errorf("%d sent: %v", status, err)
		}
	}
}

func TestCloseCodeFor(t *testing.T) {
	for _, row := range []struct {
		err  error
		want session.CloseStatus
	}{
		{session.ErrUTF8, 1007}, {session.ErrCloseReason, 1007}, {session.ErrDeflateData, 1007}, {session.ErrMessageSize, 1009},
		{session.ErrFrameMasked, 1002}, {session.ErrContinuation, 1002}, {session.ErrCloseStatus, 1002},
		{fmt.Errorf("wrapped: %w", session.ErrUTF8), 1007}, {io.EOF, 1002},
	} {
		if got := session.CloseCodeFor(row.err); got != row.want {
			t.Errorf("%v: %d, want %d", row.err, got, row.want)
		}
	}
}

// The text of a message is verified up to what RawFrame made of it, and that of the
// next one again.
func TestRawFrameInText(t *testing.T) {
	type part struct {
		t    session.BufferType
		data string
		err  error
	}
	raw := session.RawFrame(false, false, false, false, 0)
	for _, parts := range [][]part{
		{{session.UTF8Fragment, "\xe2\x82", nil}, {raw, "\xacX", nil}, {session.UTF8Message, "ok", nil}},
		{{session.RawFrame(false, false, false, false, 1), "\xe2\x82", nil}, {session.UTF8Fragment, "\xac", nil}, {session.UTF8Message, "", nil}},
		{{session.UTF8Fragment, "a", nil}, {raw, "b", nil}, {session.BinaryFragment, "c", session.ErrSendMessageOpen}, {session.UTF8Message, "d", nil}},
	} {
		c := open(t, session.Config{}, "")
		for _, p := range append(parts, part{session.UTF8Message, "\xac", session.ErrSendUTF8}, part{session.UTF8Message, "\xe2\x82\xac", nil}) {
			if err := c.Send(&session.Op{Type: p.t, Data: []byte(p.data)}); err != p.err {
				t.Errorf("%q of %v: %v, want %v", p.data, parts, err, p.err)
			}
		}
	}
}

func TestRawFrame(t *testing.T) {
	c := open(t, session.Config{}, "")
	for _, row := range []struct {
		t     session.BufferType
		data  string
		first byte
		err   error
	}{
		{session.RawFrame(false, true, false, false, 1), "\xff", 0x41, nil},
		{session.RawFrame(true, false, false, false, 2), "", 0, session.ErrSendMessageOpen},
		{session.RawFrame(true, false, true, false, 0), "a", 0xa0, nil},
		{session.RawFrame(true, false, false, false, 0), "", 0, session.ErrSendType},
		{session.RawFrame(true, false, false, true, 3), "a", 0x93, nil},
		{session.RawFrame(true, false, false, false, 8), "", 0, session.ErrSendType},
		{session.RawFrame(true, false, false, false, 9), "", 0, session.ErrSendType},
		{session.RawFrame(true, false, false, false, 11), "a", 0x8b, nil},
		{session.RawFrame(false, false, false, false, 11), "a", 0, session.ErrSendType},
		{session.RawFrame(true, false, false, false, 11), strings.Repeat("a", 126), 0, session.ErrSendControl},
		{session.RawFrame(true, false, false, false, 11) | 0x100, "a", 0, session.ErrSendType},
		{session.RawFrame(false, false, false, false, 0x12), "a", 0, session.ErrSendType},
		{session.RawFrame(false, false, false, false, 0x82), "a", 0, session.ErrSendType},
		{session.RawFrame(true, true, true, true, 0xff), "a", 0, session.ErrSendType},
	} {
		op := &session.Op{Type: row.t, Data: []byte(row.data)}
		if row.err != nil {
			if err := c.Send(op); err != row.err {
				t.Errorf("%#x: %v, want %v", row.t, err, row.err)
			}
			continue
		}
		firsts, payloads := frames(t, sendAll(t, c, op))
		if len(firsts) != 1 || firsts[0] != row.first || string(payloads[0]) != row.data {
			t.Errorf("%#x: %x %q", row.t, firsts, payloads)
		}
	}
}

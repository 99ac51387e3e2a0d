package fuzz

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// FuzzStream: what a client makes of any stream of the server's, in any chunks,
// into any buffers, is what the twin makes of it; what is lent is not used once
// it was given back.
func FuzzStream(f *testing.F) {
	for _, stream := range []string{
		"\x81\x05Hello\x88\x02\x03\xe8", "\x01\x03Hel\x89\x01p\x80\x02lo", "\x82\x7e\x01\x00" + string(make([]byte, 256)), "\x81\x03a\xc3\xa9\x8a\x00",
		"\x81\x02\xc3\x28", "\x81\x02a\xc3", "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", "\xc1\x00", "\x88\x01", "\x88\x03\x03\xe8\xff", "\x01\x01a\x01\x01b", "\x80\x00",
	} {
		for _, size := range []uint8{0, 7} {
			f.Add([]byte(stream), []byte{1, 200, 3}, uint8(0), size)
		}
	}
	f.Fuzz(func(t *testing.T, stream, chunks []byte, limit, size uint8) {
		if len(stream) > 2048 {
			return
		}
		cfg := &session.Config{MaxMessageSize: int(limit) * 4, ReceiveBufferSize: 256}
		c := opened(t, cfg)
		got, want := drive(t, c, stream, chunks, int(size)), read(stream, cfg.MaxMessageSize)
		if !slices.Equal(got, want) {
			t.Fatalf("%q\ntwin %q", got, want)
		}
	})
}

// opened returns a client behind its handshake.
func opened(t *testing.T, cfg *session.Config) *session.Client {
	cfg.Rand = bytes.NewReader([]byte("the sample nonce"))
	request, err := session.NewRequest(session.Offer{Host: "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	c := new(session.Client)
	if err := c.Init(cfg); err != nil {
		t.Fatal(err)
	}
	if _, err := c.BeginHandshake(nil, request); err != nil {
		t.Fatal(err)
	}
	var r parse.Response
	if _, err := r.Parse([]byte("HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.EndHandshake(&r, nil); err != nil {
		t.Fatal(err)
	}
	return c
}

// drive gives the stream to c and tells what comes of it.
func drive(t *testing.T, c *session.Client, stream, chunks []byte, size int) (events []string) {
	var message []byte
	op := &session.Op{Data: make([]byte, size)}
	if err := c.Receive(op); err != nil {
		t.Fatal(err)
	}
	for chunk := 0; ; {
		a := new(session.Action)
		if err := c.GetAction(session.AllQueues, a); err != nil {
			if c.State() != session.Broken {
				t.Fatalf("%v in %v", err, c.State())
			}
			givenBack(t, c, op)
			return append(events, fmt.Sprint(err, " ", session.CloseCodeFor(err)))
		}
		n := 0
		switch a.Kind {
		case session.NoAction:
			return events
		case session.SendToNetwork:
			b := a.Buffers[0]
			for i := range b[6:] {
				b[6+i] ^= b[2+i%4]
			}
			events = append(events, fmt.Sprintf("sent %x %q", b[0], b[6:]))
			n = len(b)
		case session.ReceiveFromNetwork:
			n = len(a.Buffers[0])
			if len(chunks) > 0 {
				n = min(n, int(chunks[chunk%len(chunks)])+1)
				chunk++
			}
			n = copy(a.Buffers[0][:n], stream)
			stream = stream[n:]
			if n == 0 {
				return events
			}
		case session.IndicateReceiveComplete:
			p := a.Buffers[0]
			switch a.Type {
			case session.PingPong:
				events = append(events, fmt.Sprintf("pong %q", p))
			case session.CloseMessage:
				events = append(events, fmt.Sprintf("close %d %q", a.Status, p))
			default:
				message = append(message, p...)
				if a.Type == session.UTF8Message || a.Type == session.BinaryMessage {
					events = append(events, fmt.Sprintf("message %x %q", uint32(a.Type), message))
					message = nil
				}
			}
			if len(p) > 256 && size <= 256 {
				t.Fatalf("%d octets at once", len(p))
			}
			for i := range p {
				p[i] = 0xee // they are ours until the action is completed
			}
		}
		if err := c.CompleteAction(a, n); err != nil {
			t.Fatal(err)
		}
		if a.Kind == session.IndicateReceiveComplete && a.Type != session.CloseMessage {
			if err := c.Receive(op); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// givenBack: a client that is Broken gives back the Receive that it has.
func givenBack(t *testing.T, c *session.Client, op *session.Op) {
	a := new(session.Action)
	if err := c.GetAction(session.AllQueues, a); err != nil || a.Kind != session.IndicateReceiveComplete || !a.Cancelled || a.Op != op {
		t.Fatalf("after the fault: %+v, %v", a, err)
	}
	if err := c.CompleteAction(a, 0); err != nil {
		t.Fatal(err)
	}
	if err := c.GetAction(session.AllQueues, a); err != nil || a.Kind != session.NoAction {
		t.Fatalf("at the end: %+v, %v", a, err)
	}
}

// read is the naive twin: RFC 6455 sections 5.2 to 5.6, 7.4 and 8.1.
func read(b []byte, limit int) (events []string) {
	if limit == 0 {
		limit = 32 << 20
	}
	var message []byte
	open := byte(0)
	refuse := func(e session.Error, status int) []string { return append(events, fmt.Sprint(e, " ", status)) }
	for len(b) > 0 {
		opcode, fin := b[0]&15, b[0]&0x80 != 0
		switch {
		case b[0]&0x70 != 0:
			return refuse(session.ErrFrameReserved, 1002)
		case opcode > 2 && opcode < 8 || opcode > 10:
			return refuse(session.ErrFrameOpcode, 1002)
		case opcode >= 8 && !fin:
			return refuse(session.ErrControlFragmented, 1002)
		case opcode == 0 && open == 0:
			return refuse(session.ErrContinuation, 1002)
		case opcode > 0 && opcode < 8 && open != 0:
			return refuse(session.ErrMessageOpen, 1002)
		}
		if len(b) < 2 {
			return events
		}
		n, head := uint64(b[1]&0x7f), 2
		switch {
		case b[1]&0x80 != 0:
			return refuse(session.ErrFrameMasked, 1002)
		case opcode >= 8 && n > 125:
			return refuse(session.ErrControlLength, 1002)
		case opcode == 8 && n == 1:
			return refuse(session.ErrCloseLength, 1002)
		case n == 126:
			if head = 4; len(b) < head {
				return events
			}
			if n = uint64(binary.BigEndian.Uint16(b[2:])); n < 126 {
				return refuse(session.ErrFrameLengthForm, 1002)
			}
		case n == 127:
			head = 10
			if len(b) > 2 && b[2] > 0x7f {
				return refuse(session.ErrFrameLength, 1002)
			}
			if len(b) >= 8 && string(b[2:8]) == "\x00\x00\x00\x00\x00\x00" {
				return refuse(session.ErrFrameLengthForm, 1002)
			}
			if len(b) < head {
				return events
			}
			n = binary.BigEndian.Uint64(b[2:])
		}
		b = b[head:]
		whole := n <= uint64(len(b))
		payload := b[:min(n, uint64(len(b)))]
		if opcode >= 8 {
			if !whole {
				return events
			}
			switch opcode {
			case 9:
				events = append(events, fmt.Sprintf("sent 8a %q", payload))
			case 10:
				events = append(events, fmt.Sprintf("pong %q", payload))
			default:
				if len(payload) == 0 {
					return append(events, `close 1005 ""`)
				}
				status := int(payload[0])<<8 | int(payload[1])
				if status < 1000 || status >= 1004 && status <= 1006 || status >= 1015 && status < 3000 || status >= 5000 {
					return refuse(session.ErrCloseStatus, 1002)
				}
				if !utf8.Valid(payload[2:]) {
					return refuse(session.ErrCloseReason, 1007)
				}
				return append(events, fmt.Sprintf("close %d %q", status, payload[2:]))
			}
			b = b[n:]
			continue
		}
		if n > uint64(limit-len(message)) {
			return refuse(session.ErrMessageSize, 1009)
		}
		if opcode != 0 {
			open = opcode
		}
		message = append(message, payload...)
		if open == 1 && (!beginsText(message) || whole && fin && !utf8.Valid(message)) {
			return refuse(session.ErrUTF8, 1007)
		}
		if !whole {
			return events
		}
		b = b[n:]
		if fin {
			t := session.BinaryMessage
			if open == 1 {
				t = session.UTF8Message
			}
			events = append(events, fmt.Sprintf("message %x %q", uint32(t), message))
			message, open = nil, 0
		}
	}
	return events
}

// beginsText reports whether some text begins with p.
func beginsText(p []byte) bool {
	for n := range min(4, len(p)+1) { // octets of a code point that is cut
		if !utf8.Valid(p[:len(p)-n]) {
			continue
		}
		if n == 0 {
			return true
		}
		for _, tail := range []string{"\x80", "\xbf", "\x80\x80", "\xbf\xbf", "\x80\x80\x80", "\xbf\xbf\xbf"} {
			if utf8.Valid(append(slices.Clone(p[len(p)-n:]), tail...)) {
				return true
			}
		}
	}
	return false
}

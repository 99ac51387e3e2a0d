package fuzz

import (
	"encoding/binary"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/zeroshake/zeroshake/session"
)

// FuzzSend: whatever is sent, in whatever parts it is written, the frames are
// masked, in their shortest form, and hold it; what is refused leaves no octet.
func FuzzSend(f *testing.F) {
	f.Add([]byte("\x00Hello\x05ping\x01frag\x00ment"), []byte{3, 5}, uint16(0))
	f.Add([]byte("\x02\x03binary\x04close"), []byte{5}, uint16(300))
	f.Fuzz(func(t *testing.T, data, sizes []byte, repeat uint16) {
		if len(data) > 300 || len(sizes) == 0 {
			return
		}
		c := opened(t, &session.Config{SendBufferSize: 256})
		var want []string
		var wire, text []byte
		open := session.BufferType(0) // of the message that is open: its last part's
		closed := false
		for i := 0; len(data) > 0; i++ {
			kind := session.UTF8Message + session.BufferType(data[0]%7)
			n := min(int(sizes[i%len(sizes)]), len(data)-1)
			payload := slices.Repeat(data[1:1+n], 1+int(repeat)%70)
			data = data[1+n:]
			op := &session.Op{Type: kind, Data: payload}
			header, ok := byte(0), !closed
			switch kind {
			case session.UTF8Message, session.UTF8Fragment, session.BinaryMessage, session.BinaryFragment:
				last, isText := kind == session.UTF8Message || kind == session.BinaryMessage, kind <= session.UTF8Fragment
				message := session.BinaryMessage
				if isText {
					message = session.UTF8Message
				}
				if open == 0 {
					header = 2
					if isText {
						header = 1
					}
				}
				all := append(slices.Clone(text), payload...)
				ok = ok && (open == 0 || open == message) && (!isText || beginsText(all) && (!last || utf8.Valid(all)))
				if last {
					header |= 0x80
				}
				if ok {
					if text, open = all, message; last {
						text, open = nil, 0
					}
				}
			case session.CloseMessage:
				header, op.Status = 0x88, 1000
				ok = ok && len(payload) <= 123 && utf8.Valid(payload)
				payload = append([]byte{0x03, 0xe8}, payload...)
				closed = closed || ok
			default:
				header = 0x89
				if kind == session.UnsolicitedPong {
					header = 0x8a
				}
				ok = len(payload) <= 125
			}
			if err := c.Send(op); (err == nil) != ok {
				t.Fatalf("%x with %q: %v", uint32(kind), op.Data, err)
			}
			if ok {
				want = append(want, string([]byte{header})+string(payload))
			}
			for ok {
				var a session.Action
				if err := c.GetAction(session.SendQueue, &a); err != nil {
					t.Fatal(err)
				}
				if len(a.Buffers[0]) > 256+14 {
					t.Fatalf("%d octets at once", len(a.Buffers[0]))
				}
				wire = append(wire, a.Buffers[0]...)
				clear(a.Buffers[0])
				if err := c.CompleteAction(&a, len(a.Buffers[0])); err != nil {
					t.Fatal(err)
				}
				ok = a.Kind == session.SendToNetwork
			}
		}
		if got := unframe(t, wire); !slices.Equal(got, want) {
			t.Fatalf("%q\nwant %q", got, want)
		}
	})
}

// unframe reads the client's frames: first octet and payload of each.
func unframe(t *testing.T, b []byte) (frames []string) {
	for len(b) > 0 {
		n, head, least := int(b[1]&0x7f), 2, 0
		switch {
		case b[1]&0x80 == 0:
			t.Fatalf("not masked: %x", b[:2])
		case n == 126:
			n, head, least = int(binary.BigEndian.Uint16(b[2:])), 4, 126
		case n == 127:
			n, head, least = int(binary.BigEndian.Uint64(b[2:])), 10, 65536
		}
		if n < least {
			t.Fatalf("not in its shortest form: %x", b[:head])
		}
		key, payload := b[head:head+4], b[head+4:head+4+n]
		for i := range payload {
			payload[i] ^= key[i%4]
		}
		frames = append(frames, string(b[:1])+string(payload))
		b = b[head+4+n:]
	}
	return frames
}

package session_test

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
)

// What is sent compressed is what the codec of the other side reads, in one
// frame or several, with the context taken over or not.
func TestCompression(t *testing.T) {
	text := strings.Repeat("the quick brown fox, ", 20_000)
	numbers := make([]byte, 0, 1<<20)
	for i := range 150_000 {
		numbers = strconv.AppendInt(numbers, int64(i*i), 36)
	}
	for _, answer := range []string{"permessage-deflate", "permessage-deflate; client_no_context_takeover; server_no_context_takeover", "permessage-deflate; client_max_window_bits=9"} {
		codec := &deflate.Codec{}
		c := open(t, session.Config{Deflate: codec}, answer)
		params, _ := c.Deflate()
		server := codec.Decompressor(params) // reads what the client writes: the windows are as large
		if params.ClientNoContextTakeover {
			params.ServerNoContextTakeover = true
		}
		for i, message := range []string{text, "short", string(numbers), text[:600], text[:600]} {
			firsts, payloads := frames(t, sendAll(t, c, &session.Op{Type: session.BinaryMessage, Data: []byte(message)}))
			compressed := len(message) >= 512
			if first := firsts[0]; first&0x4f != 0x42 && compressed || first != 0x82 && !compressed {
				t.Errorf("%s, message %d: first octet %x", answer, i, first)
			}
			for _, first := range firsts[1:] {
				if first&0x7f != 0 {
					t.Errorf("%s, message %d: a later frame begins with %x", answer, i, first)
				}
			}
			if last := firsts[len(firsts)-1]; last&0x80 == 0 {
				t.Errorf("%s, message %d: no end", answer, i)
			}
			got := bytes.Join(payloads, nil)
			if compressed {
				server.Begin(append(got, session.DeflateTail...))
				var err error
				if got, err = io.ReadAll(server); err != nil {
					t.Fatal(err)
				}
			}
			if string(got) != message {
				t.Errorf("%s, message %d: %d octets", answer, i, len(got))
			}
		}
		server.Free()
		held := codec.Compressors()
		if c.Reset(); held != 1 && !params.ClientNoContextTakeover || codec.Compressors() != 0 {
			t.Errorf("%s: %d compressors held, %d after Reset", answer, held, codec.Compressors())
		}
	}
}

// What comes compressed is received decompressed, in parts or whole, and the
// limit counts what it becomes.
func TestDecompression(t *testing.T) {
	const hello = "\xf2\x48\xcd\xc9\xc9\x07\x00" // RFC 7692 section 7.2.3.1
	bomb := deflated(t, strings.Repeat("a", 1<<20))
	for _, row := range []struct {
		name, wire string
		limit      int
		want       string
		err        error
	}{
		{"whole", "\xc1\x07" + hello, 0, "Hello", nil},
		{"in frames", "\x41\x03" + hello[:3] + "\x80\x04" + hello[3:], 0, "Hello", nil},
		{"empty", "\xc1\x01\x00", 0, "", nil},
		{"not compressed", "\x81\x05Hello", 0, "Hello", nil},
		{"just", "\xc1\x07" + hello, 5, "Hello", nil},
		{"too long", "\xc1\x07" + hello, 4, "", session.ErrMessageSize},
		{"bomb", "\xc2\x7e" + string([]byte{byte(len(bomb) >> 8), byte(len(bomb))}) + bomb, 100_000, "", session.ErrMessageSize},
		{"garbage", "\xc2\x02\xff\xff", 0, "", session.ErrDeflateData},
		{"cut", "\xc2\x03" + hello[:3], 0, "", session.ErrDeflateData},
		{"not UTF-8", "\xc1" + string(rune(len(deflated(t, "\xff")))) + deflated(t, "\xff"), 0, "", session.ErrUTF8},
		{"a compressed ping", "\xc9\x00", 0, "", session.ErrFrameReserved},
	} {
		for _, data := range [][]byte{nil, make([]byte, 1), make([]byte, 5), make([]byte, 1000)} {
			for cut := range len(row.wire) {
				c := open(t, session.Config{Deflate: &deflate.Codec{}, MaxMessageSize: row.limit}, "permessage-deflate")
				kind, got, err := receiveParts(t, c, row.wire, cut, data)
				if err != row.err || err == nil && (string(got) != row.want || kind != session.UTF8Message) {
					t.Fatalf("%s, cut at %d, by %d: %#x, %q, %v", row.name, cut, len(data), kind, got, err)
				}
				if row.limit > 0 && len(got) > row.limit {
					t.Fatalf("%s: %d octets came", row.name, len(got))
				}
				if len(row.wire) > 100 {
					break
				}
			}
		}
	}
}

// receiveParts is receiveAll, of a stream in two parts.
func receiveParts(t testing.TB, c *session.Client, wire string, cut int, data []byte) (kind session.BufferType, message []byte, err error) {
	op := &session.Op{Data: data}
	if err := c.Receive(op); err != nil {
		return 0, nil, err
	}
	parts := []string{wire[:cut], wire[cut:]}
	for {
		a := new(session.Action)
		if err := c.GetAction(session.ReceiveQueue, a); err != nil {
			return 0, message, err
		}
		n := 0
		switch a.Kind {
		case session.ReceiveFromNetwork:
			for parts[0] == "" {
				if parts = parts[1:]; len(parts) == 0 {
					return 0, message, io.ErrUnexpectedEOF
				}
			}
			n = copy(a.Buffers[0], parts[0])
			parts[0] = parts[0][n:]
		case session.IndicateReceiveComplete:
			message = append(message, a.Buffers[0]...)
		}
		complete(t, c, a, n)
		if a.Kind != session.IndicateReceiveComplete {
			continue
		}
		if a.Type == session.UTF8Message || a.Type == session.BinaryMessage {
			return a.Type, message, nil
		}
		if err := c.Receive(op); err != nil {
			return 0, message, err
		}
	}
}

// deflated is the payload of a compressed message.
func deflated(t testing.TB, message string) string {
	t.Helper()
	z := new(deflate.Codec).Compressor(session.DeflateParams{ClientNoContextTakeover: true, ClientMaxWindowBits: 15})
	defer z.Free()
	b, err := z.Compress(nil, []byte(message), true)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(b), "\x00\x00\xff\xff")
}

// A codec may refuse what was negotiated.
func TestDeflateUnsupported(t *testing.T) {
	c, err := session.NewClient(&session.Config{Rand: sample.Rand, Deflate: narrow{}})
	if err != nil {
		t.Fatal(err)
	}
	req := compile(t, session.Offer{Extensions: []string{"permessage-deflate; client_max_window_bits"}})
	if _, err := c.BeginHandshake(nil, req); err != nil {
		t.Fatal(err)
	}
	fields := append(own[:len(own):len(own)], "Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=9")
	if _, _, err := c.EndHandshake(response(fields...), make([]int, 1)); err != session.ErrDeflateUnsupported || c.State() != session.Failed {
		t.Errorf("%v, %v", err, c.State())
	}
}

// narrow is a codec with one window.
type narrow struct{}

func (narrow) Supports(p session.DeflateParams) bool                   { return p.ClientMaxWindowBits == 15 }
func (narrow) Worth(int) bool                                          { return false }
func (narrow) Compressor(session.DeflateParams) session.Compressor     { return nil }
func (narrow) Decompressor(session.DeflateParams) session.Decompressor { return nil }

package session_test

// What the compressed messages of a connection hold, and how much of one that
// only claims to be large.

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
)

// A compressed message that is far over the limit is refused by its lengths,
// before its octets come, in one frame or several; and no length is believed.
func TestCompressedLength(t *testing.T) {
	const k = "\x7e\x03\xe8" // a length of 1000
	thousand := strings.Repeat("\x00", 1000)
	for _, row := range []struct {
		name, wire string
		limit      int
		err        error
	}{
		{"a megabyte of a thousand", "\xc2\x7f\x00\x00\x00\x00\x00\x10\x00\x00", 1000, session.ErrMessageSize},
		{"in frames", "\x42" + k + thousand + "\x00" + k + thousand + "\x00" + k + thousand + "\x00" + k, 1000, session.ErrMessageSize},
		{"more than an int64 holds, with what came", "\x42\x01\x00\x80\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", -1, session.ErrMessageSize},
		{"no limit", "\xc2\x7f\x7f\xff\xff\xff\xff\xff\xff\xffabc", -1, io.ErrUnexpectedEOF},
	} {
		for _, data := range [][]byte{nil, make([]byte, 10)} {
			c := open(t, session.Config{Deflate: &deflate.Codec{}, MaxMessageSize: row.limit}, "permessage-deflate")
			if _, got, err := receiveAll(t, c, []byte(row.wire), data); err != row.err || len(got) != 0 {
				t.Errorf("%s: %q, %v, want %v", row.name, got, err, row.err)
			}
		}
	}
}

// What cannot be compressed comes longer than it is, a little longer where the
// server's zlib has little memory: in blocks of 127 octets, of memLevel 1. The limit
// is for what it was.
func TestIncompressible(t *testing.T) {
	const n = 10_000
	block := strings.Repeat("\xff", 127)
	payload := strings.Repeat("\x00\x7f\x00\x80\xff"+block, n) + "\x00"
	wire := binary.BigEndian.AppendUint64([]byte{0xc2, 127}, uint64(len(payload)))
	wire = append(wire, payload...)
	for _, row := range []struct {
		limit int
		err   error
	}{{n * len(block), nil}, {n*len(block) - 1, session.ErrMessageSize}} {
		c := open(t, session.Config{Deflate: &deflate.Codec{}, MaxMessageSize: row.limit}, "permessage-deflate")
		if _, got, err := receiveAll(t, c, wire, nil); err != row.err || err == nil && string(got) != strings.Repeat(block, n) {
			t.Errorf("limit %d: %d octets, %v, want %v", row.limit, len(got), err, row.err)
		}
	}
}

// The first part of a message decides whether it is compressed, of however many
// parts and with whatever between; RSV1 is on its first frame. What RawFrame makes
// is sent as it is.
func TestCompressedParts(t *testing.T) {
	codec := new(deflate.Codec)
	c := open(t, session.Config{Deflate: codec}, "permessage-deflate")
	server := codec.Decompressor(session.DeflateParams{ServerMaxWindowBits: 15}) // reads what the client writes
	defer server.Free()
	send := func(kind session.BufferType, data string) (first byte, payload []byte) {
		t.Helper()
		firsts, payloads := frames(t, sendAll(t, c, &session.Op{Type: kind, Data: []byte(data)}))
		if len(firsts) != 1 {
			t.Fatalf("%q: frames %x", data, firsts)
		}
		return firsts[0], payloads[0]
	}
	for _, want := range []string{"Hello", "Hello again", strings.Repeat("Hello, ", 100)} {
		var firsts, message []byte
		for _, part := range []struct {
			kind session.BufferType
			data string
		}{
			{session.UTF8Fragment, want[:3]}, {session.UTF8Fragment, ""}, {session.PingPong, "p"}, {session.UTF8Fragment, want[3:4]}, {session.UTF8Message, want[4:]},
		} {
			first, payload := send(part.kind, part.data)
			if firsts = append(firsts, first); part.kind != session.PingPong {
				message = append(message, payload...)
			} else if string(payload) != "p" {
				t.Errorf("a ping of %q", payload)
			}
		}
		if string(firsts) != "\x41\x00\x89\x00\x80" {
			t.Errorf("%q: frames %x", want, firsts)
		}
		server.Begin(append(message, session.DeflateTail...))
		if got, err := io.ReadAll(server); string(got) != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
		for _, plain := range []struct {
			kind  session.BufferType
			first byte
		}{
			{session.BinaryMessage, 0x82}, {session.RawFrame(true, false, false, false, 2), 0x82},
			{session.RawFrame(false, true, false, false, 1), 0x41}, {session.UTF8Message, 0x80},
		} {
			if first, payload := send(plain.kind, "as is"); first != plain.first || string(payload) != "as is" {
				t.Errorf("%#x: %#x %q", plain.kind, first, payload)
			}
		}
		if first, payload := send(session.RawFrame(true, false, false, false, 2), strings.Repeat("a", 1000)); first != 0x82 || len(payload) != 1000 {
			t.Errorf("a raw frame: %#x, %d octets", first, len(payload))
		}
	}
}

// A message that may be compressed has no raw part behind its first: its frames are
// the Client's.
func TestRawFrameInCompressed(t *testing.T) {
	c := open(t, session.Config{Deflate: &deflate.Codec{}}, "permessage-deflate")
	for _, part := range []struct {
		t   session.BufferType
		err error
	}{
		{session.BinaryFragment, nil},
		{session.RawFrame(true, false, true, false, 0), session.ErrSendType},
		{session.RawFrame(true, false, true, false, 3), nil}, // of an extension
		{session.BinaryMessage, nil},
		{session.RawFrame(false, true, false, false, 2), nil},
		{session.RawFrame(true, false, true, false, 0), nil},
	} {
		if err := c.Send(&session.Op{Type: part.t}); err != part.err {
			t.Errorf("%#x: %v, want %v", part.t, err, part.err)
		}
	}
}

// lending counts the decompressors that are out.
type lending struct {
	deflate.Codec
	out int
}

type lent struct {
	session.Decompressor
	codec *lending
}

func (l *lending) Decompressor(p session.DeflateParams) session.Decompressor {
	l.out++
	return lent{l.Codec.Decompressor(p), l}
}

func (l lent) Free() {
	l.codec.out--
	l.Decompressor.Free()
}

// A Decompressor may use its payload until Free: that comes before the payload goes to
// another connection, be it that the message is wrong.
func TestDecompressorIsFreed(t *testing.T) {
	for _, wire := range []string{
		"\xc2\x07\xf2\x48\xcd\xc9\xc9\x07\x00", // too large
		"\xc1\x05\x00\x01\x00\xfe\xff",         // cut
		"\xc1\x07\x00\x01\x00\xfe\xff\xff\x00", // not text
	} {
		codec := new(lending)
		c := open(t, session.Config{Deflate: codec, MaxMessageSize: 4}, "permessage-deflate")
		if _, got, err := receiveAll(t, c, []byte(wire), nil); err == nil || codec.out != 0 {
			t.Errorf("%x: %q, %v, %d decompressors are out", wire, got, err, codec.out)
		}
	}
}

// scarce has no compressor, or one that fails.
type scarce struct {
	deflate.Codec
	failing session.Compressor
}

func (s *scarce) Compressor(session.DeflateParams) session.Compressor { return s.failing }

type failing struct{}

func (failing) Compress(dst, _ []byte, _ bool) ([]byte, error) { return dst, io.ErrShortWrite }
func (failing) Free()                                          {}

// Without a compressor messages are sent as they are. A compressor that fails
// leaves a message that cannot be ended, so nothing more is sent.
func TestCompressorFails(t *testing.T) {
	c := open(t, session.Config{Deflate: &scarce{Codec: deflate.Codec{Threshold: -1}}}, "permessage-deflate")
	for _, kind := range []session.BufferType{session.UTF8Message, session.UTF8Fragment, session.UTF8Message} {
		if _, payloads := frames(t, sendAll(t, c, &session.Op{Type: kind, Data: []byte("Hello")})); string(payloads[0]) != "Hello" {
			t.Errorf("%q", payloads)
		}
	}

	c = open(t, session.Config{Deflate: &scarce{deflate.Codec{Threshold: -1}, failing{}}}, "permessage-deflate")
	first, second := &session.Op{Type: session.UTF8Message, Data: []byte("Hello")}, &session.Op{Type: session.PingPong}
	for _, op := range []*session.Op{first, second} {
		if err := c.Send(op); err != nil {
			t.Fatal(err)
		}
	}
	for _, op := range []*session.Op{first, second} {
		a := action(t, c, session.SendQueue, session.IndicateSendComplete)
		if a.Op != op || !a.Cancelled {
			t.Errorf("%+v", a)
		}
		complete(t, c, a, 0)
	}
	if err := c.Send(first); err != session.ErrSendCut {
		t.Error(err)
	}
}

// lender counts what the codec has lent.
type lender struct {
	deflate.Codec
	compressors, decompressors int
}

func (l *lender) Compressor(p session.DeflateParams) session.Compressor {
	l.compressors++
	return &lentCompressor{l.Codec.Compressor(p), l}
}

func (l *lender) Decompressor(p session.DeflateParams) session.Decompressor {
	l.decompressors++
	return &lentDecompressor{l.Codec.Decompressor(p), l}
}

type lentCompressor struct {
	session.Compressor
	of *lender
}

func (z *lentCompressor) Free() { z.of.compressors--; z.Compressor.Free() }

type lentDecompressor struct {
	session.Decompressor
	of *lender
}

func (z *lentDecompressor) Free() { z.of.decompressors--; z.Decompressor.Free() }

// Between messages a client has what keeps a context, and nothing else; after
// Abort, Reset or a fault and Abort it has nothing.
func TestCodecGivenBack(t *testing.T) {
	const hello = "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00" // RFC 7692 section 7.2.3.1
	for _, row := range []struct {
		answer                     string
		compressors, decompressors int
	}{
		{"permessage-deflate", 1, 1},
		{"permessage-deflate; client_no_context_takeover", 0, 1},
		{"permessage-deflate; server_no_context_takeover", 1, 0},
		{"permessage-deflate; client_no_context_takeover; server_no_context_takeover", 0, 0},
	} {
		for _, end := range []func(*session.Client){(*session.Client).Abort, (*session.Client).Reset, func(c *session.Client) {
			receiveAll(t, c, []byte("\xc1\x01\xff"), nil)
			if c.State() != session.Broken {
				t.Errorf("%s: %v", row.answer, c.State())
			}
			c.Abort()
		}} {
			codec := &lender{Codec: deflate.Codec{Threshold: -1}}
			c := open(t, session.Config{Deflate: codec}, row.answer)
			for range 2 {
				sendAll(t, c, &session.Op{Type: session.UTF8Message, Data: []byte("Hello")})
				if _, got, err := receiveAll(t, c, []byte(hello), nil); string(got) != "Hello" || err != nil {
					t.Fatalf("%s: %q, %v", row.answer, got, err)
				}
				if codec.compressors != row.compressors || codec.decompressors != row.decompressors {
					t.Errorf("%s: between messages %d, %d", row.answer, codec.compressors, codec.decompressors)
				}
			}
			end(c)
			if codec.compressors != 0 || codec.decompressors != 0 {
				t.Errorf("%s: in the end %d, %d", row.answer, codec.compressors, codec.decompressors)
			}
		}
	}
}

package bench

// BenchmarkGrowth: the table of what grows, then one function for each row; those
// of the loop are in growth_loop_test.go.

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// BenchmarkGrowth measures work at n and at 4n, for bench/gate -growth: four
// times as much takes four times as long, or less where something is constant.
func BenchmarkGrowth(b *testing.B) {
	for _, row := range []struct {
		of    string
		n     int
		bench func(b *testing.B, n int)
	}{
		{"head-octets", 4096, growHeadOctets},
		{"header-lines", 31, growHeaderLines},
		{"chunks", 1024, growChunks},
		{"chunks-read", 1024, growChunksRead},
		{"extensions-offered", 16, growExtensionsOffered},
		{"extensions-judged", 16, growExtensionsJudged},
		{"extension-elements", 16, growExtensionElements},
		{"subprotocols-offered", 64, growSubprotocolsOffered},
		{"request-headers", 64, growRequestHeaders},
		{"octets-sent", 16 << 10, growOctetsSent},
		{"octets-received", 16 << 10, growOctetsReceived},
		{"fragments", 64, growFragments},
		{"fragments-gathered", 64, growFragmentsGathered},
		{"connections", 128, growConnections},
		{"connections-echo", 512, growConnectionsEcho},
	} {
		for _, n := range []int{row.n, 4 * row.n} {
			b.Run(fmt.Sprintf("of=%s/n=%d", row.of, n), func(b *testing.B) { row.bench(b, n) })
		}
	}
}

const (
	headStart = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + heads.Accept + "\r\n"
	headEnd   = "\r\n"
)

// list makes "x-0, x-1, ..." of n names.
func list(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("x-%d", i)
	}
	return names
}

// growHead is one round of Parse and EndHandshake on a head.
func growHead(b *testing.B, head string, extensions []string, want int) {
	p := []byte(head)
	c := newClient(b, heads.Offer{Extensions: extensions}, sample)
	c.response.Fields = make([]parse.Field, 0, 128)
	if err := c.begin(); err != nil {
		b.Fatal(err)
	}
	begun := c.Client
	for b.Loop() {
		c.Client = begun
		if n, err := c.response.Parse(p); err != nil || n != len(p) {
			b.Fatal(n, err)
		}
		selected, _, err := c.EndHandshake(&c.response, c.selected)
		if err != nil || len(selected) != want {
			b.Fatal(selected, err)
		}
	}
}

func growHeadOctets(b *testing.B, n int) {
	growHead(b, headStart+"Server: "+strings.Repeat("x", n)+"\r\n"+headEnd, nil, 0)
}

func growHeaderLines(b *testing.B, n int) {
	growHead(b, headStart+strings.Repeat("X-Served-By: cache-fra-1\r\n", n)+headEnd, nil, 0)
}

// growChunks gives one octet more at each call.
func growChunks(b *testing.B, n int) {
	p := []byte(headStart + "Server: " + strings.Repeat("x", n-len(headStart+headEnd)-10) + "\r\n" + headEnd)
	r := parse.Response{Fields: make([]parse.Field, 0, 8)}
	for b.Loop() {
		for k := 1; k < n; k++ {
			if _, err := r.Parse(p[:k]); err != parse.ErrIncomplete {
				b.Fatal(k, err)
			}
		}
		if k, err := r.Parse(p); err != nil || k != n {
			b.Fatal(k, err)
		}
	}
}

// growChunksRead reads one octet at a time, through a reader that is smaller
// than the head.
func growChunksRead(b *testing.B, n int) {
	p := []byte(headStart + "Server: " + strings.Repeat("x", n-len(headStart+headEnd)-10) + "\r\n" + headEnd)
	var (
		src     bytes.Reader
		readers = parse.Pool{Size: 512}
		r       = parse.Response{Fields: make([]parse.Field, 0, 8)}
		one     = iotest.OneByteReader(&src)
	)
	for b.Loop() {
		src.Reset(p)
		br := readers.Get(one)
		r.Reset()
		if err := parse.ReadResponse(br, &r); err != nil || r.Offset() != n {
			b.Fatal(r.Offset(), err)
		}
		readers.Put(br)
	}
}

func growRequest(b *testing.B, o session.Offer) {
	o.Host = "bench.example"
	for b.Loop() {
		r, err := session.NewRequest(o)
		if err != nil || r.NumExtensions() != len(o.Extensions) {
			b.Fatal(err)
		}
	}
}

func growExtensionsOffered(b *testing.B, n int) { growRequest(b, session.Offer{Extensions: list(n)}) }

func growSubprotocolsOffered(b *testing.B, n int) {
	growRequest(b, session.Offer{Subprotocols: list(n)})
}

func growRequestHeaders(b *testing.B, n int) {
	o := session.Offer{Header: make([]session.Header, n)}
	for i, name := range list(n) {
		o.Header[i] = session.Header{Name: name, Value: "value"}
	}
	growRequest(b, o)
}

// growExtensionsJudged selects the last of n offers.
func growExtensionsJudged(b *testing.B, n int) {
	offers := list(n)
	growHead(b, headStart+"Sec-WebSocket-Extensions: "+offers[n-1]+"\r\n"+headEnd, offers, 1)
}

// growExtensionElements selects n of 64 offers.
func growExtensionElements(b *testing.B, n int) {
	offers, chosen := list(64), make([]string, n)
	for i := range chosen {
		chosen[i] = offers[i*len(offers)/n]
	}
	growHead(b, headStart+"Sec-WebSocket-Extensions: "+strings.Join(chosen, ", ")+"\r\n"+headEnd, offers, n)
}

func growOctetsSent(b *testing.B, n int) {
	c := open(b, session.Config{})
	op := session.Op{Type: session.UTF8Message, Data: bytes.Repeat([]byte("a"), n)}
	for b.Loop() {
		if sent, err := c.send(&op); err != nil || sent <= n {
			b.Fatal(sent, err)
		}
	}
}

func growOctetsReceived(b *testing.B, n int) {
	c := open(b, session.Config{})
	op, frame := session.Op{Data: make([]byte, n)}, serverFrame(0x81, "aé日é", n)
	for b.Loop() {
		if received, err := c.receive(&op, frame); err != nil || received != n {
			b.Fatal(received, err)
		}
	}
}

// fragmented is one text message in n frames of 8 octets, a third of which end
// within a code point.
func fragmented(n int) []byte {
	const text = "日本語é日é日é本" // 24 octets: 3 frames
	var frames []byte
	for i := range n {
		first := byte(0)
		if i == 0 {
			first = 0x01
		}
		if i == n-1 {
			first |= 0x80
		}
		frames = append(frames, first, 8)
		frames = append(frames, text[i%3*8:][:8]...)
	}
	return frames
}

func growFragments(b *testing.B, n int) {
	n -= n % 3 // the text ends with the last frame
	c := open(b, session.Config{})
	op, frames := session.Op{Data: make([]byte, 64)}, fragmented(n)
	for b.Loop() {
		if received, err := c.receive(&op, frames); err != nil || received != 8*n {
			b.Fatal(received, err)
		}
	}
}

// growFragmentsGathered reads a message as a whole.
func growFragmentsGathered(b *testing.B, n int) {
	n -= n % 3
	nc := &replay{head: []byte(headStart + headEnd), again: fragmented(n)}
	d := dial.Dialer{Config: &session.Config{Rand: sampleNonce{}}}
	c, err := d.Client(context.Background(), nc, "ws://bench.example/")
	if err != nil {
		b.Fatal(err)
	}
	defer c.CloseNow()
	var message []byte
	for b.Loop() {
		if _, message, err = c.ReadMessage(message[:0]); err != nil || len(message) != 8*n {
			b.Fatal(len(message), err)
		}
	}
}

// A replay is a connection to a server that sends a head, and then the same
// octets again and again.
type replay struct {
	head, again, unread []byte
	asked               bool
}

func (r *replay) Read(p []byte) (int, error) {
	switch {
	case !r.asked:
		return 0, io.ErrUnexpectedEOF
	case len(r.head) > 0:
		n := copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	case len(r.unread) == 0:
		r.unread = r.again
	}
	n := copy(p, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}

func (r *replay) Write(p []byte) (int, error)      { r.asked = true; return len(p), nil }
func (r *replay) Close() error                     { return nil }
func (r *replay) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (r *replay) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (r *replay) SetDeadline(time.Time) error      { return nil }
func (r *replay) SetReadDeadline(time.Time) error  { return nil }
func (r *replay) SetWriteDeadline(time.Time) error { return nil }

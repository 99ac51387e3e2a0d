package loop_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/zeroshake/zeroshake/accept"
)

// A server plays the other side: it accepts, reads the request, and leaves the
// rest to its script.
type server struct {
	net.Listener
	script func(*peer)
}

// A peer is a connection of the server's.
type peer struct {
	net.Conn
	ctx     context.Context // until the server ends
	br      *bufio.Reader
	request *http.Request // nil unless it was read
}

func newPeer(ctx context.Context, nc net.Conn) *peer {
	return &peer{Conn: nc, ctx: ctx, br: bufio.NewReader(nc)}
}

func serve(t testing.TB, script func(*peer)) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{l, script}
	go s.accept()
	t.Cleanup(func() { l.Close() })
	return s
}

func (s *server) accept() {
	for {
		nc, err := s.Accept()
		if err != nil {
			return
		}
		go func() {
			defer nc.Close()
			s.script(newPeer(context.Background(), nc))
		}()
	}
}

func (s *server) url() string { return "ws://" + s.Addr().String() + "/" }

// head reads the request and returns the response to it; if none comes, one that
// nobody will read.
func (p *peer) head() []byte {
	var k accept.Key
	if r, err := http.ReadRequest(p.br); err == nil {
		p.request = r
		copy(k[:], r.Header.Get("Sec-WebSocket-Key"))
	}
	v := accept.Of(k)
	return []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + string(v[:]) + "\r\n\r\n")
}

// upgrade sends the response with more behind it.
func (p *peer) upgrade(more ...byte) bool {
	_, err := p.Write(append(p.head(), more...))
	return p.request != nil && err == nil
}

// frame makes a server's frame.
func frame(first byte, payload []byte) []byte {
	f := []byte{first}
	switch n := len(payload); {
	case n < 126:
		f = append(f, byte(n))
	case n < 1<<16:
		f = binary.BigEndian.AppendUint16(append(f, 126), uint16(n))
	default:
		f = binary.BigEndian.AppendUint64(append(f, 127), uint64(n))
	}
	return append(f, payload...)
}

// next reads a client's frame.
func (p *peer) next() (first byte, payload []byte, err error) {
	var h [14]byte
	if _, err = io.ReadFull(p.br, h[:2]); err != nil {
		return 0, nil, err
	}
	n := uint64(h[1] & 127)
	switch n {
	case 126:
		_, err = io.ReadFull(p.br, h[2:4])
		n = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		_, err = io.ReadFull(p.br, h[2:10])
		n = binary.BigEndian.Uint64(h[2:])
	}
	if err != nil {
		return 0, nil, err
	}
	var key [4]byte
	if _, err = io.ReadFull(p.br, key[:]); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, n)
	if _, err = io.ReadFull(p.br, payload); err != nil {
		return 0, nil, err
	}
	for i := range payload {
		payload[i] ^= key[i%4]
	}
	return h[0], payload, nil
}

// echo sends back what comes, answers pings and the close, and returns then.
func echo(p *peer) {
	if !p.upgrade() {
		return
	}
	echoOn(p)
}

func echoOn(p *peer) {
	for {
		first, payload, err := p.next()
		if err != nil {
			return
		}
		switch first & 15 {
		case 9:
			first = 0x8a
		case 10:
			continue
		}
		if _, err = p.Write(frame(first, payload)); err != nil || first&15 == 8 {
			return
		}
	}
}

// Package serve is the server's end of WebSocket connections for tests: it
// checks every octet of the client's, and can send anything, wrong or right.
//
//	serve.go   the handshake, frames
//	script.go  what is said in a case: the language of cases/*.txt
//	play.go    saying it
//	volume.go  many and large messages
//	deflate.go compressed ones
package serve

import (
	"bufio"
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/zeroshake/zeroshake/accept"
)

// Conn is an open connection.
type Conn struct {
	net.Conn
	Path string // of the request
	r    *bufio.Reader
	pair *deflatePair // nil without permessage-deflate
	chop int          // octets to write at once, 0: all
	out  []byte
}

// Open answers the upgrade request on nc. extension says what to answer an
// offer of permessage-deflate with on that path; it may be "".
func Open(nc net.Conn, extension func(path string) string) (*Conn, error) {
	c := &Conn{Conn: nc, r: bufio.NewReaderSize(nc, 64<<10)}
	request, err := http.ReadRequest(c.r)
	if err != nil {
		return nil, err
	}
	c.Path = request.URL.Path
	key := request.Header.Get("Sec-WebSocket-Key")
	if request.Header.Get("Upgrade") != "websocket" || request.Header.Get("Sec-WebSocket-Version") != "13" || len(key) != len(accept.Key{}) {
		return nil, errors.New("not an upgrade request")
	}
	value := accept.Of(accept.Key([]byte(key)))
	lines := fmt.Sprintf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n", value[:])
	if answer := extension(c.Path); answer != "" {
		if c.pair, err = newDeflatePair(answer); err != nil {
			return nil, err
		}
		if !strings.Contains(request.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate") {
			return nil, errors.New("permessage-deflate is not offered")
		}
		lines += "Sec-WebSocket-Extensions: " + answer + "\r\n"
	}
	_, err = io.WriteString(nc, lines+"\r\n")
	return c, err
}

// send writes octets, in pieces if they are to be chopped.
func (c *Conn) send(octets []byte) error {
	for c.chop > 0 && len(octets) > c.chop {
		if _, err := c.Write(octets[:c.chop]); err != nil {
			return err
		}
		octets = octets[c.chop:]
	}
	_, err := c.Write(octets)
	return err
}

// sendFrame writes a frame with this first octet, its length in its shortest
// form.
func (c *Conn) sendFrame(first byte, payload []byte) error {
	b := append(c.out[:0], first)
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 65536:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	c.out = append(b, payload...)
	return c.send(c.out)
}

// readFrame reads a frame of the client's, which must be masked and its length
// in its shortest form: RFC 6455 sections 5.1 and 5.2.
func (c *Conn) readFrame() (first byte, payload []byte, err error) {
	var head [10]byte
	if _, err := io.ReadFull(c.r, head[:2]); err != nil {
		return 0, nil, err
	}
	first = head[0]
	if head[1]&0x80 == 0 {
		return 0, nil, errors.New("a frame without a mask")
	}
	n, least := uint64(head[1]&0x7f), uint64(0)
	switch n {
	case 126:
		_, err = io.ReadFull(c.r, head[:2])
		n, least = uint64(binary.BigEndian.Uint16(head[:])), 126
	case 127:
		_, err = io.ReadFull(c.r, head[:8])
		n, least = binary.BigEndian.Uint64(head[:]), 65536
	}
	if err == nil && (n < least || n > 64<<20) {
		err = fmt.Errorf("a length of %d", n)
	}
	if err != nil {
		return 0, nil, err
	}
	var key [4]byte
	if _, err = io.ReadFull(c.r, key[:]); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(c.r, payload)
	subtle.XORBytes(payload, payload, bytes.Repeat(key[:], len(payload)/4+1))
	return first, payload, err
}

// readMessage reads a message of the client's, or a control frame. compressed
// tells of the message, which is not any more, and first has no RSV1.
func (c *Conn) readMessage() (first byte, payload []byte, compressed bool, err error) {
	first, payload, err = c.readFrame()
	for err == nil && first&0x88 == 0 {
		var more byte
		var p []byte
		if more, p, err = c.readFrame(); more&0x7f != 0 {
			return more, p, false, fmt.Errorf("frame %x within a message", more)
		}
		payload, first = append(payload, p...), first|more
	}
	if compressed = c.pair != nil && first&0x48 == 0x40; compressed && err == nil {
		payload, err = c.pair.inflate(payload)
		first &^= 0x40
	}
	return first, payload, compressed, err
}

// end closes the connection first, as a server does (RFC 6455 section 7.1.1);
// the client must send nothing more.
func (c *Conn) end() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return err
		}
	}
	rest, err := io.ReadAll(c.r)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("behind the close the client sent %.20q", rest)
	}
	return err
}

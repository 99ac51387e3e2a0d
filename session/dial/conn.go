package dial

import (
	"bufio"
	"net"
	"time"

	"github.com/zeroshake/zeroshake/session"
)

// Conn is an open connection, as raw bytes: what is read and written are the
// octets of WebSocket frames (RFC 6455 section 5). It is an io.ReadWriteCloser.
//
// One goroutine may read while another writes; Close and the deadlines may be
// called at any time.
type Conn struct {
	stream      stream
	client      session.Client
	timing      Timing
	subprotocol string
	extensions  []int
	selected    [4]int // extensions lies here unless more were offered
}

// Timing says when the phases of a dial ended. The time of a phase that did not
// take place is zero: DNSDone if the host is an IP address or NetDial is set,
// DNSDone and Connected after Dialer.Client, TLSDone for ws.
//
// DNSDone and Connected are those of the proxy if there is one; its answer to
// CONNECT comes between Connected and TLSDone or Written. Written is taken right
// before the request is written, FirstByte when the response begins to arrive.
type Timing struct{ Start, DNSDone, Connected, TLSDone, Written, FirstByte, Done time.Time }

// Read reads what came right behind the response head, and then from the
// connection. Only in the first case does a Conn hold a buffer.
func (c *Conn) Read(p []byte) (int, error) { return c.stream.Read(p) }

// Write writes to the connection.
func (c *Conn) Write(p []byte) (int, error) { return c.stream.Write(p) }

// Close closes the connection without a closing handshake.
func (c *Conn) Close() error { return c.stream.Close() }

// SetDeadline is that of net.Conn. There is no deadline at first.
func (c *Conn) SetDeadline(t time.Time) error { return c.stream.SetDeadline(t) }

// SetReadDeadline is that of net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.stream.SetReadDeadline(t) }

// SetWriteDeadline is that of net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.stream.SetWriteDeadline(t) }

// NetConn returns the connection below, a *tls.Conn for wss, to ask for its
// addresses or state. Bytes that came right behind the response head are not in
// it: only Conn.Read gives them.
func (c *Conn) NetConn() net.Conn { return c.stream.Conn }

// Subprotocol returns the subprotocol that the server chose, "" for none.
func (c *Conn) Subprotocol() string { return c.subprotocol }

// Extensions returns the indices in Offer.Extensions of those that the server
// chose, in the order of its response (RFC 6455 section 9.1). The slice is the
// Conn's and must not be changed.
func (c *Conn) Extensions() []int { return c.extensions }

// Deflate returns the parameters of permessage-deflate, and whether it was
// negotiated.
func (c *Conn) Deflate() (session.DeflateParams, bool) { return c.client.Deflate() }

// Timing returns when the phases of the dial ended.
func (c *Conn) Timing() Timing { return c.timing }

// stream is a connection of which head was read ahead.
type stream struct {
	net.Conn
	head *bufio.Reader // nil, or has something buffered
}

func (s *stream) Read(p []byte) (int, error) {
	if s.head == nil {
		return s.Conn.Read(p)
	}
	n, err := s.head.Read(p) // from its buffer alone
	s.keep(s.head)
	return n, err
}

// keep makes br the head if it has something buffered, else gives it back.
func (s *stream) keep(br *bufio.Reader) {
	s.head = br
	if br.Buffered() == 0 {
		readers.Put(br)
		s.head = nil
	}
}

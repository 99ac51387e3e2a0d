package dial

// Conn: what it is made of, what can be asked of it, its deadlines. It reads in
// read.go, writes in write.go, and is pinged and closed in ping.go and close.go.

import (
	"bufio"
	"net"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/session"
)

// Conn is an open connection. Messages are read by one goroutine at a time, and
// written by one at a time, which may be another; Ping, Close, CloseNow and the
// deadlines may be called by any goroutine at any time. Pings of the server are
// answered, and its close is, while something reads: ReadMessage, a NextReader,
// Ping or Close.
//
// A Conn holds no buffer while nothing is read or written, nor while a read waits
// for the next message, unless it is given room for 4096 octets. Close or CloseNow
// gives its socket back, and is called even when the connection is over.
type Conn struct {
	stream       stream
	timing       Timing
	subprotocol  string
	header       []session.Header
	extensions   []int
	selected     [4]int // extensions lies here unless more were offered
	closeTimeout time.Duration
	maxQueued    int // octets that Ping may read ahead

	mu      sync.Mutex
	changed cond // something below did; its L is &mu
	client  session.Client

	reading      bool           // a goroutine receives: see receive
	readers      int            // those that wait to
	helper       *ping          // whose goroutine receives, nil if it is not a Ping
	interrupted  bool           // the read of a Ping or Close was ended
	receive      session.Op     // its
	received     session.Action // its
	first        [256]byte      // read into when nothing was there
	filled       bool           // the last read filled its buffer: more may be there
	ahead        []part         // what Ping has read before somebody asked for it
	reader       *messageReader // the NextReader that was not read to its end
	pings        []*ping        // those without an answer
	pinged       uint64         // how many there were
	readDeadline time.Time      // the caller's

	writing bool // a goroutine writes to stream, or is about to
	message bool // a NextWriter is open
	sending bool // write is in use
	write   write
	reply   write  // a close
	pongs   []byte // that are not written yet

	ended    error // why nothing is received any more
	writeErr error // why nothing can be written
	closing  bool  // Close was called: the deadlines are its own
	closed   bool  // stream is
}

// Timing says when the phases of a dial ended. The time of a phase that did not
// take place is zero: DNSDone if the host is an IP address or NetDial is set,
// DNSDone and Connected after Dialer.Client, TLSDone for ws.
//
// DNSDone and Connected are those of the proxy if there is one; its answer to
// CONNECT comes between Connected and TLSDone or Written. Written is taken right
// before the request is written, FirstByte when the response begins to arrive.
type Timing struct{ Start, DNSDone, Connected, TLSDone, Written, FirstByte, Done time.Time }

// SetDeadline is SetReadDeadline and SetWriteDeadline.
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline is that of net.Conn. There is none at first. After a read that
// was too late, whose error is an os.ErrDeadlineExceeded, another may go on.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readDeadline = t
	if c.closing || c.interrupted {
		return nil
	}
	return c.stream.SetReadDeadline(t)
}

// SetWriteDeadline is that of net.Conn. There is none at first. After a write
// that was too late no other is possible: a part of a frame may be sent.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return nil
	}
	return c.stream.SetWriteDeadline(t)
}

// NetConn returns the connection below, a *tls.Conn for wss, to ask for its
// addresses or state. Whoever reads from it or writes to it breaks the Conn.
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

// Header returns the header of the response that opened the connection, in wire
// order, duplicates kept; nil without Dialer.KeepHeader. It must not be changed.
func (c *Conn) Header() []session.Header { return c.header }

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

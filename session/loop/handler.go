package loop

import (
	"net"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// Handle names a connection of a Loop from Dial until its Failed or Closed has
// returned. Then it names nothing: calls with it return ErrGone. 0 never names
// one.
type Handle uint64

// Conn says which connection a call of a Handler is about.
type Conn struct {
	Handle Handle
	Token  uint64 // what the caller gave to Dial
}

// Handler is told what happens. Each Loop has one of its own, and calls it from
// its own goroutine, one call at a time, never from within a method of the Loop:
// what the Handler keeps needs no lock. A call that blocks, blocks all
// connections of the loop, and what was sent on them just before.
//
// For each Dial there is one Failed, or one Opened and later one Closed, and
// nothing behind that. Pointers and slices are the loop's, and valid until the
// call returns.
type Handler interface {
	// Opened: the handshake succeeded.
	Opened(c Conn, o *Opening)
	// Failed: the connection will not open.
	Failed(c Conn, f *Failure)
	// Message: a message came, or with Config.Fragments a part of one.
	Message(c Conn, t session.BufferType, p []byte)
	// Pong: the last ping was answered, after took.
	Pong(c Conn, took time.Duration)
	// Drained: what waited to be sent was sent, after Send returned
	// ErrQueueFull.
	Drained(c Conn)
	// Wake: the time has come that Loop.Wake was given.
	Wake(c Conn)
	// Closed: the connection was open and is over.
	Closed(c Conn, e *Ending)
}

// Ignore is a Handler that does nothing, to be embedded in one that is not
// interested in everything.
type Ignore struct{}

func (Ignore) Opened(Conn, *Opening)                    {}
func (Ignore) Failed(Conn, *Failure)                    {}
func (Ignore) Message(Conn, session.BufferType, []byte) {}
func (Ignore) Pong(Conn, time.Duration)                 {}
func (Ignore) Drained(Conn)                             {}
func (Ignore) Wake(Conn)                                {}
func (Ignore) Closed(Conn, *Ending)                     {}

// Opening is a handshake that succeeded.
type Opening struct {
	Response *parse.Response
	// Extensions are the indices in Offer.Extensions of those that the server
	// chose, in the order of its response, and Subprotocol that in
	// Offer.Subprotocols, -1 for none.
	Extensions  []int
	Subprotocol int
	Timing      dial.Timing // DNSDone: see Config.Resolver

	conn *conn // for transport.go
}

// Failure is a connection that did not open.
type Failure struct {
	Phase dial.Phase
	// Err is a session.Error if the response was judged; else a parse.Error, an
	// Error of this package, io.ErrUnexpectedEOF, or what the system returned.
	Err error
	// Response is nil unless a whole head came; Body is what had come behind it.
	// A proxy's answer is in Err, a *dial.RefusedError.
	Response *parse.Response
	Body     []byte
	Timing   dial.Timing // as far as it went

	endpoint *dial.Endpoint
	client   *session.Client
	carrier  net.Conn // nil: none, or a socket
	// Of a response that is malformed.
	malformed *parse.Response
	head      []byte
}

// Explain says in a sentence for people what went wrong. It repeats nothing that
// was sent in confidence.
func (f *Failure) Explain() string {
	switch {
	case f.Response != nil:
		return f.endpoint.Explain(f.client, f.Err, f.Response)
	case f.malformed != nil:
		return f.endpoint.Locate(f.Err, f.malformed, f.head).Error()
	}
	return f.Err.Error()
}

// Ending is how an open connection ended.
type Ending struct {
	// Status and Reason are the server's. StatusEmpty: its close had none.
	// StatusAborted: there was no close; if the server broke the protocol, it is
	// the status that it was told.
	Status session.CloseStatus
	Reason []byte
	// Err is nil after a close of the server's, be it an answer. Else it is what
	// the system returned, io.ErrUnexpectedEOF for the end of the stream; the
	// session.Error of the rule that the server broke; or an Error of this
	// package.
	Err error
}

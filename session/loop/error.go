package loop

import (
	"io"
	"net"
	"os"

	"github.com/zeroshake/zeroshake/session"
)

// Error is an error of a loop's own. It is one octet, so that failing allocates
// nothing.
type Error uint8

const (
	// How a connection ends. The first four are os.ErrDeadlineExceeded.
	ErrConnectTimeout   Error = iota + 1 // Config.ConnectTimeout
	ErrHandshakeTimeout                  // Config.HandshakeTimeout
	ErrCloseTimeout                      // Config.CloseTimeout: the server did not answer a close
	ErrNoPong                            // Config.PingTimeout: it did not answer a ping
	ErrDropped                           // by Loop.Drop, or Close of a connection that was not open yet: net.ErrClosed
	ErrStopped                           // the Group ended: net.ErrClosed
	ErrNoAnswer                          // the stream ended without an octet: io.ErrUnexpectedEOF
	ErrNoAddress                         // a name without an address, or none of the family of Config.LocalAddrs

	// What calls return.
	ErrGone      // the Handle names no connection, or one on which nothing can be sent any more: net.ErrClosed
	ErrNotOpen   // the connection is not open yet
	ErrQueueFull // Config.MaxQueued
	ErrPinging   // the ping before is not answered
	ErrNoHandler // Config.Handler is nil, or returns nil: session.ErrInvalidArgument, as are the next two
	ErrConfig    // a number in Config is out of range, or one of LocalAddrs invalid: New wraps it, and names the field
	ErrNoCodec   // permessage-deflate is offered without Session.Deflate
	numErrors
)

var texts = [numErrors]string{
	ErrConnectTimeout:   "no connection within the time for it",
	ErrHandshakeTimeout: "no answer within the time for the handshake",
	ErrCloseTimeout:     "no close from the server within the time for it",
	ErrNoPong:           "no answer to a ping within the time for it",
	ErrDropped:          "dropped by this side",
	ErrStopped:          "stopped by this side",
	ErrNoAnswer:         "closed without an answer",
	ErrNoAddress:        "no address to connect to",
	ErrGone:             "connection is over",
	ErrNotOpen:          "connection is not open",
	ErrQueueFull:        "too much waits to be sent: the server does not read",
	ErrPinging:          "a ping is not answered yet",
	ErrNoHandler:        "Config.Handler is nil, or returns nil",
	ErrConfig:           "Config is out of range",
	ErrNoCodec:          "permessage-deflate is offered without Config.Session.Deflate",
}

func (e Error) Error() string {
	if e == 0 || e >= numErrors {
		return "loop: unknown error"
	}
	return "loop: " + texts[e]
}

// Timeout is that of net.Error.
func (e Error) Timeout() bool { return e >= ErrConnectTimeout && e <= ErrNoPong }

// Is makes errors.Is find what an Error is one of.
func (e Error) Is(target error) bool {
	switch target {
	case os.ErrDeadlineExceeded:
		return e.Timeout()
	case io.ErrUnexpectedEOF:
		return e == ErrNoAnswer
	case net.ErrClosed:
		return e == ErrDropped || e == ErrStopped || e == ErrGone
	case session.ErrInvalidArgument:
		return e >= ErrNoHandler && e <= ErrNoCodec
	}
	return false
}

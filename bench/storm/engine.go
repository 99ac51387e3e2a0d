package main

import (
	"context"
	"time"
)

// An engine opens connections and keeps them open.
type engine interface {
	name() string

	// open begins connection k and returns at once. The sink is told once how
	// it went. Ending ctx cuts the opening off, not a connection that is open.
	open(ctx context.Context, k int)

	// talked returns when every connection has exchanged its messages, or has
	// ended, or the context of its opening has.
	talked()

	// close closes all that is open and returns when nothing is left.
	// No connection is being opened by then.
	close()
}

// A sink is told by an engine, from any goroutine, what became of connections.
type sink interface {
	done(k int, o outcome)
	drop(err error) // a connection ended after it was open and before close

	sent(octets int)
	message(m message)       // was answered
	wrong(err error)         // the answer was wrong, and the connection says no more
	pong(took time.Duration) // a ping was answered
}

// An outcome is how the opening of one connection went.
type outcome struct {
	// err is nil if it is open; wraps context.Canceled if it was cut off.
	err error

	// start is the dial's, written when the request was about to be written, open
	// when the response was judged good. Set only if err is nil.
	start, written, open time.Time

	subprotocol string   // that the server chose, "" for none
	extensions  []string // those of the offers that it chose
}

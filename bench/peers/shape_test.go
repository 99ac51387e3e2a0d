package peers

import (
	"fmt"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

const (
	host  = "bench.example"
	path  = "/chat"
	wsURL = "ws://" + host + path
)

// A shape is one task for every implementation: what to offer, and the head
// that answers it.
type shape struct {
	name string // as in a benchmark's name
	head heads.Head
	want answer
}

// An answer is what a handshake negotiated, as the implementation tells it.
type answer struct {
	subprotocol string
	deflate     bool
}

var shapes = []shape{
	newShape("129", "none"),
	newShape("129", "full"),
	newShape("551", "none"),
	newShape("551", "full"),
}

func newShape(head, offer string) shape {
	s := shape{name: fmt.Sprintf("head=%s/offer=%s", head, offer)}
	if offer == "full" {
		head += "-full"
		s.want = answer{heads.Full.Subprotocols[1], true}
	}
	s.head = heads.Get(head)
	return s
}

// A peer is an implementation of the client's opening handshake.
type peer struct {
	name string
	// client makes a client that does one handshake a call, each as on a new
	// connection. What a program makes once for many connections is made in
	// client, what it makes for each of them in the function returned.
	client func(f *fake, o heads.Offer) (handshake func() (answer, error))
}

var peers = []peer{
	{"zeroshake", zeroshakeSession},
	{"zeroshake-dial", zeroshakeDial},
	{"gobwas", gobwasDial},
	{"gobwas-upgrade", gobwasUpgrade},
	{"gorilla", gorillaDial},
	{"nethttp", netHTTP},
}

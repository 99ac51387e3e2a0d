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

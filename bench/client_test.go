package bench

import (
	"errors"
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// sampleNonce is a Config.Rand that yields the nonce to which every head is
// the answer.
type sampleNonce struct{}

func (sampleNonce) Read(p []byte) (int, error) { return copy(p, heads.Nonce), nil }

var sample = &session.Config{Rand: sampleNonce{}}

// A client has everything that one handshake takes, to be used again.
type client struct {
	session.Client
	request  *session.Request
	out      []byte
	response parse.Response
	selected []int
}

func newClient(t testing.TB, o heads.Offer, cfg *session.Config) *client {
	t.Helper()
	request, err := session.NewRequest(session.Offer{
		Target:       "/chat",
		Host:         "bench.example",
		Subprotocols: o.Subprotocols,
		Extensions:   o.Extensions,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{
		request:  request,
		out:      make([]byte, 0, request.Len()),
		response: parse.Response{Fields: make([]parse.Field, 0, 32)},
		selected: make([]int, request.NumExtensions()),
	}
	if err := c.Init(cfg); err != nil {
		t.Fatal(err)
	}
	return c
}

// begin starts a handshake on a client in any state.
func (c *client) begin() error {
	c.Reset()
	out, err := c.BeginHandshake(c.out[:0], c.request)
	c.out = out
	return err
}

var errAnswer = errors.New("bench: not the answer that the head holds")

// end judges the parsed response.
func (c *client) end(h *heads.Head) error {
	extensions, subprotocol, err := c.EndHandshake(&c.response, c.selected)
	if err != nil {
		return err
	}
	if subprotocol != h.Subprotocol || !slices.Equal(extensions, h.Extensions) || len(c.response.Fields) != h.Fields {
		return errAnswer
	}
	return nil
}

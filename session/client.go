package session

import (
	"io"

	"github.com/zeroshake/zeroshake/accept"
)

// Config is what clients have in common. It is shared by them and must not be
// changed while one uses it. The zero value is ready.
type Config struct {
	// Rand is read for the keys, exactly 16 octets each. nil: ChaCha8, seeded
	// by crypto/rand. It is read by whatever goroutine begins a handshake, so
	// it must be safe for concurrent use if clients begin concurrently.
	Rand io.Reader
}

// Client is the client's end of one WebSocket connection: the handle of
// websocket.h, without any I/O. The zero value is ready and has the default
// Config; a Client must not be copied while a handshake is under way in the
// original. It holds no buffer, and is not safe for concurrent use.
type Client struct {
	config   *Config
	request  *Request     // from Begin on
	expected accept.Value // from Begin on
	state    State
	deflate  deflateAnswer
	fault    fault
}

// fault is where a judged response is wrong.
type fault struct{ field, offset int32 }

// NewClient returns a new Client. nil is the default Config.
//
// websocket.h: WebSocketCreateClientHandle.
func NewClient(cfg *Config) (*Client, error) {
	c := new(Client)
	if err := c.Init(cfg); err != nil {
		return nil, err
	}
	return c, nil
}

// Init is NewClient for a Client in memory of the caller's.
func (c *Client) Init(cfg *Config) error {
	*c = Client{config: cfg}
	return nil
}

// Reset makes c as new, in any state. The Config stays.
//
// websocket.h: WebSocketDeleteHandle, WebSocketCreateClientHandle.
func (c *Client) Reset() { *c = Client{config: c.config} }

// State returns the state of c.
func (c *Client) State() State { return c.state }

// Fault says where the response is wrong that EndHandshake refused: the index
// in Fields, and the offset in that field's Value (in its Name for
// [ErrHeaderName]). -1: no field, or no octet of it in particular.
func (c *Client) Fault() (field, offset int) {
	if c.state != Failed {
		return -1, -1
	}
	return int(c.fault.field), int(c.fault.offset)
}

// Deflate returns the permessage-deflate parameters that the handshake agreed
// on; ok is false if it agreed on none.
func (c *Client) Deflate() (p DeflateParams, ok bool) {
	if c.state != Open || !c.deflate.agreed {
		return DeflateParams{}, false
	}
	return c.deflate.params(), true
}

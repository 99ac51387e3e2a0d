package session

import (
	"io"

	"github.com/zeroshake/zeroshake/accept"
)

// Config is what clients have in common. It is shared by them and must not be
// changed while one uses it. The zero value is ready.
type Config struct {
	// Rand is read for each Sec-WebSocket-Key, exactly 16 octets. nil: ChaCha8,
	// seeded by crypto/rand, which masking keys come from in any case. It is read
	// by whatever goroutine begins a handshake, so it must be safe for concurrent
	// use if clients begin concurrently.
	Rand io.Reader

	// MaxMessageSize limits the octets of a message received, decompressed.
	// 0: 32 MiB; negative: no limit.
	MaxMessageSize int
	// ReceiveBufferSize is how many octets of data at most are received at once
	// into a buffer of the Client's. 0: 4096; at least 256.
	ReceiveBufferSize int
	// SendBufferSize is how many octets of payload at most are masked at once,
	// and so how many a SendToNetwork has, a frame's header aside. At least 256;
	// 0: 4096, but nearly 64 KiB for a payload that is longer than 4096.
	SendBufferSize int
	// DisableMasking masks with a key of zeros, which changes nothing. It is a
	// hole for whoever chooses what is sent (RFC 6455 section 10.3), and for
	// networks without proxies only.
	DisableMasking bool
	// DisableUTF8Verification lets text pass that is not UTF-8, both ways.
	DisableUTF8Verification bool
	// Deflate is the codec for permessage-deflate. nil: if it was negotiated all
	// the same, compressed messages are received as they are, see Action.RSV1.
	Deflate DeflateCodec
}

// Client is the client's end of one WebSocket connection: the handle of
// websocket.h, without any I/O. The zero value is ready and has the default
// Config; a Client must not be copied once used. It holds no buffer unless
// octets are in flight, and is not safe for concurrent use.
//
// With Config.Deflate it may keep what the codec lent. Reset gives that back, and so
// does Abort: call one of them when the connection is over, in whatever state.
type Client struct {
	config   *Config
	request  *Request     // from Begin on
	expected accept.Value // from Begin on; once Open, scratch for the headers of frames

	sends, receives opQueue
	compressor      Compressor
	decompressor    Decompressor

	// Buffers, nil while not needed.
	out     *buffer // what a SendToNetwork has
	pong    *buffer // the frame that answers the last ping
	in      *buffer // octets received and not consumed
	packed  *buffer // what has come of a compressed message
	unpacks *buffer // what was decompressed of it and is indicated

	sent        int   // octets of the first Send's data that were made into frames
	got         int   // octets in the first Receive's data
	fresh       int   // those at their end whose UTF-8 was not verified
	left        int64 // octets to come of the frame that is being received
	messageSize int64 // of the message that is being received, up to this frame's end

	// Actions outstanding, by token.
	sending, indicating, receiving uint32
	token                          uint32 // the last one given

	key     uint32 // of the frame that is being sent
	checked int32  // octets of in whose UTF-8 was verified
	lent    int32  // octets of in that are indicated

	fault   fault
	deflate deflateAnswer
	state   State

	progress, then progress  // of the first Send: now, and once out is sent
	openSend       byte      // opcode of the message that is being sent, 0: none; and rawPart
	sendText       textState // of it
	compresses     bool      // it is compressed
	closing        bool      // a close was queued
	cut            bool      // a SendToNetwork was short
	outPong        bool      // out is a pong

	headed      byte      // octets of a frame's header that have come, in expected
	inFrame     bool      // all have: frame and left tell of it
	frame       byte      // first octet of that header
	openReceive byte      // opcode of the message that is being received, 0: none
	packedFlag  bool      // it came with RSV1
	receiveText textState // of it
	inflates    bool      // it is in packed, whole
	target      target    // where the outstanding ReceiveFromNetwork reads to
	cancelled   bool      // it was completed with 0
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

// Init is NewClient for a Client in memory of the caller's, whatever it holds.
func (c *Client) Init(cfg *Config) error {
	if err := cfg.check(); err != nil {
		return err
	}
	*c = Client{config: cfg, token: c.token}
	return nil
}

// Reset makes c as new, in any state. The Config stays. What is queued is
// dropped, and the caller's again. An action that is outstanding is so no more:
// to complete it is an ErrActionUnknown.
//
// websocket.h: WebSocketDeleteHandle, WebSocketCreateClientHandle.
func (c *Client) Reset() {
	c.sends.clear()
	c.receives.clear()
	c.freeCodec()
	c.pong.free()
	if c.sending == 0 { // else the caller may still be using it
		c.out.free()
	}
	if c.receiving == 0 {
		c.freeReceived()
	}
	*c = Client{config: c.config, token: c.token}
}

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
	if !c.deflate.agreed {
		return DeflateParams{}, false
	}
	return c.deflate.params(), true
}

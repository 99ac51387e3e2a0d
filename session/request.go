package session

// Request: compiling it, and beginning a handshake with it.

import (
	"slices"
	"strings"
	"sync"

	"github.com/zeroshake/zeroshake/accept"
)

// The headers that the handshake makes, RFC 6455 section 4.1.
const (
	headerHost       = "Host"
	headerUpgrade    = "Upgrade"
	headerConnection = "Connection"
	headerVersion    = "Sec-WebSocket-Version"
	headerKey        = "Sec-WebSocket-Key"
	headerProtocol   = "Sec-WebSocket-Protocol"
	headerExtensions = "Sec-WebSocket-Extensions"

	version = "13"
)

// Request is an Offer, checked and compiled once: the octets of the request
// with a hole for the key, and what the answer is judged by. It is read-only,
// shared by any number of clients, and safe for concurrent use.
type Request struct {
	octets     []byte
	key        int // offset of the hole
	additional []Header

	subprotocols []string
	optional     bool
	extensions   []extension
}

// NewRequest checks and compiles o, of which it keeps nothing that its caller
// could change. The error is an [*OfferError].
func NewRequest(o Offer) (*Request, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	r := &Request{subprotocols: slices.Clone(o.Subprotocols), optional: o.SubprotocolOptional}
	for i, entry := range o.Extensions {
		x, e := parseExtension(entry)
		if e != 0 {
			return nil, &OfferError{"Extensions", i, e}
		}
		r.extensions = append(r.extensions, x)
	}
	r.compile(&o)
	return r, nil
}

func (r *Request) compile(o *Offer) {
	r.additional = []Header{
		{headerUpgrade, "websocket"},
		{headerConnection, "Upgrade"},
		{headerVersion, version},
		{headerKey, strings.Repeat("=", len(accept.Key{}))},
	}
	if len(o.Subprotocols) > 0 {
		r.additional = append(r.additional, Header{headerProtocol, strings.Join(o.Subprotocols, ", ")})
	}
	if len(o.Extensions) > 0 {
		r.additional = append(r.additional, Header{headerExtensions, strings.Join(o.Extensions, ", ")})
	}
	target := o.Target
	if target == "" {
		target = "/"
	}
	b := append([]byte(nil), "GET "+target+" HTTP/1.1\r\n"...)
	b = appendHeader(b, Header{headerHost, o.Host})
	for _, h := range r.additional {
		if h.Name == headerKey {
			r.key = len(b) + len(headerKey+": ")
		}
		b = appendHeader(b, h)
	}
	for _, h := range o.Header {
		if !r.makes(h.Name) {
			b = appendHeader(b, h)
		}
	}
	r.octets = append(b, "\r\n"...)
}

// makes reports whether the handshake itself makes the header name.
func (r *Request) makes(name string) bool {
	return strings.EqualFold(name, headerHost) ||
		slices.ContainsFunc(r.additional, func(h Header) bool { return strings.EqualFold(name, h.Name) })
}

func appendHeader(b []byte, h Header) []byte {
	return append(b, h.Name+": "+h.Value+"\r\n"...)
}

// Len returns how many octets BeginHandshake appends.
func (r *Request) Len() int { return len(r.octets) }

// NumExtensions returns how long EndHandshake's selected must be.
func (r *Request) NumExtensions() int { return len(r.extensions) }

// generators lends what makes keys, so that a Client need not own one.
var generators = sync.Pool{New: func() any { return new(accept.Generator) }}

// BeginHandshake appends to dst the whole request of r with a fresh key, and
// notes what the server must answer. Send it, read the response head, and call
// EndHandshake. An error of Config.Rand is returned as it is; then, and for an
// error of the caller's, dst is returned as it was and c is as before.
//
// websocket.h: WebSocketBeginClientHandshake.
func (c *Client) BeginHandshake(dst []byte, r *Request) ([]byte, error) {
	var key accept.Key
	if err := c.begin(&key, r); err != nil {
		return dst, err
	}
	at := len(dst) + r.key
	dst = append(dst, r.octets...)
	copy(dst[at:], key[:])
	return dst, nil
}

// HandshakeHeaders is BeginHandshake for a caller with an HTTP stack of its
// own: it appends to dst the headers that the request must have besides Host
// and those of Offer.Header. Where the request has one of that name already,
// the one returned here replaces it.
//
// websocket.h: the additional headers of WebSocketBeginClientHandshake.
func (c *Client) HandshakeHeaders(dst []Header, r *Request) ([]Header, error) {
	var key accept.Key
	if err := c.begin(&key, r); err != nil {
		return dst, err
	}
	for _, h := range r.additional {
		if h.Name == headerKey {
			h.Value = string(key[:])
		}
		dst = append(dst, h)
	}
	return dst, nil
}

func (c *Client) begin(key *accept.Key, r *Request) error {
	t := &transitions[callBegin][c.state]
	if t.err != 0 {
		return t.err
	}
	if r == nil || len(r.octets) == 0 { // not from NewRequest
		return ErrInvalidArgument
	}
	g := generators.Get().(*accept.Generator)
	var err error
	if c.config == nil {
		err = g.Next(key, &c.expected, nil)
	} else {
		err = g.Next(key, &c.expected, c.config.Rand)
	}
	generators.Put(g)
	if err != nil {
		return err
	}
	c.request, c.state = r, t.success
	return nil
}

package session

// EndHandshake. judge is the order of evaluation; behind it, in that order, one
// method for each header: judgeStatus, judgeSyntax, judgeUpgrade,
// judgeConnection, judgeAccept, (judgeExtensions is in negotiate.go,)
// judgeSubprotocol.

import (
	"encoding/binary"

	"github.com/zeroshake/zeroshake/parse"
)

// EndHandshake judges the server's response, RFC 6455 section 4.1, in a fixed
// order; the first rule broken is the error: state, arguments, status, header
// syntax, Upgrade, Connection, Sec-WebSocket-Accept, Sec-WebSocket-Extensions,
// Sec-WebSocket-Protocol.
//
// On success c is Open. The zero-based indices of the extensions that the
// server selected, in its order, are written to selected, which is the
// caller's and at least [Request.NumExtensions] long; selected[:n] is
// returned, and the index of the subprotocol or -1. On any error nothing is
// written. After a mistake of the caller's ([ErrInvalidArgument],
// [ErrShortBuffer]) EndHandshake may be called again; any other error is final
// until Reset.
//
// r is what parse made of the response head, or a literal that the caller's
// own HTTP stack filled: Status and Fields.
//
// websocket.h: WebSocketEndClientHandshake.
func (c *Client) EndHandshake(r *parse.Response, selected []int) (extensions []int, subprotocol int, err error) {
	t := &transitions[callEnd][c.state]
	if t.err != 0 {
		return nil, -1, t.err
	}
	if r == nil {
		return nil, -1, ErrInvalidArgument
	}
	if len(selected) < len(c.request.extensions) {
		return nil, -1, ErrShortBuffer
	}
	n, subprotocol, e := c.judge(r, selected)
	if e != 0 {
		c.state = t.failure
		return nil, -1, e
	}
	c.state = t.success
	return selected[:n], subprotocol, nil
}

// judge is the fixed order of evaluation.
func (c *Client) judge(r *parse.Response, selected []int) (n, subprotocol int, e Error) {
	c.fault = fault{-1, -1}
	if r.Status != 101 {
		return 0, -1, c.judgeStatus(r)
	}
	notes, ok := r.Notes()
	var own parse.Notes
	if !ok {
		if e = c.judgeSyntax(r.Fields); e != 0 {
			return 0, -1, e
		}
		r.Note(&own)
		notes = &own
	}
	if !c.plain(r, notes) {
		if e = c.judgeUpgrade(r, notes); e != 0 {
			return 0, -1, e
		}
		if e = c.judgeConnection(r, notes); e != 0 {
			return 0, -1, e
		}
		if e = c.judgeAccept(r, notes); e != 0 {
			return 0, -1, e
		}
	}
	if notes.First(parse.SecWebSocketExtensions) < 0 { // section 4.1 step 5
		subprotocol, e = c.judgeSubprotocol(r, notes)
		return 0, subprotocol, e
	}
	var s selection
	if e = c.judgeExtensions(r, notes, &s); e != 0 {
		return 0, -1, e
	}
	if codec := c.config.codec(); codec != nil && s.deflate.agreed && !codec.Supports(s.deflate.params()) {
		return 0, -1, c.refuse(ErrDeflateUnsupported, notes.First(parse.SecWebSocketExtensions), -1)
	}
	if subprotocol, e = c.judgeSubprotocol(r, notes); e != 0 {
		return 0, -1, e
	}
	for i, offer := range s.order[:s.n] {
		selected[i] = int(offer)
	}
	c.deflate = s.deflate
	return s.n, subprotocol, 0
}

// plain reports whether the three headers of steps 2 to 4 are there in their
// plainest form, as nearly always. It knows no rule: it is a short way past
// the three below.
func (c *Client) plain(r *parse.Response, n *parse.Notes) bool {
	return n.Once() &&
		isWebsocket(r.Fields[n.First(parse.Upgrade)].Value) &&
		isUpgrade(r.Fields[n.First(parse.Connection)].Value) &&
		c.expected.Is(r.Fields[n.First(parse.SecWebSocketAccept)].Value)
}

// judgeStatus: section 4.1 step 1, for every status but 101.
func (c *Client) judgeStatus(r *parse.Response) Error {
	listed := false
	for i := range r.Fields {
		if !r.Fields[i].Is(headerVersion) {
			continue
		}
		listed = true
		for t := parse.ScanTokens(r.Fields[i].Value); t.Next(); {
			if string(t.Token()) == version {
				return ErrUnexpectedStatus
			}
		}
	}
	if listed {
		return ErrUnsupportedVersion // section 4.4
	}
	return ErrUnexpectedStatus
}

// judgeSyntax checks what Parse has checked in a head of its own: RFC 9110
// section 5.1 and 5.5.
func (c *Client) judgeSyntax(fields []parse.Field) Error {
	for i := range fields {
		for at, octet := range fields[i].Name {
			if !parse.IsToken([]byte{octet}) {
				return c.refuse(ErrHeaderName, i, at)
			}
		}
		if len(fields[i].Name) == 0 {
			return c.refuse(ErrHeaderName, i, -1)
		}
		if at := parse.ValueFault(fields[i].Value); at >= 0 {
			return c.refuse(ErrHeaderValue, i, at)
		}
	}
	return 0
}

// judgeUpgrade: section 4.1 step 2. The header is not a list here: two lines
// would combine to "websocket, websocket".
func (c *Client) judgeUpgrade(r *parse.Response, n *parse.Notes) Error {
	i := n.First(parse.Upgrade)
	switch {
	case i < 0:
		return ErrUpgradeMissing
	case n.Repeated(parse.Upgrade):
		return c.refuse(ErrUpgradeRepeated, next(r.Fields, i, parse.Upgrade), -1)
	case !isWebsocket(value(r, i)):
		return c.refuse(ErrUpgradeValue, i, -1)
	}
	return 0
}

// isWebsocket reports whether v is "websocket", ASCII case ignored.
func isWebsocket(v []byte) bool {
	const websocke = 0x656b636f73626577 // in little-endian order; all letters, so OR folds their case and no more
	return len(v) == 9 && binary.LittleEndian.Uint64(v)|0x2020202020202020 == websocke && v[8]|0x20 == 't'
}

// judgeConnection: section 4.1 step 3. The header is a list, RFC 9110 section
// 7.6.1; its lines are one list.
func (c *Client) judgeConnection(r *parse.Response, n *parse.Notes) Error {
	first := n.First(parse.Connection)
	if first < 0 {
		return ErrConnectionMissing
	}
	for i := first; i >= 0; i = next(r.Fields, i, parse.Connection) {
		v := r.Fields[i].Value
		if isUpgrade(v) {
			return 0
		}
		for t := parse.ScanTokens(v); t.Next(); {
			if isUpgrade(t.Token()) {
				return 0
			}
		}
	}
	return c.refuse(ErrConnectionValue, first, -1)
}

// isUpgrade reports whether v is "upgrade", ASCII case ignored.
func isUpgrade(v []byte) bool {
	const upgr, rade = 0x72677075, 0x65646172 // likewise
	return len(v) == 7 && binary.LittleEndian.Uint32(v)|0x20202020 == upgr && binary.LittleEndian.Uint32(v[3:])|0x20202020 == rade
}

// judgeAccept: section 4.1 step 4, section 11.3.3. The value is base64: case
// matters.
func (c *Client) judgeAccept(r *parse.Response, n *parse.Notes) Error {
	i := n.First(parse.SecWebSocketAccept)
	switch {
	case i < 0:
		return ErrAcceptMissing
	case n.Repeated(parse.SecWebSocketAccept):
		return c.refuse(ErrAcceptRepeated, next(r.Fields, i, parse.SecWebSocketAccept), -1)
	case !c.expected.Is(value(r, i)):
		return c.refuse(ErrAcceptValue, i, -1)
	}
	return 0
}

// judgeSubprotocol: section 4.1 step 6, section 11.3.4.
func (c *Client) judgeSubprotocol(r *parse.Response, n *parse.Notes) (int, Error) {
	offers := c.request.subprotocols
	i := n.First(parse.SecWebSocketProtocol)
	if i < 0 {
		if len(offers) == 0 || c.request.optional {
			return -1, 0
		}
		return -1, ErrSubprotocolMissing
	}
	v := value(r, i)
	switch {
	case len(offers) == 0:
		return -1, c.refuse(ErrSubprotocolUnasked, i, -1)
	case n.Repeated(parse.SecWebSocketProtocol):
		return -1, c.refuse(ErrSubprotocolRepeated, next(r.Fields, i, parse.SecWebSocketProtocol), -1)
	case len(v) == 0:
		return -1, c.refuse(ErrSubprotocolEmpty, i, -1)
	}
	for k := range offers {
		if offers[k] == string(v) {
			return k, 0
		}
	}
	if !parse.IsToken(v) {
		return -1, c.refuse(ErrSubprotocolValue, i, -1)
	}
	return -1, c.refuse(ErrSubprotocolNotOffered, i, -1)
}

// value returns the value of field i without blanks around it: a caller's own
// stack may have left them (RFC 9110 section 5.5).
func value(r *parse.Response, i int) []byte {
	v := r.Fields[i].Value
	if len(v) > 0 && (v[0] <= ' ' || v[len(v)-1] <= ' ') {
		return parse.Trim(v)
	}
	return v
}

// refuse returns e and notes where the response is wrong.
func (c *Client) refuse(e Error, field, offset int) Error {
	c.fault = fault{int32(field), int32(offset)}
	return e
}

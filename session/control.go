package session

// Control frames received, RFC 6455 section 5.5.

// control takes a control frame, sections 5.5.1 to 5.5.3, once it is whole.
func (c *Client) control(a *Action, op *Op) Error {
	n := int(c.left)
	if c.buffered() < n {
		c.read(a, toIn)
		return 0
	}
	var p []byte
	if n > 0 {
		p = c.in.b[c.in.r : c.in.r+n]
	}
	c.inFrame, c.left = false, 0
	switch c.frame & opcodes {
	case opcodePing:
		c.answer(p)
		if n > 0 {
			c.consume(n)
		}
		c.offerPong(a)
		return 0
	case opcodePong:
		a.Type = PingPong
	default:
		var e Error
		if a.Status, p, e = judgeClose(p); e != 0 {
			return e
		}
		a.Type = CloseMessage
		next, _ := c.allows(eventClose)
		c.state = next
		c.dropPong()
	}
	if len(p) > 0 && len(p) <= len(op.Data) {
		p = op.Data[:copy(op.Data, p)]
	}
	c.lent = int32(n)
	c.indicate(a, a.Type, p)
	return 0
}

// judgeClose takes a close frame's payload apart, section 5.5.1. That it is not
// one octet is decided with the header.
func judgeClose(p []byte) (CloseStatus, []byte, Error) {
	if len(p) == 0 {
		return StatusEmpty, nil, 0
	}
	status, reason := CloseStatus(p[0])<<8|CloseStatus(p[1]), p[2:]
	if !status.onWire() {
		return 0, nil, ErrCloseStatus
	}
	var text textState
	if !text.write(reason) || !text.complete() {
		return 0, nil, ErrCloseReason
	}
	return status, reason, 0
}

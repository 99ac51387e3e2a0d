package session

// Receive; then what a frame's payload is made into. Its header is read in
// header.go; control frames are in control.go, compressed messages in inflate.go.

// target is where a ReceiveFromNetwork reads to.
type target uint8

const (
	toIn     target = iota // c.in
	toOp                   // the data of the first Receive
	toPacked               // c.packed
)

// Receive queues op. It completes with a part of a message, when its buffer is
// full or a frame ends: a Fragment, or a Message if it is the last part of one.
// Or it completes with a pong (PingPong) or a close (CloseMessage), whose
// payload is copied to op.Data if there is room. Pings are answered, and do not
// complete it. With no Data the buffer is the Client's, lent until the action
// is completed. op is the Client's until its IndicateReceiveComplete.
//
// After a close, answering it with a CloseMessage is the caller's task.
//
// RFC 6455 sections 5.4 to 5.6; websocket.h: WebSocketReceive.
func (c *Client) Receive(op *Op) error {
	if op == nil {
		return ErrInvalidArgument
	}
	next, e := c.allows(callReceive)
	switch {
	case e != 0:
		return e
	case op.queued:
		return ErrOpQueued
	}
	c.state = next
	c.receives.push(op)
	return nil
}

// nextReceive finds the next action of the receive queue.
func (c *Client) nextReceive(a *Action) Error {
	op := c.receives.head
	if c.offerPong(a) || c.receiving != 0 || op == nil {
		return 0
	}
	if c.state != Open && c.state != CloseSent || c.cancelled {
		c.cancelReceive(a, op)
		return 0
	}
	for {
		if !c.inFrame && !c.inflates {
			whole, e := c.readHeader()
			if e != 0 {
				return e
			}
			if !whole {
				c.read(a, toIn)
				return 0
			}
		}
		var e Error
		switch {
		case c.inFrame && c.frame&controlBit != 0:
			e = c.control(a, op)
		case c.packedFlag && c.config.codec() != nil:
			e = c.inflate(a, op)
		case len(op.Data) > 0:
			e = c.receiveInto(a, op)
		default:
			e = c.receiveLent(a, op)
		}
		if e != 0 || a.Kind != NoAction {
			return e
		}
	}
}

// buffered is how many octets have come and are not consumed.
func (c *Client) buffered() int {
	if c.in == nil {
		return 0
	}
	return c.in.w - c.in.r
}

// consume takes n octets off those that have come.
func (c *Client) consume(n int) {
	c.in.r += n
	c.checked = max(c.checked-int32(n), 0)
	if c.in.r == c.in.w {
		c.in.free()
		c.in = nil
	}
}

// read asks for more octets.
func (c *Client) read(a *Action, t target) {
	var b []byte
	switch t {
	case toIn:
		if c.in == nil {
			c.in = getBuffer(c.config.receiveBufferSize())
		}
		c.in.w = copy(c.in.b, c.in.b[c.in.r:c.in.w])
		c.in.r = 0
		b = c.in.b[c.in.w:]
	case toOp:
		data := c.receives.head.Data[c.got:]
		b = data[:min(int64(len(data)), c.left)]
	case toPacked:
		b = c.packed.b[c.packed.w:]
		b = b[:min(int64(len(b)), c.left)]
	}
	c.target = t
	a.Kind, a.Op = ReceiveFromNetwork, c.receives.head
	c.hold(a, b)
}

// hold makes a the action of receiving that is outstanding.
func (c *Client) hold(a *Action, b []byte) {
	a.Buffers[0], a.N = b, 1
	c.receiving = c.handOut(a)
}

// indicate hands out octets and gives back the first Receive.
func (c *Client) indicate(a *Action, t BufferType, octets []byte) {
	a.Kind, a.Type = IndicateReceiveComplete, t
	a.Op = c.receives.pop()
	c.got, c.fresh = 0, 0
	c.hold(a, octets)
}

// cancelReceive gives back the first Receive, with what has come.
func (c *Client) cancelReceive(a *Action, op *Op) {
	t := BufferType(0)
	if c.got > 0 {
		t = c.messageType(false)
		a.RSV1 = c.packedFlag
	}
	c.cancelled = false
	a.Cancelled = true
	c.indicate(a, t, op.Data[:c.got])
}

func (c *Client) messageType(last bool) BufferType {
	switch {
	case c.openReceive == opcodeText && last:
		return UTF8Message
	case c.openReceive == opcodeText:
		return UTF8Fragment
	case last:
		return BinaryMessage
	}
	return BinaryFragment
}

// verify checks text, section 8.1: last says that the message ends with p.
func (c *Client) verify(p []byte, last bool) Error {
	if c.openReceive != opcodeText || !c.config.verifiesUTF8() || c.packedFlag && c.config.codec() == nil {
		return 0
	}
	if !c.receiveText.write(p) || last && !c.receiveText.complete() {
		return ErrUTF8
	}
	return 0
}

// verifyBuffered verifies those of the first n octets buffered that were not.
func (c *Client) verifyBuffered(n int) Error {
	if n <= int(c.checked) {
		return 0
	}
	p := c.in.b[c.in.r+int(c.checked) : c.in.r+n]
	c.checked = int32(n)
	return c.verify(p, false)
}

// receiveInto fills the data of op.
func (c *Client) receiveInto(a *Action, op *Op) Error {
	if c.fresh > 0 {
		p := op.Data[c.got-c.fresh : c.got]
		c.fresh = 0
		if e := c.verify(p, false); e != 0 {
			return e
		}
	}
	if n := int(min(int64(c.buffered()), int64(len(op.Data)-c.got), c.left)); n > 0 {
		if e := c.verifyBuffered(n); e != 0 {
			return e
		}
		copy(op.Data[c.got:], c.in.b[c.in.r:c.in.r+n])
		c.got += n
		c.left -= int64(n)
		c.consume(n)
	}
	switch space := len(op.Data) - c.got; {
	case c.left == 0 || space == 0:
		return c.part(a, op.Data[:c.got])
	case min(int64(space), c.left) >= int64(c.config.receiveBufferSize()):
		c.read(a, toOp)
	default:
		c.read(a, toIn)
	}
	return 0
}

// receiveLent lends the octets where they were read to.
func (c *Client) receiveLent(a *Action, op *Op) Error {
	size := int(min(int64(c.config.receiveBufferSize()), c.left))
	n := min(c.buffered(), size)
	if e := c.verifyBuffered(n); e != 0 {
		return e
	}
	if n < size {
		c.read(a, toIn)
		return 0
	}
	var p []byte
	if n > 0 {
		p = c.in.b[c.in.r : c.in.r+n]
	}
	c.left -= int64(n)
	c.lent = int32(n)
	return c.part(a, p)
}

// part indicates p, the next part of a message, unless it is an empty one that
// does not end it.
func (c *Client) part(a *Action, p []byte) Error {
	last := c.left == 0 && c.frame&fin != 0
	if c.left == 0 {
		c.inFrame = false
	}
	if last {
		if e := c.verify(nil, true); e != 0 {
			return e
		}
	} else if len(p) == 0 {
		return 0
	}
	a.RSV1 = c.packedFlag
	t := c.messageType(last)
	if last {
		c.endMessage()
	}
	c.indicate(a, t, p)
	return 0
}

func (c *Client) endMessage() {
	c.openReceive, c.packedFlag, c.messageSize = 0, false, 0
}

// completeReceive: the octets were read, or those lent are not used any more.
func (c *Client) completeReceive(a *Action, n int) Error {
	if a.Kind == ReceiveFromNetwork {
		if n < 0 || n > a.size {
			return ErrActionCount
		}
		c.received(n)
	}
	c.receiving = 0
	c.unpacks.free()
	c.unpacks = nil
	if c.lent > 0 {
		c.consume(int(c.lent))
		c.lent = 0
	}
	if c.state != Open && c.state != CloseSent {
		c.freeReceived()
	}
	return 0
}

func (c *Client) received(n int) {
	c.cancelled = n == 0
	switch c.target {
	case toIn:
		if c.in.w += n; c.in.w == 0 {
			c.in.free()
			c.in = nil
		}
	case toOp:
		c.got += n
		c.fresh += n
		c.left -= int64(n)
	case toPacked:
		c.packed.w += n
		c.left -= int64(n)
	}
}

// breakOff: the server has broken the protocol.
func (c *Client) breakOff() {
	next, _ := c.allows(eventFault)
	c.state = next
	c.got, c.lent = 0, 0 // what has come of a message that is wrong is not handed out
	c.dropPong()
	if c.decompressor != nil { // it may have the payload still
		c.decompressor.Free()
		c.decompressor = nil
	}
	c.freeReceived()
}

// freeReceived drops what has come, unless it is in use.
func (c *Client) freeReceived() {
	c.in.free()
	c.packed.free()
	c.unpacks.free()
	c.in, c.packed, c.unpacks = nil, nil, nil
}

package session

// Compressed messages, RFC 7692 section 7.2.1. An Op's data becomes one frame
// or more, each made when the one before it is sent, so little is held.

const (
	compressStep  = 32 << 10 // octets compressed at once
	compressFrame = 32 << 10 // octets of a frame, before the next begins
)

// compressible reports whether op is a part of a message that is sent
// compressed. The first part decides, and sees to it that there is a
// compressor.
func (c *Client) compressible(op *Op) bool {
	switch op.header & opcodes {
	case opcodeContinuation:
		return c.compresses
	case opcodeText, opcodeBinary:
		c.compresses = false
	default:
		return false
	}
	if !c.compressesMessages() || op.Type&rawFrame != 0 {
		return false
	}
	codec := c.config.codec()
	size := len(op.Data)
	if op.header&fin == 0 {
		size = -1
	}
	if !codec.Worth(size) {
		return false
	}
	if c.compressor == nil {
		c.compressor = codec.Compressor(c.deflate.params())
	}
	c.compresses = c.compressor != nil
	return c.compresses
}

// compressesMessages reports whether there may be messages that are compressed.
func (c *Client) compressesMessages() bool { return c.deflate.agreed && c.config.codec() != nil }

// sendCompressed makes the next frame of op.
func (c *Client) sendCompressed(a *Action, op *Op) {
	rest := op.Data[c.sent:]
	c.out = getBuffer(payloadAt + min(len(rest), 2*compressFrame) + minBufferSize)
	b := c.out.b[:payloadAt]
	first, last := c.progress == unbegun, false
	for !last && len(b) < compressFrame {
		step := rest[:min(len(rest), compressStep)]
		rest = rest[len(step):]
		last = len(rest) == 0
		var err error
		if b, err = c.compressor.Compress(b, step, last); err != nil { // the message cannot be ended
			c.cut = true
			c.indicateSend(a)
			return
		}
	}
	c.sent = len(op.Data) - len(rest)
	if cap(b) != cap(c.out.b) { // append made it larger
		c.out.free()
		c.out = &buffer{b: b[:cap(b)]}
	}

	header := byte(0)
	if first {
		if header = op.header & opcodes; header != 0 {
			header |= rsv1
		}
	}
	c.progress, c.then = inFrame, between
	if last {
		c.then = finished
		header |= op.header & fin
	}
	if header&fin != 0 {
		b = b[:len(b)-len("\x00\x00\xff\xff")]
		c.compresses = false
		if c.deflate.clientNoTakeover {
			c.compressor.Free()
			c.compressor = nil
		}
	}
	key := c.newMaskKey(c.out)
	mask(b[payloadAt:], b[payloadAt:], key)
	start := putHeader(b, header, len(b)-payloadAt, key)
	c.sendToNetwork(a, op, op.Type, b[start:], nil)
}

// freeCodec gives back what the codec lent.
func (c *Client) freeCodec() {
	if c.compressor != nil {
		c.compressor.Free()
		c.compressor = nil
	}
	if c.decompressor != nil {
		c.decompressor.Free()
		c.decompressor = nil
	}
}

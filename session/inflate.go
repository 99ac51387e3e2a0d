package session

import "io"

// Compressed messages, RFC 7692 section 7.2.2. A message is held, compressed,
// until it is whole, and then decompressed as far as there is room for it.

// beginPacked: more octets of a compressed message are to come. What cannot be
// compressed becomes longer, by 13 % where zlib has little memory (its deflateBound).
func (c *Client) beginPacked(length, limit int64) Error {
	have := int64(0)
	if c.packed != nil {
		have = int64(c.packed.w)
	}
	if slack := limit/7 + 1024; limit < 1<<63-1-slack {
		limit += slack
	}
	if length > limit-have {
		return ErrMessageSize
	}
	return 0
}

// inflate gathers the message, and then indicates its parts.
func (c *Client) inflate(a *Action, op *Op) Error {
	if !c.inflates {
		if n := int(min(int64(c.buffered()), c.left)); n > 0 {
			c.packed = c.packed.grown(n)
			c.packed.w += copy(c.packed.b[c.packed.w:], c.in.b[c.in.r:c.in.r+n])
			c.left -= int64(n)
			c.consume(n)
		}
		if c.left > 0 {
			size := c.config.receiveBufferSize()
			if c.left < int64(size) {
				c.read(a, toIn)
			} else {
				c.packed = c.packed.grown(size)
				c.read(a, toPacked)
			}
			return 0
		}
		c.inFrame = false
		if c.frame&fin == 0 {
			return 0
		}
		if c.decompressor == nil {
			c.decompressor = c.config.codec().Decompressor(c.deflate.params())
		}
		c.packed = c.packed.grown(len(DeflateTail))
		c.packed.w += copy(c.packed.b[c.packed.w:], DeflateTail)
		c.decompressor.Begin(c.packed.b[:c.packed.w])
		c.inflates, c.messageSize = true, 0
	}
	p := op.Data
	if len(p) == 0 {
		size := c.config.receiveBufferSize()
		c.unpacks = getBuffer(size)
		p = c.unpacks.b[:size]
	}
	n, err := c.unpack(p)
	if c.messageSize += int64(n); c.messageSize > c.config.maxMessageSize() {
		return ErrMessageSize
	}
	last := err == io.EOF
	if err != nil && !last {
		return ErrDeflateData
	}
	if e := c.verify(p[:n], last); e != 0 {
		return e
	}
	t := c.messageType(last)
	if last {
		c.endPacked()
	}
	c.indicate(a, t, p[:n])
	return 0
}

// unpack fills p, unless the message ends before.
func (c *Client) unpack(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = c.decompressor.Read(p[n:])
		n += m
	}
	return n, err
}

func (c *Client) endPacked() {
	c.inflates = false
	c.packed.free()
	c.packed = nil
	if c.deflate.serverNoTakeover {
		c.decompressor.Free()
		c.decompressor = nil
	}
	c.endMessage()
}

package session

import "encoding/binary"

// The header of a received frame, judged octet by octet: RFC 6455 sections 5.2,
// 5.4 and 5.5. It is gathered in expected, so nothing is held while a part of
// it is still to come.

// readHeader goes on with a header, and reports whether it is whole: then frame
// and left tell of the frame.
func (c *Client) readHeader() (whole bool, e Error) {
	h := c.expected[:]
	for size := headerSize(h, c.headed); c.headed < size; size = headerSize(h, c.headed) {
		if c.buffered() == 0 {
			return false, 0
		}
		h[c.headed] = c.in.b[c.in.r]
		c.headed++
		c.consume(1)
		switch c.headed {
		case 1:
			e = c.judgeFirst(h[0])
		case 2:
			e = judgeLength(h[0], h[1])
		case 3:
			if h[1] == 127 && h[2]&0x80 != 0 {
				e = ErrFrameLength
			}
		case 8:
			if binary.BigEndian.Uint64(h[:8])<<16 == 0 { // six octets of the length, and it has no use for them
				e = ErrFrameLengthForm
			}
		}
		if e != 0 {
			return false, e
		}
	}
	length := uint64(h[1])
	switch length {
	case 126:
		if length = uint64(binary.BigEndian.Uint16(h[2:])); length < 126 {
			return false, ErrFrameLengthForm
		}
	case 127:
		length = binary.BigEndian.Uint64(h[2:])
	}
	c.headed = 0
	return true, c.beginFrame(h[0], int64(length))
}

// headerSize is how many octets a header has, as far as its first n tell.
func headerSize(h []byte, n byte) byte {
	switch {
	case n < 2 || h[1] < 126:
		return 2
	case h[1] == 126:
		return 4
	}
	return 10
}

// judgeFirst judges FIN, the reserved bits and the opcode.
func (c *Client) judgeFirst(b byte) Error {
	opcode := b & opcodes
	owned := byte(0)
	if c.deflate.agreed && (opcode == opcodeText || opcode == opcodeBinary) { // RFC 7692 section 6
		owned = rsv1
	}
	switch {
	case b&rsvs&^owned != 0:
		return ErrFrameReserved
	case opcode > opcodePong, opcode > opcodeBinary && opcode < opcodeClose:
		return ErrFrameOpcode
	case opcode&controlBit != 0:
		if b&fin == 0 {
			return ErrControlFragmented
		}
	case opcode == opcodeContinuation:
		if c.openReceive == 0 {
			return ErrContinuation
		}
	case c.openReceive != 0:
		return ErrMessageOpen
	}
	return 0
}

// judgeLength judges MASK and what the length may not be.
func judgeLength(first, b byte) Error {
	switch {
	case b&maskBit != 0:
		return ErrFrameMasked
	case first&controlBit == 0:
		return 0
	case b > maxControl:
		return ErrControlLength
	case first&opcodes == opcodeClose && b == 1:
		return ErrCloseLength
	}
	return 0
}

// beginFrame: the header is whole.
func (c *Client) beginFrame(first byte, length int64) Error {
	c.inFrame, c.frame, c.left = true, first, length
	opcode := first & opcodes
	if opcode&controlBit != 0 {
		return 0
	}
	if opcode != opcodeContinuation {
		c.openReceive, c.packedFlag = opcode, first&rsv1 != 0
	}
	limit := c.config.maxMessageSize()
	if c.packedFlag && c.config.codec() != nil {
		return c.beginPacked(length, limit)
	}
	if length > limit-c.messageSize {
		return ErrMessageSize
	}
	c.messageSize += length
	return 0
}

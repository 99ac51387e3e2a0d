package session

import (
	crand "crypto/rand"
	"encoding/binary"
	"math/rand/v2"
)

// The header of a frame, RFC 6455 section 5.2.
const (
	fin  = 0x80
	rsv1 = 0x40
	rsvs = 0x70

	opcodeContinuation = 0
	opcodeText         = 1
	opcodeBinary       = 2
	opcodeClose        = 8
	opcodePing         = 9
	opcodePong         = 10
	controlBit         = 8 // of an opcode
	opcodes            = 15

	maskBit = 0x80

	maxControl = 125 // octets of payload, section 5.5

	// payloadAt is where a payload begins in a buffer, with room for its header
	// before it: masking is a fifth faster at the start of a cache line.
	payloadAt = 64
)

// putHeader writes the header of a masked frame to the end of b's first
// payloadAt octets and returns where it begins.
func putHeader(b []byte, first byte, length int, key uint32) (start int) {
	binary.LittleEndian.PutUint32(b[payloadAt-4:], key)
	switch {
	case length <= maxControl:
		b[payloadAt-5] = maskBit | byte(length)
		start = payloadAt - 6
	case length <= 0xffff:
		binary.BigEndian.PutUint16(b[payloadAt-6:], uint16(length))
		b[payloadAt-7] = maskBit | 126
		start = payloadAt - 8
	default:
		binary.BigEndian.PutUint64(b[payloadAt-12:], uint64(length))
		b[payloadAt-13] = maskBit | 127
		start = payloadAt - 14
	}
	b[start] = first
	return start
}

// newMaskKey returns a fresh key for the frame in b, from a source that cannot be
// predicted: RFC 6455 section 5.3.
func (c *Client) newMaskKey(b *buffer) uint32 {
	if c.config != nil && c.config.DisableMasking {
		return 0
	}
	if b.keys == nil {
		var seed [32]byte
		crand.Read(seed[:]) // never fails
		b.keys = rand.NewChaCha8(seed)
	}
	return uint32(b.keys.Uint64())
}

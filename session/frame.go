package session

import (
	crand "crypto/rand"
	"encoding/binary"
	"math/rand/v2"
	"sync"
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

	maxHeader  = 14  // of a masked frame
	maxControl = 125 // octets of payload, section 5.5
)

// putHeader writes the header of a masked frame to the end of b's first
// maxHeader octets and returns where it begins.
func putHeader(b []byte, first byte, length int, key uint32) (start int) {
	binary.LittleEndian.PutUint32(b[maxHeader-4:], key)
	switch {
	case length <= maxControl:
		b[maxHeader-5] = maskBit | byte(length)
		start = maxHeader - 6
	case length <= 0xffff:
		binary.BigEndian.PutUint16(b[maxHeader-6:], uint16(length))
		b[maxHeader-7] = maskBit | 126
		start = maxHeader - 8
	default:
		binary.BigEndian.PutUint64(b[maxHeader-12:], uint64(length))
		b[maxHeader-13] = maskBit | 127
		start = 0
	}
	b[start] = first
	return start
}

var maskKeys = sync.Pool{New: func() any {
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	return rand.NewChaCha8(seed)
}}

// newMaskKey returns a fresh key, from a source that cannot be predicted: RFC
// 6455 section 5.3.
func (c *Client) newMaskKey() uint32 {
	if c.config != nil && c.config.DisableMasking {
		return 0
	}
	source := maskKeys.Get().(*rand.ChaCha8)
	key := uint32(source.Uint64())
	maskKeys.Put(source)
	return key
}

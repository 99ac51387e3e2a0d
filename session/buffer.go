package session

import (
	"math/bits"
	"math/rand/v2"
	"sync"
)

// A buffer is what a Client borrows while octets are in flight; b[r:w] are
// those in it. It brings a source of mask keys, since to take that from a pool
// of its own costs as much again.
type buffer struct {
	b    []byte
	r, w int
	keys *rand.ChaCha8 // of the frames that are made in it, nil before the first
}

// Buffers are pooled by size, a power of two between these two.
const minBufferBits, maxBufferBits = 8, 26

var buffers [maxBufferBits + 1]sync.Pool

func getBuffer(size int) *buffer {
	n := bits.Len(uint(max(size-1, 1<<minBufferBits-1)))
	if n > maxBufferBits {
		return &buffer{b: make([]byte, size)}
	}
	if b, ok := buffers[n].Get().(*buffer); ok {
		return b
	}
	return &buffer{b: make([]byte, 1<<n)}
}

// free gives b back. nil is nothing to give back.
func (b *buffer) free() {
	if b == nil {
		return
	}
	n := bits.Len(uint(len(b.b) - 1))
	if n <= maxBufferBits && len(b.b) == 1<<n { // not one that append made larger
		b.r, b.w = 0, 0
		buffers[n].Put(b)
	}
}

// grown returns a buffer that has b's octets and space for n more. b is given
// back if it is another.
func (b *buffer) grown(n int) *buffer {
	if b == nil {
		return getBuffer(n)
	}
	if len(b.b)-b.w >= n {
		return b
	}
	g := getBuffer(max(2*len(b.b), b.w+n))
	g.w = copy(g.b, b.b[:b.w])
	b.free()
	return g
}

// Package accept makes Sec-WebSocket-Key values and computes the
// Sec-WebSocket-Accept values that prove a server has read them, RFC 6455
// section 4.1 and section 4.2.2 item 5.4:
//
//	accept = base64(SHA-1(key + GUID))
//
// SHA-1 is no security function here (RFC 6455 section 10.8): the digest only
// shows that the peer speaks the protocol. So it is computed without
// enforcement when the program runs in FIPS 140-only mode.
package accept

import (
	"crypto/fips140"
	"crypto/sha1"
	"encoding"
	"encoding/binary"
	"hash"
)

// GUID is what a server appends to the key, RFC 6455 section 1.3.
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Key is a Sec-WebSocket-Key as it stands on the wire: base64 of 16 octets.
type Key [24]byte

// Value is a Sec-WebSocket-Accept as it stands on the wire: base64 of 20
// octets.
type Value [28]byte

// Is reports whether b is the value. Base64 is compared octet by octet: its case
// matters.
func (v *Value) Is(b []byte) bool {
	return len(b) == len(v) &&
		(le64(b)^le64(v[:]))|(le64(b[8:])^le64(v[8:]))|(le64(b[16:])^le64(v[16:]))|(le64(b[20:])^le64(v[20:])) == 0
}

func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// Of returns the accept value for k. Use a [Hasher] where there are many.
func Of(k Key) (v Value) {
	new(Hasher).Sum(&v, &k)
	return v
}

// Hasher computes accept values. It holds a SHA-1 state and a padded message,
// both made at first use; after that it allocates nothing. The zero value is
// ready. A Hasher must not be copied once used, and is not safe for concurrent
// use.
type Hasher struct {
	digest  hash.Hash
	state   encoding.BinaryAppender // digest again
	scratch []byte                  // for what state appends
	message [paddedSize]byte
}

const (
	hashedSize = len(Key{}) + len(GUID)
	paddedSize = 2 * sha1.BlockSize // what hashedSize octets are padded to, FIPS 180-4 section 5.1.1

	// Where the marshalled state of crypto/sha1 holds the chaining value,
	// which behind a padded message is the digest.
	stateSize   = 4 + sha1.Size + sha1.BlockSize + 8
	digestBegin = 4
	digestEnd   = digestBegin + sha1.Size
)

// Sum sets *dst to the accept value for *k.
func (h *Hasher) Sum(dst *Value, k *Key) {
	if h.digest == nil {
		h.init(stateReadable)
	}
	copy(h.message[:], k[:])
	var sum [sha1.Size]byte
	if fips140.Enforced() {
		fips140.WithoutEnforcement(func() { sum = h.sum() })
	} else {
		sum = h.sum()
	}
	dst.encode(&sum)
}

func (h *Hasher) init(readState bool) {
	copy(h.message[len(Key{}):], GUID)
	h.message[hashedSize] = 0x80
	const bits = hashedSize * 8
	h.message[paddedSize-2], h.message[paddedSize-1] = byte(bits>>8), byte(bits&0xff)
	h.digest = sha1.New()
	if readState {
		h.state = h.digest.(encoding.BinaryAppender)
		h.scratch = make([]byte, 0, stateSize)
	}
}

func (h *Hasher) sum() [sha1.Size]byte {
	if h.state == nil {
		return sha1.Sum(h.message[:hashedSize])
	}
	h.digest.Reset()
	h.digest.Write(h.message[:])
	b, _ := h.state.AppendBinary(h.scratch)
	return [sha1.Size]byte(b[digestBegin:digestEnd])
}

// stateReadable: the layout of the marshalled state is stable in practice, but
// documented nowhere. It is checked once, against sha1.Sum; if it does not
// hold, every Hasher uses sha1.Sum.
var stateReadable = func() (ok bool) {
	fips140.WithoutEnforcement(func() {
		var h Hasher
		h.init(false)
		want := h.sum()
		h.digest.Write(h.message[:])
		state, is := h.digest.(encoding.BinaryAppender)
		if !is {
			return
		}
		b, err := state.AppendBinary(nil)
		ok = err == nil && len(b) == stateSize && [sha1.Size]byte(b[digestBegin:digestEnd]) == want
	})
	return ok
}()

//go:build !purego

package accept

import "math/bits"

// pair makes *k and *v of the first nonce, and key and value of the second.
//
// Note: the SHA instructions of one digest wait for one another, so that two digests
// side by side take little longer than one; and the second block is always the same.
// With base64 by many octets at once, a whole handshake in memory takes from 14 %
// (head=551/offer=full) to 26 % (head=129/offer=none) less, net of the fake (AMD EPYC,
// 2026-11-26, go test -bench Handshake ./bench/peers, the least of 60 runs each).
func (g *Generator) pair(k *Key, v *Value) {
	if hasSHA {
		shaPair(k, v, &g.key, &g.value, &g.nonces, &secondBlock)
	} else {
		g.portablePair(k, v)
	}
}

// shaPair needs SHA and SSSE3.
//
//go:noescape
func shaPair(k0 *Key, v0 *Value, k1 *Key, v1 *Value, nonces *[2][nonceSize]byte, secondBlock *[80]uint32)

func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

var hasSHA = func() bool {
	if leaves, _, _, _ := cpuid(0, 0); leaves < 7 {
		return false
	}
	const ssse3, sha = 1 << 9, 1 << 29
	_, _, ecx, _ := cpuid(1, 0)
	_, ebx, _, _ := cpuid(7, 0)
	return ecx&ssse3 != 0 && ebx&sha != 0
}()

// secondBlock is the message schedule (FIPS 180-4 section 6.1.2) of what pads the
// message to two blocks, four words each the other way round.
var secondBlock = func() (words [80]uint32) {
	var w [80]uint32
	w[15] = uint32(8 * hashedSize)
	for t := 16; t < len(w); t++ {
		w[t] = bits.RotateLeft32(w[t-3]^w[t-8]^w[t-14]^w[t-16], 1)
	}
	for t := range w {
		words[t^3] = w[t]
	}
	return words
}()

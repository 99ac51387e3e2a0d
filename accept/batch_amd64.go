//go:build !purego

package accept

import "math/bits"

// make makes keys and values of the nonces, the quickest way that the CPU has.
func (g *Generator) make(nonces *[batch][nonceSize]byte) {
	switch {
	case hasAVX512:
		g.sixteen(nonces)
	case hasSHA:
		g.pairs(nonces)
	default:
		g.portable(nonces)
	}
}

// Note: sixteen digests side by side need no SHA instructions: they have a lane each,
// and take a quarter of what eight pairs do. A whole handshake in memory takes 12 to
// 15 % less than with pairs, net of the fake 18 to 27 %; beside a busy neighbour 10 to
// 12 and 13 to 18 % (Intel Xeon, Emerald Rapids, 2026-11-27; the shapes of bench/peers,
// beside the code without it in one process, in turns of 200 handshakes, 5000 of them;
// quantiles from 5 to 75 %). Zen was not measured. Tried and found slower: base64 in Go
// (40 ns a key more), crypto/rand for the nonces of a batch (thrice ChaCha8), words
// stored one by one instead of two by two (3 ns a key). No faster: the second block
// without loops; words left side by side, for Next to gather.
func (g *Generator) sixteen(nonces *[batch][nonceSize]byte) {
	shaSixteen(&g.made, nonces, &secondSums)
}

// Note: the SHA instructions of one digest wait for one another, so that two digests
// side by side take little longer than one; and the second block is always the same.
// With base64 by many octets at once, a whole handshake in memory takes from 14 %
// (head=551/offer=full) to 26 % (head=129/offer=none) less, net of the fake (AMD EPYC,
// 2026-11-26, go test -bench Handshake ./bench/peers, the least of 60 runs each).
func (g *Generator) pairs(nonces *[batch][nonceSize]byte) {
	for i := 0; i < batch; i += 2 {
		a, b := &g.made[i], &g.made[i+1]
		shaPair(&a.key, &a.value, &b.key, &b.value, (*[2][nonceSize]byte)(nonces[i:]), &secondBlock)
	}
}

// shaPair needs SHA and SSSE3.
//
//go:noescape
func shaPair(k0 *Key, v0 *Value, k1 *Key, v1 *Value, nonces *[2][nonceSize]byte, secondBlock *[80]uint32)

// shaSixteen needs AVX-512 with BW, VBMI and VBMI2.
//
//go:noescape
func shaSixteen(made *[batch]made, nonces *[batch][nonceSize]byte, secondSums *[80]uint32)

func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

func xgetbv() (eax uint32)

var hasSHA, hasAVX512 = func() (sha, avx512 bool) {
	if leaves, _, _, _ := cpuid(0, 0); leaves < 7 {
		return false, false
	}
	const (
		ssse3, osxsave = 1 << 9, 1 << 27           // leaf 1, ECX
		f, sha1, bw    = 1 << 16, 1 << 29, 1 << 30 // leaf 7, EBX
		vbmi, vbmi2    = 1 << 1, 1 << 6            // leaf 7, ECX
		saved          = 0xe6                      // XCR0: the system saves SSE, AVX and the three parts of AVX-512
	)
	_, _, ecx1, _ := cpuid(1, 0)
	_, ebx7, ecx7, _ := cpuid(7, 0)
	all := func(bits, of uint32) bool { return of&bits == bits }
	return all(ssse3, ecx1) && all(sha1, ebx7),
		all(osxsave, ecx1) && all(saved, xgetbv()) && all(f|bw, ebx7) && all(vbmi|vbmi2, ecx7)
}()

// The message schedule (FIPS 180-4 section 6.1.2) of what pads the message to two
// blocks: secondBlock has it four words each the other way round, secondSums added to
// the constants of the rounds.
var secondBlock, secondSums = func() (words, sums [80]uint32) {
	constants := [...]uint32{0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6} // section 4.2.1
	var w [80]uint32
	w[15] = uint32(8 * hashedSize)
	for t := 16; t < len(w); t++ {
		w[t] = bits.RotateLeft32(w[t-3]^w[t-8]^w[t-14]^w[t-16], 1)
	}
	for t := range w {
		words[t^3] = w[t]
		sums[t] = w[t] + constants[t/20]
	}
	return words, sums
}()

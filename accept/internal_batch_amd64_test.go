//go:build !purego

package accept

import (
	"math/rand/v2"
	"testing"
)

// What the assembly makes of nonces is what crypto/sha1 and the portable base64 make
// of them, in every lane; the nonces stay, and nothing else is written.
func TestBatch(t *testing.T) {
	for _, way := range []struct {
		name, needs string
		has         bool
		make        func(*Generator, *[batch][nonceSize]byte)
	}{
		{"pairs", "SHA instructions", hasSHA, (*Generator).pairs},
		{"sixteen", "AVX-512 VBMI2", hasAVX512, (*Generator).sixteen},
	} {
		t.Run(way.name, func(t *testing.T) {
			if !way.has {
				t.Skipf("this CPU has no %s, so that this is never called", way.needs)
			}
			random := rand.NewChaCha8([32]byte{1})
			type guarded struct {
				before [2]uint64
				nonces [batch][nonceSize]byte
				behind [2]uint64
				g      Generator
				last   [2]uint64
			}
			for i := range 20_000 {
				var a, b guarded
				for n := range a.nonces {
					random.Read(a.nonces[n][:])
				}
				switch {
				case i < 256*batch: // the whole alphabet of base64, at every place
					for at := range a.nonces[i%batch] {
						a.nonces[i%batch][at] = byte(i / batch)
					}
				case i < 256*batch+128*batch: // one bit
					bit := (i - 256*batch) / batch
					a.nonces[i%batch] = [nonceSize]byte{}
					a.nonces[i%batch][bit/8] = 1 << (bit % 8)
				}
				b.nonces = a.nonces
				way.make(&a.g, &a.nonces)
				b.g.portable(&b.nonces)
				for n := range a.g.made {
					x, y := &a.g.made[n], &b.g.made[n]
					if x.key != y.key || x.value != y.value {
						t.Fatalf("%x, the nonce %d: %s, %s; want %s, %s", b.nonces[n], n, x.key, x.value, y.key, y.value)
					}
				}
				if g := &a.g; a.nonces != b.nonces || a.before != b.before || a.behind != b.behind || a.last != b.last ||
					g.left != 0 || g.random != nil || g.nonce != b.g.nonce || g.hasher.digest != nil || g.hasher.message != [paddedSize]byte{} {
					t.Fatalf("more is written: %+v", a)
				}
			}
		})
	}
}

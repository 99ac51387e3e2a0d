package accept

import (
	"math/rand/v2"
	"testing"
)

// What pair makes of two nonces is what crypto/sha1 and the portable base64 make of
// them, and nothing else is written.
func TestPair(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	type made struct {
		k      Key
		gap    [4]byte
		v      Value
		behind [4]byte
	}
	for i := range 100_000 {
		var g, want Generator
		for n := range g.nonces {
			random.Read(g.nonces[n][:])
		}
		if i < 512 { // the whole alphabet of base64, at every place
			for at := range g.nonces[i%2] {
				g.nonces[i%2][at] = byte(i / 2)
			}
		}
		want.nonces = g.nonces
		var a, b made
		g.pair(&a.k, &a.v)
		want.portablePair(&b.k, &b.v)
		if a != b || a.gap != [4]byte{} || a.behind != [4]byte{} || g.key != want.key || g.value != want.value || g.nonces != want.nonces || g.second || g.random != nil {
			t.Fatalf("%x: %s, %s and %s, %s; want %s, %s and %s, %s", want.nonces, a.k, a.v, g.key, g.value, b.k, b.v, want.key, want.value)
		}
	}
}

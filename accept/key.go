package accept

import (
	crand "crypto/rand"
	"encoding/binary"
	"io"
	"math/rand/v2"
)

const nonceSize = 16

// Generator makes keys together with their accept values. Its random octets
// come from ChaCha8 seeded by crypto/rand. The zero value is ready; it
// allocates at first use only. A Generator must not be copied once used, and is
// not safe for concurrent use.
type Generator struct {
	hasher Hasher
	random *rand.ChaCha8

	// Two are made at once, see pair; the second is for the next call.
	nonces [2][nonceSize]byte
	key    Key
	value  Value
	second bool // there is one
}

// Next sets *k to a new key, RFC 6455 section 4.1 item 7, and *v to its accept
// value. If r is not nil, exactly 16 octets are read from it for the key; its
// error is returned as it is, with io.ErrUnexpectedEOF for too few octets, and
// *k and *v are left alone.
func (g *Generator) Next(k *Key, v *Value, r io.Reader) error {
	if r != nil {
		nonce := &g.nonces[0]
		if _, err := io.ReadFull(r, nonce[:]); err != nil {
			return err
		}
		k.encode(nonce)
		g.hasher.Sum(v, k)
		return nil
	}
	if g.second {
		*k, *v, g.second = g.key, g.value, false
		return nil
	}
	g.draw()
	g.pair(k, v)
	g.second = true
	return nil
}

// draw makes nonces.
func (g *Generator) draw() {
	if g.random == nil {
		var seed [32]byte
		crand.Read(seed[:]) // never fails
		g.random = rand.NewChaCha8(seed)
	}
	for i := range g.nonces {
		binary.LittleEndian.PutUint64(g.nonces[i][:], g.random.Uint64())
		binary.LittleEndian.PutUint64(g.nonces[i][8:], g.random.Uint64())
	}
}

// portablePair is pair for any machine.
func (g *Generator) portablePair(k *Key, v *Value) {
	k.encode(&g.nonces[0])
	g.hasher.Sum(v, k)
	g.key.encode(&g.nonces[1])
	g.hasher.Sum(&g.value, &g.key)
}

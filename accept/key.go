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
	nonce  [nonceSize]byte // what was read for a key
	random *rand.ChaCha8
	left   int         // the first ones of made, for the next calls
	made   [batch]made // at once, see draw
}

// batch is how many make makes at once.
const batch = 16

type made struct {
	key   Key
	value Value
	_     [4]byte // shaSixteen stores eight octets at a time
}

// Next sets *k to a new key, RFC 6455 section 4.1 item 7, and *v to its accept
// value. If r is not nil, exactly 16 octets are read from it for the key; its
// error is returned as it is, with io.ErrUnexpectedEOF for too few octets, and
// *k and *v are left alone.
func (g *Generator) Next(k *Key, v *Value, r io.Reader) error {
	if r != nil {
		if _, err := io.ReadFull(r, g.nonce[:]); err != nil {
			return err
		}
		k.encode(&g.nonce)
		g.hasher.Sum(v, k)
		return nil
	}
	if g.left == 0 {
		g.draw()
		g.left = batch
	}
	g.left--
	m := &g.made[g.left%batch]
	*k = m.key
	*v = m.value
	return nil
}

// draw makes nonces, and a batch of them.
func (g *Generator) draw() {
	if g.random == nil {
		var seed [32]byte
		crand.Read(seed[:]) // never fails
		g.random = rand.NewChaCha8(seed)
	}
	var nonces [batch][nonceSize]byte
	for i := range nonces {
		binary.LittleEndian.PutUint64(nonces[i][:], g.random.Uint64())
		binary.LittleEndian.PutUint64(nonces[i][8:], g.random.Uint64())
	}
	g.make(&nonces)
}

// portable is make for any machine.
func (g *Generator) portable(nonces *[batch][nonceSize]byte) {
	for i := range nonces {
		m := &g.made[i]
		m.key.encode(&nonces[i])
		g.hasher.Sum(&m.value, &m.key)
	}
}

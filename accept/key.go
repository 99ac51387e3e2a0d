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
	nonce  [nonceSize]byte
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
	} else {
		if g.random == nil {
			g.seed()
		}
		binary.LittleEndian.PutUint64(g.nonce[:], g.random.Uint64())
		binary.LittleEndian.PutUint64(g.nonce[8:], g.random.Uint64())
	}
	k.encode(&g.nonce)
	g.hasher.Sum(v, k)
	return nil
}

func (g *Generator) seed() {
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	g.random = rand.NewChaCha8(seed)
}

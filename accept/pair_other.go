//go:build !amd64 || purego

package accept

// pair makes *k and *v of the first nonce, and key and value of the second.
func (g *Generator) pair(k *Key, v *Value) { g.portablePair(k, v) }

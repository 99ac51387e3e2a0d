//go:build !amd64 || purego

package accept

// make makes keys and values of the nonces.
func (g *Generator) make(nonces *[batch][nonceSize]byte) { g.portable(nonces) }

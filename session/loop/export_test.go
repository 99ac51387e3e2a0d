package loop

// Queued returns how many octets of h wait to be written, and the size of the
// buffer that they wait in.
func (l *Loop) Queued(h Handle) (n, room int) {
	c := l.conns.get(h)
	if c == nil || c.extra == nil {
		return 0, 0
	}
	return c.queued(), cap(c.extra.out)
}

// KeptBuffer is how large a buffer may be to be kept for another connection.
const KeptBuffer = keep

// SetGeneration makes the next handle's generation the one behind n.
func (l *Loop) SetGeneration(n uint32) { l.conns.generation = n }

// Busy returns how many connections have more than their place in the slab.
func (l *Loop) Busy() (n int) {
	for c := range l.conns.all() {
		if c.extra != nil || c.opening != nil || c.net != nil {
			n++
		}
	}
	return n
}

// SetTurns has what is taken in turn (loops, dialers, addresses) been taken n times.
func (g *Group) SetTurns(n uint32) {
	g.next.Store(n)
	g.dialers.next.Store(n)
	g.names.mu.Lock()
	defer g.names.mu.Unlock()
	for _, h := range g.names.hosts {
		h.turn = n
	}
}

// What is held back is written when it is of so many connections, or octets.
const (
	CorkRuns = corkRuns
	CorkSize = corkSize
)

package plan

import (
	"math"
	"math/rand/v2"
)

// A poisson is a Poisson process of rate 1, of which the integral of a rate makes
// one of that rate. It is a function of the seed and k: each block of arrivals has
// a generator of its own, and the sums of the blocks before are kept.
type poisson struct {
	seed   uint64
	blocks []float64 // where each block starts
	n      int
}

const perBlock = 64

// newPoisson has n arrivals at most, before the process is at end.
func newPoisson(seed uint64, n int, end float64) *poisson {
	p := &poisson{seed: seed}
	var g gaps
	x := 0.0
	for k := range n {
		if k%perBlock == 0 {
			p.blocks = append(p.blocks, x)
			g.seed(seed, uint64(k/perBlock))
		}
		if x += g.next(); x >= end {
			break
		}
		p.n++
	}
	return p
}

func (p *poisson) at(k int) float64 {
	var g gaps
	g.seed(p.seed, uint64(k/perBlock))
	x := p.blocks[k/perBlock]
	for range k%perBlock + 1 {
		x += g.next()
	}
	return x
}

// gaps are exponentially distributed with mean 1.
type gaps struct{ rand.PCG }

func (g *gaps) seed(seed, block uint64) { g.Seed(seed, block) }

func (g *gaps) next() float64 {
	u := float64(g.Uint64()>>11) * 0x1p-53 // in [0, 1)
	return -math.Log1p(-u)
}

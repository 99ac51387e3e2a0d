package deflate_test

import (
	"slices"

	"github.com/zeroshake/zeroshake/session"
)

// distance returns how far back the farthest match of a message's payload
// refers. It is a naive reader of RFC 1951.
func distance(payload string) (farthest int) {
	b := bitReader{octets: payload + session.DeflateTail}
	for last := 0; last == 0; {
		last = b.take(1)
		switch b.take(2) {
		case 0:
			b.at = (b.at + 7) &^ 7
			n := b.take(16)
			b.at += 16 + 8*n
		case 1:
			var literals [288]int
			for i := range literals {
				switch {
				case i < 144:
					literals[i] = 8
				case i < 256:
					literals[i] = 9
				case i < 280:
					literals[i] = 7
				default:
					literals[i] = 8
				}
			}
			farthest = max(farthest, b.block(newCode(literals[:]), newCode(slices.Repeat([]int{5}, 30))))
		case 2:
			literals, distances := b.codes()
			farthest = max(farthest, b.block(literals, distances))
		}
	}
	return farthest
}

type bitReader struct {
	octets string
	at     int // in bits
}

func (b *bitReader) take(n int) (v int) {
	for i := range n {
		v |= int(b.octets[b.at/8]>>(b.at%8)&1) << i
		b.at++
	}
	return v
}

// code finds a symbol by its length and bits.
type code map[[2]int]int

func newCode(lengths []int) code {
	c := code{}
	value := 0
	for n := 1; n <= 15; n++ {
		value <<= 1
		for symbol, length := range lengths {
			if length == n {
				c[[2]int{n, value}] = symbol
				value++
			}
		}
	}
	return c
}

func (b *bitReader) symbol(c code) int {
	value := 0
	for n := 1; ; n++ {
		value = value<<1 | b.take(1)
		if symbol, ok := c[[2]int{n, value}]; ok {
			return symbol
		}
	}
}

func (b *bitReader) codes() (literals, distances code) {
	nl, nd, nc := b.take(5)+257, b.take(5)+1, b.take(4)+4
	var lengths [19]int
	for _, i := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}[:nc] {
		lengths[i] = b.take(3)
	}
	c := newCode(lengths[:])
	var all []int
	for len(all) < nl+nd {
		switch s := b.symbol(c); s {
		case 16:
			all = append(all, slices.Repeat(all[len(all)-1:], 3+b.take(2))...)
		case 17:
			all = append(all, make([]int, 3+b.take(3))...)
		case 18:
			all = append(all, make([]int, 11+b.take(7))...)
		default:
			all = append(all, s)
		}
	}
	return newCode(all[:nl]), newCode(all[nl:])
}

func (b *bitReader) block(literals, distances code) (farthest int) {
	for {
		s := b.symbol(literals)
		switch {
		case s == 256:
			return farthest
		case s < 256:
			continue
		case s >= 265 && s < 285:
			b.take((s - 261) / 4)
		}
		d := b.symbol(distances)
		far := d + 1
		if d >= 4 {
			extra := d/2 - 1
			far = (2+d%2)<<extra + b.take(extra) + 1
		}
		farthest = max(farthest, far)
	}
}

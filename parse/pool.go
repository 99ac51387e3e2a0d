package parse

import (
	"bufio"
	"io"
	"sync"
)

const defaultPoolSize = 4 << 10

// Pool lends bufio readers, so that a connection need not own one while it is
// idle. The zero value is ready; it must not be copied once used. It is safe
// for concurrent use.
type Pool struct {
	// Size is the size in octets of the readers' buffers. 0: 4 KiB. It must not
	// change once Get has been called.
	Size int

	readers sync.Pool
}

// Get lends a reader that reads from r. The caller gives it back with Put.
func (p *Pool) Get(r io.Reader) *bufio.Reader {
	if br, ok := p.readers.Get().(*bufio.Reader); ok {
		br.Reset(r)
		return br
	}
	br := bufio.NewReaderSize(nil, p.size()) // not r: it may be a *bufio.Reader, and be returned itself
	br.Reset(r)
	return br
}

func (p *Pool) size() int {
	if p.Size == 0 {
		return defaultPoolSize
	}
	return max(p.Size, 16) // bufio's own minimum
}

// Put takes br back, if it is of the pool's size. What br still holds is lost,
// and so is every view into it; br keeps no reference to what it read from.
func (p *Pool) Put(br *bufio.Reader) {
	br.Reset(nil)
	if br.Size() == p.size() {
		p.readers.Put(br)
	}
}

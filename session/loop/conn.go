package loop

import (
	"iter"
	"math/bits"
	"sync"

	"github.com/zeroshake/zeroshake/session"
)

// phase is where a connection is in its life.
type phase uint8

const (
	phaseFree phase = iota
	phaseResolving
	phaseConnecting
	phaseSecuring   // over net.Conn: connected, TLS has begun
	phaseRequesting // connected, the request not wholly written
	phaseResponding
	phaseOpen
	phaseClosing   // our close was sent
	phaseReceiving // a write failed: what the server had sent is received, nothing is sent
	phaseLingering // the closes are exchanged: the server is to close the stream
	phaseFlushing  // the server has ended its stream: what is queued is written
	phaseOver      // the Handler is being told
)

// conn is a connection. It lies in a slab, and what it does not always need lies
// elsewhere.
type conn struct {
	client  session.Client
	token   uint64
	opening *opening // until it is open
	extra   *extra   // while something waits
	net     *netConn // nil: fd
	pinged  int64    // when the ping was sent that is not answered; 0: none

	generation uint32 // of its Handle
	index      int32  // in the slab
	fd         int32
	deadlineAt int32 // in timers, from 1 on
	wakeAt     int32

	phase   phase
	doomed  bool
	events  uint8 // EPOLLIN and EPOLLOUT, as epoll knows them; 0: it does not know fd
	noDelay bool  // TCP_NODELAY is set
}

func (c *conn) handle() Handle { return Handle(c.generation)<<32 | Handle(uint32(c.index)) }

func (c *conn) conn() Conn { return Conn{c.handle(), c.token} }

// extra is what a connection has that is not idle.
type extra struct {
	out   []byte // octets of frames that wait to be written, from sent on
	sent  int
	pong  []byte // a pong that waits; a newer one takes its place
	turn  int    // it goes behind out[:turn], what waited when the first of them came
	full  bool   // Send was refused
	shuts bool   // our half is to be shut when all is written

	message []byte // parts of a message that has not wholly come

	ending Ending // once it is certain
	reason [session.MaxCloseReason]byte
}

var extras = sync.Pool{New: func() any { return new(extra) }}

// keep is up to how much memory is kept for another connection.
const keep = 64 << 10

func (c *conn) more() *extra {
	if c.extra == nil {
		c.extra = extras.Get().(*extra)
	}
	return c.extra
}

// less gives back what is not needed any more.
func (c *conn) less() {
	x := c.extra
	if x == nil || len(x.out) > 0 || len(x.message) > 0 || x.full || x.shuts || x.ending.Status != 0 {
		return
	}
	c.freeExtra()
}

// sendsNothing drops what waits to be sent.
func (x *extra) sendsNothing() {
	x.out, x.sent, x.pong = small(x.out), 0, x.pong[:0]
	x.full, x.shuts = false, false
}

func (c *conn) freeExtra() {
	x := c.extra
	if x == nil {
		return
	}
	c.extra = nil
	*x = extra{out: small(x.out), pong: x.pong[:0], message: small(x.message)}
	extras.Put(x)
}

// small is b, emptied, or nil if it is large.
func small(b []byte) []byte {
	if cap(b) > keep {
		return nil
	}
	return b[:0]
}

// unsent reports whether something is to be written yet.
func (c *conn) unsent() bool { return c.queued() > 0 || c.net != nil && c.net.writing }

// queued is how many octets wait to be written.
func (c *conn) queued() int {
	if c.extra == nil {
		return 0
	}
	return len(c.extra.out) - c.extra.sent
}

// slab holds connections in chunks, which do not move. The lowest free place is
// taken first, so that chunks at the end become empty and are given back.
type slab struct {
	chunks     []chunk
	lowest     int // no chunk before it has a free place
	n          int // connections
	generation uint32
}

const chunkSize = 128

// chunk has what says which of its connections are used beside them, so that they
// fill whole pages and are not touched by a search.
type chunk struct {
	used  [chunkSize / 64]uint64 // bits
	conns *[chunkSize]conn
}

// free is the index of the lowest free place, chunkSize if there is none.
func (k *chunk) free() int {
	for i, word := range k.used {
		if word != ^uint64(0) {
			return 64*i + bits.TrailingZeros64(^word)
		}
	}
	return chunkSize
}

func (k *chunk) empty() bool { return k.used == [chunkSize / 64]uint64{} }

// add returns a new connection.
func (s *slab) add() *conn {
	at := chunkSize
	for ; s.lowest < len(s.chunks); s.lowest++ {
		if at = s.chunks[s.lowest].free(); at < chunkSize {
			break
		}
	}
	if at == chunkSize {
		s.chunks = append(s.chunks, chunk{conns: new([chunkSize]conn)})
		at = 0
	}
	k := &s.chunks[s.lowest]
	k.used[at/64] |= 1 << (at % 64)
	s.n++
	if s.generation++; s.generation == 0 {
		s.generation = 1
	}
	c := &k.conns[at]
	c.generation, c.index = s.generation, int32(s.lowest*chunkSize+at)
	return c
}

// remove takes c out. It must have nothing any more.
func (s *slab) remove(c *conn) {
	k, at := int(c.index)/chunkSize, int(c.index)%chunkSize
	*c = conn{}
	s.n--
	s.chunks[k].used[at/64] &^= 1 << (at % 64)
	s.lowest = min(s.lowest, k)
	for len(s.chunks) > 1 && s.chunks[len(s.chunks)-1].empty() && s.chunks[len(s.chunks)-2].empty() {
		s.chunks[len(s.chunks)-1] = chunk{}
		s.chunks = s.chunks[:len(s.chunks)-1]
	}
}

func (s *slab) at(index int32) *conn { return &s.chunks[index/chunkSize].conns[index%chunkSize] }

// get returns the connection that h names, nil if it names none.
func (s *slab) get(h Handle) *conn { return s.named(int32(uint32(h)), uint32(h>>32)) }

func (s *slab) named(index int32, generation uint32) *conn {
	if index < 0 || int(index)/chunkSize >= len(s.chunks) {
		return nil
	}
	if c := s.at(index); c.generation == generation && c.phase != phaseFree {
		return c
	}
	return nil
}

// all are the connections. None may be added meanwhile.
func (s *slab) all() iter.Seq[*conn] {
	return func(yield func(*conn) bool) {
		for _, k := range s.chunks {
			for i := range k.conns {
				if k.conns[i].phase != phaseFree && !yield(&k.conns[i]) {
					return
				}
			}
		}
	}
}

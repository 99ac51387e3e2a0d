package loop_test

// A server that does what servers must not, at random and from a seed, and a
// client whose Handler acts at random. The table says for each script how its
// connections may end; monitor_test.go has the client and what it asserts.

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/loop"
)

var (
	hostileSeed  = flag.Uint64("hostile.seed", 1, "seed of TestHostile")
	hostileConns = flag.Int("hostile.n", 1000, "connections of TestHostile")
)

// What the end of a stream looks like may depend on what was under way.
var (
	lost  = []error{io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE}
	early = append(lost, loop.ErrNoAnswer)
)

// hostiles are the scripts: what the server does, and the errors of a Failure or
// an Ending that are right for it. nil is a close of the server's.
var hostiles = []struct {
	name           string
	script         func(p *peer, r *rand.Rand)
	failed, closed []error
	weight         int
}{
	{"echo", func(p *peer, r *rand.Rand) { echo(p) }, nil, []error{nil}, 3},
	{"nothing", func(p *peer, r *rand.Rand) { p.drain() }, []error{loop.ErrHandshakeTimeout}, nil, 1},
	{"end at once", func(p *peer, r *rand.Rand) {}, early, nil, 1},
	{"reset at once", func(p *peer, r *rand.Rand) { p.reset() }, early, nil, 1},
	{"end before the head", func(p *peer, r *rand.Rand) { p.head() }, []error{loop.ErrNoAnswer}, nil, 1},
	{"reset before the head", func(p *peer, r *rand.Rand) { p.head(); p.reset() }, []error{syscall.ECONNRESET}, nil, 1},
	{"end in the head", func(p *peer, r *rand.Rand) { h := p.head(); p.slowly(r, h[:1+r.IntN(len(h)-1)]) }, []error{io.ErrUnexpectedEOF}, nil, 1},
	{"reset in the head", func(p *peer, r *rand.Rand) { h := p.head(); p.slowly(r, h[:r.IntN(len(h))]); p.reset() }, []error{syscall.ECONNRESET}, nil, 1},
	{"silence in the head", func(p *peer, r *rand.Rand) { h := p.head(); p.slowly(r, h[:r.IntN(len(h))]); p.drain() }, []error{loop.ErrHandshakeTimeout}, nil, 1},
	{"head octet by octet", func(p *peer, r *rand.Rand) { p.octets(p.head()); echoOn(p) }, nil, []error{nil}, 2},
	{"garbage", func(p *peer, r *rand.Rand) { p.head(); p.slowly(r, append([]byte{'h'}, garbage(r)...)); p.drain() }, []error{session.ErrInvalidProtocolFormat}, nil, 1},
	{"garbage in the head", func(p *peer, r *rand.Rand) {
		h := p.head()
		p.slowly(r, append(append(h[:20:20], "\x00\xff"...), h[20:]...))
		p.drain()
	}, []error{session.ErrInvalidProtocolFormat}, nil, 1},
	{"head of 1 MiB", func(p *peer, r *rand.Rand) {
		p.head()
		p.slowly(r, []byte("HTTP/1.1 101 Switching Protocols\r\nX: "+strings.Repeat("x", 1<<20)+"\r\n\r\n"))
		p.drain()
	}, []error{parse.ErrTooLarge}, nil, 1},
	{"wrong accept", func(p *peer, r *rand.Rand) {
		p.slowly(r, bytes.Replace(p.head(), []byte("=\r\n"), []byte("-\r\n"), 1))
		p.drain()
	}, []error{session.ErrAcceptValue}, nil, 1},
	{"refusal", func(p *peer, r *rand.Rand) {
		p.head()
		status := []int{200, 301, 400, 401, 403, 404, 426, 429, 500, 503}[r.IntN(10)]
		p.slowly(r, fmt.Appendf(nil, "HTTP/1.1 %d Some Reason\r\nContent-Length: 4\r\n\r\nbody", status))
	}, []error{session.ErrUnexpectedStatus}, nil, 1},
	{"interim responses", func(p *peer, r *rand.Rand) {
		h := p.head()
		p.slowly(r, append([]byte(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", 1+r.IntN(5))), h...))
		echoOn(p)
	}, nil, []error{nil}, 1},
	{"interim, then the end", func(p *peer, r *rand.Rand) { p.head(); p.slowly(r, []byte("HTTP/1.1 100 Continue\r\n\r\n")) }, []error{io.ErrUnexpectedEOF}, nil, 1},
	{"frames behind the head", func(p *peer, r *rand.Rand) {
		p.slowly(r, append(p.head(), append(messages(r), frame(0x88, []byte("\x03\xe8bye"))...)...))
		p.drain()
	}, nil, []error{nil}, 2},
	{"frames octet by octet", func(p *peer, r *rand.Rand) {
		p.upgrade()
		p.octets(append(frame(0x81, []byte("hello")), frame(0x89, []byte("ping"))...))
		p.slowly(r, frame(0x88, []byte("\x03\xe9")))
		p.drain()
	}, nil, []error{nil}, 1},
	{"messages", func(p *peer, r *rand.Rand) {
		p.upgrade()
		for range 3 {
			p.slowly(r, messages(r))
		}
		p.slowly(r, frame(0x88, nil))
		p.drain()
	}, nil, []error{nil}, 2},
	{"half a frame, then silence", func(p *peer, r *rand.Rand) { p.upgrade(0x81, 126, 1, 0, 'a', 'b'); p.drain() }, nil, []error{loop.ErrNoPong}, 1},
	{"half a frame, then the end", func(p *peer, r *rand.Rand) { p.upgrade([]byte{0x81, 126, 1, 0, 'a'}[:1+r.IntN(5)]...) }, nil, lost, 1},
	{"half a frame, then a reset", func(p *peer, r *rand.Rand) { p.upgrade([]byte{0x81, 126, 1, 0, 'a'}[:r.IntN(6)]...); p.reset() },
		[]error{syscall.ECONNRESET}, lost, 1},
	{"half close", func(p *peer, r *rand.Rand) { p.upgrade(); p.Conn.(*net.TCPConn).CloseWrite(); p.drain() }, nil, lost, 1},
	{"end when open", func(p *peer, r *rand.Rand) { p.upgrade(); p.pause(r) }, nil, lost, 1},
	{"reset when open", func(p *peer, r *rand.Rand) { p.upgrade(); p.pause(r); p.reset() }, []error{syscall.ECONNRESET}, lost, 1},
	{"window of zero", func(p *peer, r *rand.Rand) { p.upgrade(); p.ignore() }, nil, []error{loop.ErrNoPong}, 1},
	{"pings, and never reads", func(p *peer, r *rand.Rand) {
		p.upgrade()
		for range 50 {
			p.Write(bytes.Repeat(frame(0x89, garbage(r)[:100]), 100))
			p.pause(r)
		}
		p.ignore()
	}, nil, []error{loop.ErrNoPong}, 1},
	{"close, then silence", func(p *peer, r *rand.Rand) { p.upgrade(frame(0x88, []byte("\x0f\xa0why"))...); p.drain() }, nil, []error{nil}, 1},
	{"close and the end", func(p *peer, r *rand.Rand) { p.upgrade(frame(0x88, []byte("\x0f\xa1why"))...) }, nil, []error{nil}, 1},
	{"masked", func(p *peer, r *rand.Rand) { p.upgrade(0x81, 0x80, 1, 2, 3, 4); p.drain() }, nil, []error{session.ErrFrameMasked}, 1},
	{"reserved bits", func(p *peer, r *rand.Rand) { p.upgrade(); p.slowly(r, frame(0xa1, []byte("x"))); p.drain() }, nil, []error{session.ErrFrameReserved}, 1},
	{"no opcode", func(p *peer, r *rand.Rand) { p.upgrade(); p.slowly(r, frame(0x83, []byte("x"))); p.drain() }, nil, []error{session.ErrFrameOpcode}, 1},
	{"length of 2^63", func(p *peer, r *rand.Rand) { p.upgrade(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0); p.drain() }, nil, []error{session.ErrFrameLength}, 1},
	{"large message", func(p *peer, r *rand.Rand) { p.upgrade(0x82, 127, 0, 0, 0, 0x7f, 0, 0, 0, 0); p.drain() }, nil, []error{session.ErrMessageSize}, 1},
	{"not UTF-8", func(p *peer, r *rand.Rand) { p.upgrade(); p.slowly(r, frame(0x81, []byte("abc\xff"))); p.drain() }, nil, []error{session.ErrUTF8}, 1},
	{"a continuation of nothing", func(p *peer, r *rand.Rand) { p.upgrade(frame(0x80, nil)...); p.drain() }, nil, []error{session.ErrContinuation}, 1},
	{"close of one octet", func(p *peer, r *rand.Rand) { p.upgrade(frame(0x88, []byte{3})...); p.drain() }, nil, []error{session.ErrCloseLength}, 1},
	{"garbage when open", func(p *peer, r *rand.Rand) { p.upgrade(); p.slowly(r, append([]byte{0x8f}, garbage(r)...)); p.drain() },
		nil, []error{session.ErrInvalidProtocolFormat}, 1},
	{"compressed garbage", func(p *peer, r *rand.Rand) {
		h := p.head()
		h = append(h[:len(h)-2:len(h)-2], "Sec-WebSocket-Extensions: "+deflate.Offer+"\r\n\r\n"...)
		p.slowly(r, append(h, frame(0xc2, append([]byte{0x07}, garbage(r)...))...)) // 0x07: a block type that there is not
		p.drain()
	}, nil, []error{session.ErrDeflateData}, 1},
}

func garbage(r *rand.Rand) []byte {
	p := make([]byte, 100+r.IntN(3000))
	for i := 0; i+8 <= len(p); i += 8 {
		binary.NativeEndian.PutUint64(p[i:], r.Uint64())
	}
	return p
}

// messages are whole messages that say their own length, some in fragments, with
// pings between.
func messages(r *rand.Rand) (p []byte) {
	for range 1 + r.IntN(4) {
		m := make([]byte, 4+r.IntN(20000))
		binary.BigEndian.PutUint32(m, uint32(len(m)))
		first := byte(0x02)
		for len(m) > 4000 && r.IntN(2) == 0 {
			n := r.IntN(len(m))
			p = append(append(p, frame(first, m[:n])...), frame(0x89, m[:n%100])...)
			m, first = m[n:], 0
		}
		p = append(p, frame(first|0x80, m)...)
	}
	return p
}

func (p *peer) reset() { p.Conn.(*net.TCPConn).SetLinger(0) }

// drain reads, and says nothing, until the client is gone.
func (p *peer) drain() { io.Copy(io.Discard, p.br) }

// ignore does nothing until the server ends.
func (p *peer) ignore() { <-p.ctx.Done() }

func (p *peer) pause(r *rand.Rand) { time.Sleep(time.Duration(r.IntN(3)) * time.Millisecond) }

// slowly writes q in a few parts, or at once.
func (p *peer) slowly(r *rand.Rand, q []byte) {
	for range r.IntN(4) {
		n := r.IntN(len(q) + 1)
		if _, err := p.Write(q[:n]); err != nil {
			return
		}
		q = q[n:]
		p.pause(r)
	}
	p.Write(q)
}

func (p *peer) octets(q []byte) {
	for i := range q {
		if _, err := p.Write(q[i : i+1]); err != nil {
			return
		}
		if i%16 == 0 {
			time.Sleep(100 * time.Microsecond) // so that they are not read together
		}
	}
}

// hostile serves every script, each at an address of its own, and returns the
// URLs. stop returns when no connection is left.
func hostile(t testing.TB, seed uint64) (urls []string, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	var listeners []net.Listener
	small := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { return smallWindow(c) }}
	for i, h := range hostiles {
		l, err := small.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners = append(listeners, l)
		urls = append(urls, "ws://"+l.Addr().String()+"/")
		running.Go(func() {
			for n := uint64(0); ; n++ {
				nc, err := l.Accept()
				if err != nil {
					return
				}
				r := rand.New(rand.NewPCG(seed, uint64(i)<<32|n))
				running.Go(func() {
					defer nc.Close()
					h.script(newPeer(ctx, nc), r)
				})
			}
		})
	}
	return urls, func() {
		for _, l := range listeners {
			l.Close()
		}
		cancel()
		running.Wait()
	}
}

func TestHostile(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		n := *hostileConns
		if cfg.Net {
			n /= 4
		}
		serve(t, func(*peer) {}).Close() // for what the runtime opens once
		fds := descriptors(t)
		urls, stop := hostile(t, *hostileSeed)
		defer stop()
		var turn, short []int // scripts, as often as they weigh, and those that do not wait for a deadline
		for i, h := range hostiles {
			for range h.weight {
				turn = append(turn, i)
				if !slices.Contains(h.failed, error(loop.ErrHandshakeTimeout)) && !slices.Contains(h.closed, error(loop.ErrNoPong)) {
					short = append(short, i)
				}
			}
		}
		offers := session.Offer{Extensions: []string{deflate.Offer}}
		m := newMonitor(t, *hostileSeed, urls, offers, min(n/3+1, 1500))
		cfg.Loops = 2
		cfg.Session = &session.Config{MaxMessageSize: 1 << 20, Deflate: &deflate.Codec{}}
		cfg.MaxQueued = 128 << 10
		cfg.HandshakeTimeout, cfg.PingInterval, cfg.PingTimeout, cfg.CloseTimeout = 3*time.Second, time.Second, 2*time.Second, time.Second
		cfg.Reset = *hostileSeed%2 == 0
		cfg.Fragments = *hostileSeed%3 == 0
		m.start(context.Background(), cfg)
		defer m.group.Close()

		m.run(short, n/10) // so that pools are filled and goroutines have been
		heap := settledHeap()
		m.run(turn, n)
		m.allGone()
		if after := settledHeap(); after-heap > 2<<20 {
			t.Errorf("the heap grew by %d octets, from %d", after-heap, heap)
		}
		m.group.Close()
		m.ended.Store(true)
		if m.failures.Load() == 0 && m.over.Load() != uint64(n+n/10)+m.more.Load() {
			t.Errorf("%d connections ended, of %d", m.over.Load(), uint64(n+n/10)+m.more.Load())
		}
		stop()
		if now := descriptors(t); now > fds {
			t.Errorf("%d descriptors, %d before", now, fds)
		}
		t.Logf("seed %d: %d connections", *hostileSeed, m.over.Load())
	})
}

package loop_test

// What is sent at random, through a system that takes it as it likes.
//
//	takeAtRandom  the system
//	sendAtRandom  the Handler
//	readAtRandom  the server

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// Whatever is sent when, and whether the system takes it whole, in part, later or not
// at all: a server reads what Send took, in its order and without a gap, up to where
// the connection ends, and of one that was closed all of it.
func TestAtRandom(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			atRandom(t, seed)
		})
	}
}

func atRandom(t *testing.T, seed uint64) {
	const conns = 20
	var servers sync.WaitGroup
	var read atomic.Uint32
	servers.Add(conns)
	s := serve(t, func(p *peer) {
		defer servers.Done()
		if p.upgrade() {
			n, err := readAtRandom(p, seed)
			if err != nil {
				t.Errorf("connection %s: %v", p.request.URL.Path, err)
			}
			read.Add(n)
		}
	})
	b := expect(conns)
	var closed [conns]int
	b.closed = func(_ *loop.Loop, c loop.Conn, _ *loop.Ending) { closed[c.Token]++ }
	cfg := loop.Config{MaxQueued: 64 << 10, CloseTimeout: 10 * time.Second}
	cfg = writing(b, cfg, takeAtRandom(rand.New(rand.NewPCG(seed, 0))))
	g := groupOf(t, cfg)
	sendAtRandom(b, rand.New(rand.NewPCG(seed, 1)), conns)
	for i := range uint64(conns) {
		if err := g.Dial(endpoint(t, s.url()+strconv.FormatUint(i, 10), session.Offer{}), i); err != nil {
			t.Fatal(err)
		}
	}
	b.wait(t)
	g.Close()
	servers.Wait()
	if n := read.Load(); n < 10*conns {
		t.Errorf("the servers read %d messages only", n)
	}
	for i, n := range closed {
		if n != 1 {
			t.Errorf("connection %d was closed %d times", i, n)
		}
	}
}

// takeAtRandom is a system that takes what is written as random says.
func takeAtRandom(random *rand.Rand) func(p []byte) ([]byte, error) {
	return func(p []byte) ([]byte, error) {
		switch n := random.IntN(100); {
		case n < 25:
			return p[:1+random.IntN(len(p))], nil
		case n < 45:
			return nil, syscall.EAGAIN
		case n == 99:
			return nil, syscall.ENOBUFS
		}
		return p, nil
	}
}

// sendAtRandom has b answer each thing that is told with some that are sent, on that
// connection and on others, until it has closed or dropped each. Messages begin with
// their number, and a close with how many there were.
func sendAtRandom(b *book, random *rand.Rand, conns int) {
	type state struct {
		handle loop.Handle
		sent   uint32
		acts   int
	}
	all := make([]state, conns)
	var act func(l *loop.Loop, c *state)
	act = func(l *loop.Loop, c *state) {
		if c.handle == 0 {
			return
		}
		switch n := random.IntN(100); {
		case c.acts > 60:
			l.Close(c.handle, session.StatusSuccess, fmt.Sprint("sent ", c.sent))
		case n == 0:
			l.Drop(c.handle)
		case n < 5:
			l.Ping(c.handle)
		case n < 10:
			l.Send(c.handle, session.UnsolicitedPong, []byte("?"))
		case n < 20:
			l.Post(func() { act(l, c) })
		case n < 25:
			l.At(time.Now().Add(time.Millisecond), func() { act(l, c) })
		default:
			size := random.IntN(200)
			if n > 90 {
				size = random.IntN(10_000)
			}
			if l.Send(c.handle, session.BinaryMessage, numbered(c.sent, size)) == nil {
				c.sent++
			}
		}
		c.acts++
	}
	some := func(l *loop.Loop, c *state) {
		for range 1 + random.IntN(5) {
			act(l, c)
		}
		act(l, &all[random.IntN(conns)])
	}
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		all[c.Token].handle = c.Handle
		var again func()
		again = func() { // so that each is over sometime
			if some(l, &all[c.Token]); l.Ping(c.Handle) != loop.ErrGone {
				l.At(time.Now().Add(5*time.Millisecond), again)
			}
		}
		again()
	}
	told := func(l *loop.Loop, c loop.Conn) { some(l, &all[c.Token]) }
	b.pong, b.drained = told, told
	b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) { told(l, c) }
}

// numbered is a message that tells where it belongs, and whether it is whole.
func numbered(n uint32, size int) []byte {
	return append(binary.BigEndian.AppendUint32(nil, n), bytes.Repeat([]byte{byte(n)}, size)...)
}

// readAtRandom reads messages of sendAtRandom and answers some, to the end of the
// stream. The error says what is not as it was sent.
func readAtRandom(p *peer, seed uint64) (next uint32, err error) {
	n, _ := strconv.ParseUint(strings.TrimPrefix(p.request.URL.Path, "/"), 10, 64)
	random := rand.New(rand.NewPCG(seed, 2+n))
	closing, closed := false, false
	for {
		first, payload, err := p.next()
		if err != nil {
			return next, nil
		}
		switch first {
		case 0x82:
			if closed {
				return next, fmt.Errorf("message %d is behind the close", next)
			}
			if !bytes.Equal(payload, numbered(next, max(len(payload)-4, 0))) {
				return next, fmt.Errorf("message %d is %x", next, payload[:min(len(payload), 8)])
			}
			next++
		case 0x88:
			if sent, of := strings.CutPrefix(string(payload[min(len(payload), 2):]), "sent "); of && sent != fmt.Sprint(next) {
				return next, fmt.Errorf("closed behind %d messages of %s", next, sent)
			}
			if !closing {
				p.Write(frame(0x88, payload))
			}
			p.Conn.(*net.TCPConn).CloseWrite()
			closed = true
			continue
		case 0x89:
			p.Write(frame(0x8a, payload))
			continue
		case 0x8a:
			continue
		default:
			return next, fmt.Errorf("a frame begins with %#x", first)
		}
		switch n := random.IntN(400); {
		case closing:
		case n == 0:
			return next, nil // a reset, if there is more
		case n == 1:
			p.Write(frame(0x88, []byte("\x0f\xa1last")))
			closing = true
		case n < 100:
			p.Write(frame(0x82, payload))
		case n < 120:
			p.Write(frame(0x89, payload[:4]))
		}
	}
}

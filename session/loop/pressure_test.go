package loop_test

// Servers that do not read, and what then waits here.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// frameHeader is how many octets a frame may have more than its payload.
const frameHeader = 14

// unread serves one connection with script, which decides what is read: over
// net.Conn by a pipe, since its writes go on while the system has room.
func unread(t *testing.T, cfg *loop.Config, script func(*peer)) (url string, stop func()) {
	if cfg.Net {
		return "ws://pipe.test/", pipes(cfg, 0, script)
	}
	s := serve(t, script)
	return s.url(), func() { s.Close() }
}

// A queue takes what Config.MaxQueued allows and no more; it is told of once when
// there is room again, and nothing that it took is lost.
func TestQueueFull(t *testing.T) {
	for _, size := range []int{10_000, 100} {
		t.Run(fmt.Sprint("size=", size), func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) { queueFull(t, cfg, size) })
		})
	}
}

func queueFull(t *testing.T, cfg loop.Config, size int) {
	const limit = 256 << 10
	upto := make(chan int, 1) // how many messages the server is to read by now
	got := make(chan int, 1)
	url, stop := unread(t, &cfg, func(p *peer) {
		p.upgrade()
		n := 0
		for next, more := 0, true; ; {
			for more && n == next {
				next, more = <-upto
			}
			first, payload, err := p.next()
			switch {
			case err != nil:
				t.Errorf("the server has read %d messages: %v", n, err)
				got <- n
				return
			case first == 0x88:
				p.Write(frame(0x88, payload))
				got <- n
				return
			case len(payload) > limit:
				p.Write(frame(0x82, nil))
			case first != 0x82 || len(payload) < 4 || int(binary.BigEndian.Uint32(payload)) != n:
				t.Errorf("message %d is %x of %d octets", n, first, len(payload))
			}
			n++
		}
	})
	b := expect(1)
	sent, drained := 0, 0
	flood := func(l *loop.Loop, c loop.Conn) {
		message := make([]byte, size)
		for {
			binary.BigEndian.PutUint32(message, uint32(sent))
			queued, room := l.Queued(c.Handle)
			err := l.Send(c.Handle, session.BinaryMessage, message)
			switch {
			case queued > limit+frameHeader:
				t.Errorf("%d octets wait", queued)
				return
			case err == nil && queued > 0 && queued+size > limit:
				t.Errorf("a message was taken though %d octets waited", queued)
				return
			case err == loop.ErrQueueFull && queued+size <= limit:
				t.Errorf("a message was refused though only %d octets waited", queued)
				return
			case room > 2*(limit+size):
				t.Errorf("there is a buffer of %d octets", room)
				return
			case err == loop.ErrQueueFull:
				rest := make([]byte, max(limit-queued, 0)+1)
				if err := l.Send(c.Handle, session.BinaryMessage, rest); err != loop.ErrQueueFull {
					t.Errorf("one octet too many: %v", err)
				}
				if rest = rest[1:]; len(rest) < 4 {
					return
				}
				binary.BigEndian.PutUint32(rest, uint32(sent))
				if err := l.Send(c.Handle, session.BinaryMessage, rest); err != nil {
					t.Errorf("the last octet: %v", err)
				}
				sent++
				return
			case err != nil:
				t.Error(err)
				return
			}
			sent++
		}
	}
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		flood(l, c)
		l.At(time.Now().Add(30*time.Millisecond), func() {
			if drained > 0 {
				t.Error("drained though nobody reads")
			}
			upto <- sent
		})
	}
	b.drained = func(l *loop.Loop, c loop.Conn) {
		if queued, room := l.Queued(c.Handle); queued != 0 || room > loop.KeptBuffer {
			t.Errorf("drained with %d octets in a buffer of %d", queued, room)
		}
		if drained++; drained < 3 {
			flood(l, c)
			upto <- sent
			return
		}
		// What is larger than the limit is taken if nothing waits.
		large := make([]byte, 2*limit)
		binary.BigEndian.PutUint32(large, uint32(sent))
		if err := l.Send(c.Handle, session.BinaryMessage, large); err != nil {
			t.Errorf("a message of %d octets: %v", len(large), err)
		}
		sent++
		close(upto)
	}
	b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
		l.Close(c.Handle, session.StatusSuccess, "") // nothing was refused since, so nothing is drained
	}
	cfg.MaxQueued = limit
	g := group(t, b, cfg)
	g.Dial(endpoint(t, url, session.Offer{}), 0)
	b.wait(t)
	g.Close()
	stop()
	if n := <-got; n != sent {
		t.Errorf("the server read %d messages of %d", n, sent)
	}
	b.check(t, "opened", "drained", "drained", "drained", "message 80000002 of 0", `closed 1000 "": <nil>`)
}

// A server that pings and does not read costs one pong, which answers the last.
func TestPingFloodUnread(t *testing.T) {
	const pings = 20_000
	forms(t, func(t *testing.T, cfg loop.Config) {
		full, handled := make(chan struct{}), make(chan struct{})
		pongs := make(chan []byte, pings)
		url, stop := unread(t, &cfg, func(p *peer) {
			defer close(pongs)
			p.upgrade()
			<-full
			var flood []byte
			for i := range uint32(pings) {
				flood = append(flood, frame(0x89, binary.BigEndian.AppendUint32(nil, i))...)
			}
			p.Write(append(flood, frame(0x81, []byte("that was all"))...))
			<-handled
			for {
				first, payload, err := p.next()
				if err != nil || first == 0x88 {
					p.Write(frame(0x88, payload))
					return
				}
				if first == 0x8a {
					pongs <- payload
				}
			}
		})
		b := expect(1)
		before := 0
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			message := make([]byte, 16<<10)
			for l.Send(c.Handle, session.BinaryMessage, message) == nil {
			}
			before, _ = l.Queued(c.Handle)
			close(full)
		}
		b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
			if queued, room := l.Queued(c.Handle); queued > before || room > 2*(before+16<<10) {
				t.Errorf("%d octets wait in a buffer of %d, before the pings %d", queued, room, before)
			}
			close(handled)
		}
		b.drained = func(l *loop.Loop, c loop.Conn) { l.Close(c.Handle, session.StatusSuccess, "") }
		cfg.MaxQueued = 256 << 10
		g := group(t, b, cfg)
		g.Dial(endpoint(t, url, session.Offer{}), 0)
		b.wait(t)
		g.Close()
		stop()
		var got []uint32
		for payload := range pongs {
			got = append(got, binary.BigEndian.Uint32(payload))
		}
		if !slices.Equal(got, []uint32{pings - 1}) {
			t.Errorf("%d pongs came, %v", len(got), got[:min(len(got), 10)])
		}
		b.check(t, "opened", "message 80000000 of 12", "drained", `closed 1000 "": <nil>`)
	})
}

// Both sides write 16 MiB at once, while the server pings: neither waits for ever,
// no frame is torn, and the last ping is answered.
func TestPingedWhileBothWrite(t *testing.T) {
	const pieces, size = 256, 64 << 10
	forms(t, func(t *testing.T, cfg loop.Config) {
		var answered atomic.Bool
		s := serve(t, func(p *peer) {
			p.upgrade()
			var writing sync.WaitGroup
			writing.Go(func() {
				payload := bytes.Repeat([]byte("s"), size)
				for i := range pieces {
					p.Write(frame(0x89, []byte{byte(i)}))
					p.Write(frame(0x82, payload))
				}
			})
			got, last := 0, -1
			for got < pieces || last < pieces-1 {
				first, payload, err := p.next()
				switch {
				case err != nil:
					t.Errorf("the server has read %d messages, and the pong %d: %v", got, last, err)
					return
				case first == 0x8a:
					if n := int(payload[0]); n <= last {
						t.Errorf("pong %d comes after %d", n, last)
					} else {
						last = n
					}
				case first != 0x82 || len(payload) != size || bytes.Count(payload, []byte("c")) != size:
					t.Errorf("a torn frame: %#x, %d octets", first, len(payload))
				default:
					got++
				}
			}
			writing.Wait()
			answered.Store(true)
			p.Write(frame(0x88, nil))
			p.next()
		})
		b := expect(1)
		sent, came := 0, 0
		flood := func(l *loop.Loop, c loop.Conn) {
			message := bytes.Repeat([]byte("c"), size)
			for ; sent < pieces; sent++ {
				if err := l.Send(c.Handle, session.BinaryMessage, message); err == loop.ErrQueueFull {
					return
				} else if err != nil {
					t.Error(err)
				}
			}
		}
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { flood(l, c) }
		b.drained = flood
		b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, p []byte) {
			if came++; len(p) != size || bytes.Count(p, []byte("s")) != size {
				t.Errorf("a message of %d octets is torn", len(p))
			}
			if queued, room := l.Queued(c.Handle); queued > cfg.MaxQueued+frameHeader || room > 2*(cfg.MaxQueued+size) {
				t.Errorf("%d octets wait, in a buffer of %d", queued, room)
			}
			flood(l, c) // behind what is partly written
		}
		cfg.MaxQueued = 256 << 10
		g := group(t, b, cfg)
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		b.wait(t)
		if last := b.lines[len(b.lines)-1]; last != `closed 1005 "": <nil>` || came != pieces || sent != pieces || !answered.Load() {
			t.Errorf("%s; %d messages came, %d were sent", last, came, sent)
		}
	})
}

package loop_test

// The end of a Group, by its context or by Close, whatever its connections are
// about: each is told of once more, and nothing of it is left.
//
//	stages          what a connection may be about
//	TestStop        each of them, both ways, both forms
//	TestStopTwice   Close cuts short what the context began
//	TestStopAtOnce  a context that is done before there is anything to close
//	TestStopRefuses what may be called while a Group ends, and behind that

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A stage is what a connection is about when the Group ends.
type stage struct {
	name string
	// script is the server's. It calls v.reached, unless opened does.
	script func(p *peer, v *visit)
	opened func(l *loop.Loop, c loop.Conn, v *visit)
	config func(t *testing.T, cfg *loop.Config) (url string, free func()) // in place of a server
	scheme string                                                         // "": ws
	// What is told last if the context ends, and by Close, and the status that
	// the server is told, 0 for none.
	ordered, atOnce string
	told            uint16
}

// A visit is one connection's stay in a stage.
type visit struct {
	reached func()
	stops   chan struct{} // closed when the Group is told to end
	over    chan struct{} // closed when it has
	told    chan uint16   // the status that the server was told
}

// listen reads until the client is gone, and answers no close.
func (v *visit) listen(p *peer) {
	status := uint16(0)
	for {
		first, payload, err := p.next()
		if err != nil {
			v.told <- status
			return
		}
		if first == 0x88 && len(payload) >= 2 {
			status = uint16(payload[0])<<8 | uint16(payload[1])
		}
	}
}

// converse answers a close as well.
func (v *visit) converse(p *peer) {
	for {
		first, payload, err := p.next()
		switch {
		case err != nil:
			v.told <- 0
			return
		case first == 0x88 && len(payload) >= 2:
			p.Write(frame(0x88, payload))
			v.told <- uint16(payload[0])<<8 | uint16(payload[1])
			return
		}
	}
}

// reach says that the stage is reached once the connection is open.
func reach(_ *loop.Loop, _ loop.Conn, v *visit) { v.reached() }

// fill sends until the queue is full.
func fill(l *loop.Loop, c loop.Conn, v *visit) {
	message := make([]byte, 64<<10)
	for l.Send(c.Handle, session.BinaryMessage, message) == nil {
	}
	v.reached()
}

// unresolved is a name that is looked up for ever.
func unresolved(_ *testing.T, cfg *loop.Config) (string, func()) {
	cfg.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	return "ws://some.test/", func() {}
}

const (
	stoppedEarly = "loop: stopped by this side"
	stoppedOpen  = `closed 1006 "": loop: stopped by this side`
	unanswered   = `closed 1006 "": loop: no close from the server within the time for it`
)

var stages = []stage{
	{name: "resolving", config: unresolved, ordered: "failed: dns: " + stoppedEarly, atOnce: "failed: dns: " + stoppedEarly},
	{name: "connecting", config: stuck, ordered: "failed: connect: " + stoppedEarly, atOnce: "failed: connect: " + stoppedEarly},
	{name: "TLS", scheme: "wss", script: func(p *peer, v *visit) {
		p.br.ReadByte()
		v.reached()
		io.Copy(io.Discard, p.br)
		v.told <- 0
	}, ordered: "failed: tls: " + stoppedEarly, atOnce: "failed: tls: " + stoppedEarly},
	{name: "waiting for the head", script: func(p *peer, v *visit) {
		p.head()
		v.reached()
		v.listen(p)
	}, ordered: "failed: response: " + stoppedEarly, atOnce: "failed: response: " + stoppedEarly},
	{name: "in the head", script: func(p *peer, v *visit) {
		p.Write(p.head()[:20])
		v.reached()
		v.listen(p)
	}, ordered: "failed: response: " + stoppedEarly, atOnce: "failed: response: " + stoppedEarly},
	{name: "idle", script: func(p *peer, v *visit) {
		p.upgrade()
		v.converse(p)
	}, opened: reach, ordered: `closed 1001 "": <nil>`, atOnce: stoppedOpen, told: 1001},
	{name: "idle, the close is not answered", script: func(p *peer, v *visit) {
		p.upgrade()
		v.listen(p)
	}, opened: reach, ordered: unanswered, atOnce: stoppedOpen, told: 1001},
	{name: "half a message has come", script: func(p *peer, v *visit) {
		p.upgrade(frame(0x01, []byte("half"))...)
		p.Write(frame(0x89, nil))
		p.next()
		v.reached()
		v.converse(p)
	}, ordered: `closed 1001 "": <nil>`, atOnce: stoppedOpen, told: 1001},
	{name: "half is sent, and read late", script: func(p *peer, v *visit) {
		p.upgrade()
		<-v.stops
		time.Sleep(20 * time.Millisecond)
		v.converse(p)
	}, opened: fill, ordered: `closed 1001 "": <nil>`, atOnce: stoppedOpen, told: 1001},
	{name: "half is sent, and not read", script: func(p *peer, v *visit) {
		p.upgrade()
		<-v.over
		v.told <- 0
	}, opened: fill, ordered: unanswered, atOnce: stoppedOpen},
	{name: "closing", script: func(p *peer, v *visit) {
		p.upgrade()
		if first, payload, _ := p.next(); first != 0x88 || string(payload) != "\x0f\xa0" {
			return
		}
		v.reached()
		v.listen(p)
	}, opened: func(l *loop.Loop, c loop.Conn, v *visit) { l.Close(c.Handle, 4000, "") }, ordered: unanswered, atOnce: stoppedOpen},
	{name: "closed by the server, which waits", script: func(p *peer, v *visit) {
		p.upgrade(frame(0x88, []byte("\x0f\xa1why"))...)
		p.next()
		v.reached()
		v.listen(p)
	}, ordered: `closed 4001 "why": <nil>`, atOnce: `closed 4001 "why": <nil>`},
}

func TestStop(t *testing.T) {
	for _, s := range stages {
		for _, atOnce := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/atOnce=%v", s.name, atOnce), func(t *testing.T) {
				forms(t, func(t *testing.T, cfg loop.Config) { s.stop(t, cfg, atOnce) })
			})
		}
	}
}

// stop ends a Group in stage s.
func (s stage) stop(t *testing.T, cfg loop.Config, atOnce bool) {
	ours, fds := goleak.IgnoreCurrent(), descriptors(t)
	var once sync.Once
	reached := make(chan struct{})
	v := &visit{func() { once.Do(func() { close(reached) }) }, make(chan struct{}), make(chan struct{}), make(chan uint16, 1)}
	var url string
	var free func()
	if s.script == nil {
		url, free = s.config(t, &cfg)
		v.reached() // the loop takes no further step by itself
	} else {
		server := serve(t, func(p *peer) { s.script(p, v) })
		url, free = "ws"+strings.TrimPrefix(s.scheme, "ws")+"://"+server.Addr().String()+"/", func() { server.Close() }
	}

	b := expect(1)
	b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		if s.opened != nil {
			s.opened(l, c, v)
		}
	}
	cfg.Handler = func(l *loop.Loop) loop.Handler { return client{l, b} }
	cfg.MaxQueued, cfg.CloseTimeout = 1<<20, 300*time.Millisecond
	if s.name == "half is sent, and read late" {
		cfg.CloseTimeout = 20 * time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	g, err := loop.New(ctx, &cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if err := g.Dial(endpoint(t, url, session.Offer{}), 0); err != nil {
		t.Fatal(err)
	}
	<-reached
	begun := make(chan struct{})
	g.Loops()[0].Post(func() { close(begun) })
	<-begun

	start := time.Now()
	close(v.stops)
	want, told := s.ordered, s.told
	if atOnce {
		want, told = s.atOnce, 0
		g.Close()
	} else {
		cancel()
		g.Wait()
	}
	took := time.Since(start)
	close(v.over)
	lines := slices.Clone(b.lines)
	if last := lines[len(lines)-1]; !strings.HasSuffix(last, want) || b.over != 1 {
		t.Errorf("told %q, want %q in the end, once", lines, want)
	}
	if took > 8*time.Second { // what is looked up would take 10 by itself
		t.Errorf("it took %v", took)
	}
	if s.script != nil {
		if status := <-v.told; status != told {
			t.Errorf("the server was told %d, want %d", status, told)
		}
	}
	free()
	settle(t, ours, fds)
	if !slices.Equal(b.lines, lines) {
		t.Errorf("told behind the end: %q", b.lines[len(lines):])
	}
}

// settle waits until descriptors and goroutines are those of before.
func settle(t *testing.T, ours goleak.Option, fds int) {
	t.Helper()
	limit := time.Now().Add(20 * time.Second)
	for descriptors(t) > fds && time.Now().Before(limit) {
		time.Sleep(time.Millisecond) // for the server's ends
	}
	if now := descriptors(t); now > fds {
		t.Errorf("%d descriptors, %d before", now, fds)
	}
	err := goleak.Find(ours)
	for err != nil && time.Now().Before(limit) {
		err = goleak.Find(ours)
	}
	if err != nil {
		t.Error(err)
	}
}

// Close does not wait for what the context gave time to.
func TestStopTwice(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		closing := make(chan struct{})
		s := serve(t, func(p *peer) {
			p.upgrade()
			if first, _, _ := p.next(); first == 0x88 {
				close(closing)
			}
			io.Copy(io.Discard, p.br)
		})
		b := expect(1)
		opened := make(chan struct{})
		b.opened = func(*loop.Loop, loop.Conn, *loop.Opening) { close(opened) }
		cfg.Handler = func(l *loop.Loop) loop.Handler { return client{l, b} }
		cfg.CloseTimeout = time.Hour
		ctx, cancel := context.WithCancel(context.Background())
		g, err := loop.New(ctx, &cfg)
		if err != nil {
			t.Fatal(err)
		}
		g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
		<-opened
		cancel()
		<-closing
		var closers sync.WaitGroup
		for range 3 {
			closers.Go(g.Close)
		}
		closers.Wait()
		g.Wait()
		g.Close()
		b.check(t, "opened", stoppedOpen)
	})
}

// A context that is done already, and one that ends while there is nothing to close.
func TestStopAtOnce(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		cfg.Loops = 3
		cfg.Handler = func(l *loop.Loop) loop.Handler { return loop.Ignore{} }
		for _, before := range []bool{true, false} {
			ctx, cancel := context.WithCancel(context.Background())
			if before {
				cancel()
			}
			g, err := loop.New(ctx, &cfg)
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			g.Wait()
			for _, l := range g.Loops() {
				if l.Post(func() { t.Error("called behind the end") }) {
					t.Error("posted behind the end")
				}
			}
			if err := g.Dial(endpoint(t, "ws://127.0.0.1:1/", session.Offer{}), 0); err != loop.ErrStopped {
				t.Errorf("dial: %v", err)
			}
		}
	})
}

// While a Group ends nothing is dialled any more, and what is open can still be
// used until its close is sent: by then it has been.
func TestStopRefuses(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, func(p *peer) {
			p.upgrade()
			for {
				first, payload, err := p.next()
				if err != nil {
					return
				}
				if first == 0x88 { // which it goes on talking before
					p.Write(slices.Concat(frame(0x82, []byte("late")), frame(0x89, []byte("late")), frame(0x88, payload)))
					return
				}
			}
		})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		b := expect(1)
		b.opened = func(*loop.Loop, loop.Conn, *loop.Opening) { cancel() }
		e := endpoint(t, s.url(), session.Offer{})
		try := func(l *loop.Loop) {
			if h, err := l.Dial(e, 0); h != 0 || err != loop.ErrStopped {
				t.Errorf("dial: %v, %v", h, err)
			}
		}
		b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, p []byte) {
			try(l)
			if err := l.Send(c.Handle, session.UTF8Message, nil); err != session.ErrCloseSent {
				t.Errorf("a message behind the close: %v", err)
			}
		}
		b.closed = func(l *loop.Loop, _ loop.Conn, _ *loop.Ending) { try(l) }
		cfg.Handler = func(l *loop.Loop) loop.Handler { return client{l, b} }
		g, err := loop.New(ctx, &cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		g.Dial(e, 0)
		g.Wait()
		b.check(t, "opened", "message 80000002 of 4", `closed 1001 "": <nil>`)
	})
}

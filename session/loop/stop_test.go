package loop_test

// The end of a Group, by its context or by Close, whatever its connections are
// about: each is told of once more, and nothing of it is left.
//
//	TestStop        each of stages, both ways, both forms
//	TestStopTwice   Close cuts short what the context began
//	TestStopAtOnce  a context that is done before there is anything to close
//	TestStopRefuses what may be called while a Group ends, and behind that

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

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

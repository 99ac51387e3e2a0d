package loop_test

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// processorTime is what the process has taken of processors.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// While nothing happens a Group takes no time, though each connection has a ping
// and a Wake to come.
func TestIdleTakesNoTime(t *testing.T) {
	const (
		conns  = 1000
		period = 2 * time.Second
		limit  = period / 20
	)
	addr := startChild(t)
	forms(t, func(t *testing.T, cfg loop.Config) {
		b := expect(conns)
		idle, open := make(chan struct{}), 0
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			l.Wake(c.Handle, time.Now().Add(time.Minute+time.Duration(c.Token)*time.Millisecond))
			l.Ping(c.Handle)
		}
		b.pong = func(*loop.Loop, loop.Conn) {
			if open++; open == conns {
				close(idle)
			}
		}
		cfg.PingInterval = time.Minute
		g := group(t, b, cfg)
		e := endpoint(t, "ws://"+addr+"/", session.Offer{})
		for i := range uint64(conns) {
			g.Dial(e, i)
		}
		select {
		case <-idle:
		case <-time.After(time.Minute):
			t.Fatal("not all are open")
		}
		before := processorTime(t)
		time.Sleep(period)
		took := processorTime(t) - before
		if t.Logf("%v in %v", took, period); took > limit {
			t.Errorf("%d idle connections took %v of processors in %v, want at most %v", conns, took, period, limit)
		}
		g.Close()
		b.wait(t)
	})
}

// Nor does it while connections wait for servers that do not go on, though these
// have said something, or ended their stream.
func TestWaitingTakesNoTime(t *testing.T) {
	const (
		period = 500 * time.Millisecond
		limit  = period / 10
	)
	masked := []byte{0x81, 0x80, 0, 0, 0, 0} // which a server must not
	half := func(p *peer) { p.Conn.(*net.TCPConn).CloseWrite() }
	early := func(p *peer) { p.Write([]byte("HTTP/1.1 400 Bad")) }
	fill := func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
		for l.Send(c.Handle, session.BinaryMessage, make([]byte, 64<<10)) == nil {
		}
	}
	rows := []struct {
		name   string
		script func(*peer)
		opened func(*loop.Loop, loop.Conn, *loop.Opening)
		large  bool // the request
	}{
		{"nothing", func(*peer) {}, nil, false},
		{"half a head", func(p *peer) { p.Write(p.head()[:40]) }, nil, false},
		{"an early answer", early, nil, true},
		{"an early answer, half close", func(p *peer) { early(p); half(p) }, nil, true},
		{"no close", func(p *peer) { p.upgrade() }, func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Close(c.Handle, 0, "") }, false},
		{"close", func(p *peer) { p.upgrade(frame(0x88, nil)...) }, nil, false},
		{"masked", func(p *peer) { p.upgrade(masked...) }, nil, false},
		{"full", func(p *peer) { p.upgrade() }, fill, false},
		{"full, half close", func(p *peer) { p.upgrade(); half(p) }, fill, false},
		{"full, close", func(p *peer) { p.upgrade(frame(0x88, nil)...) }, fill, false},
		{"full, close, half close", func(p *peer) { p.upgrade(frame(0x88, nil)...); half(p) }, fill, false},
		{"full, masked", func(p *peer) { p.upgrade(masked...) }, fill, false},
	}
	forms(t, func(t *testing.T, cfg loop.Config) {
		over := make(chan struct{})
		b := expect(len(rows))
		b.opened = func(l *loop.Loop, c loop.Conn, o *loop.Opening) {
			if opened := rows[c.Token].opened; opened != nil {
				opened(l, c, o)
			}
		}
		cfg.CloseTimeout, cfg.HandshakeTimeout = time.Minute, time.Minute
		g := group(t, b, cfg)
		for i, row := range rows {
			s := serve(t, func(p *peer) { row.script(p); <-over })
			var o session.Offer
			for range 100 {
				if row.large {
					o.Header = append(o.Header, session.Header{Name: "Large", Value: strings.Repeat("x", 100<<10)})
				}
			}
			g.Dial(endpoint(t, s.url(), o), uint64(i))
		}
		took := period
		for try := 0; try < 20 && took > limit; try++ { // until all wait
			before := processorTime(t)
			time.Sleep(period)
			took = processorTime(t) - before
			t.Logf("%v in %v", took, period)
		}
		if took > limit {
			t.Errorf("connections that wait took %v of processors in %v, want at most %v", took, period, limit)
		}
		close(over)
		g.Close()
		b.wait(t)
	})
}

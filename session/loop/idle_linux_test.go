package loop_test

import (
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
		limit  = period / 50
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

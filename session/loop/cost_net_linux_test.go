//go:build !race

package loop_test

import (
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A connection over net.Conn that waits holds no buffer but a small one to read
// into, whatever it has exchanged before.
func TestWaitingOverNetHoldsLittle(t *testing.T) {
	const conns, limit = 300, 3000
	e := endpoint(t, "ws://"+startChild(t)+"/", session.Offer{})
	m := &miser{t: t}
	exchanged, over := 0, 0
	idle, done := make(chan struct{}), make(chan struct{})
	m.opened = func(c loop.Conn) {
		for _, err := range []error{
			m.loop.Send(c.Handle, session.BinaryFragment, make([]byte, 30_000)),
			m.loop.Send(c.Handle, session.BinaryMessage, make([]byte, 50_000)),
		} {
			if err != nil {
				t.Error(err)
			}
		}
	}
	m.message = func(c loop.Conn, p []byte) {
		if len(p) != 80_000 {
			t.Errorf("%d octets", len(p))
		}
		if exchanged++; exchanged == conns {
			close(idle)
		}
	}
	m.closed = func(loop.Conn) {
		if over++; over == conns {
			close(done)
		}
	}
	g := m.start(loop.Config{Net: true})
	_, before := heap()
	for i := range uint64(conns) {
		g.Dial(e, i)
	}
	select {
	case <-idle:
	case <-time.After(time.Minute):
		t.Fatal("not all have exchanged their messages")
	}
	_, after := heap()
	each := (after - before) / conns
	if t.Logf("%d octets of heap", each); each > limit {
		t.Errorf("a connection that waits holds %d octets of heap, want at most %d", each, limit)
	}
	g.Close()
	<-done
}

//go:build !race

package loop_test

// What connections cost, with their server in another process. Not run under the
// race detector, where sync.Pool forgets at random.
//
//	TestHandshakesDoNotAllocate
//	TestMessagesDoNotAllocate
//	TestIdleHoldsNothing

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A miser is a Handler that allocates nothing: it counts, and calls step with what
// it has counted.
type miser struct {
	loop.Ignore
	t       *testing.T
	loop    *loop.Loop
	opened  func(loop.Conn)
	message func(loop.Conn, []byte)
	closed  func(loop.Conn)
}

func (m *miser) Opened(c loop.Conn, o *loop.Opening) {
	if !o.RemoteAddr().IsValid() || o.TLS() != nil {
		m.t.Errorf("connected to %v, TLS %v", o.RemoteAddr(), o.TLS())
	}
	m.opened(c)
}

func (m *miser) Message(c loop.Conn, _ session.BufferType, p []byte) { m.message(c, p) }

func (m *miser) Failed(_ loop.Conn, f *loop.Failure) {
	m.t.Errorf("%v: %v", f.Phase, f.Err)
	m.closed(loop.Conn{})
}

func (m *miser) Closed(c loop.Conn, e *loop.Ending) { m.closed(c) }

// start starts a Group of one loop with m as its Handler.
func (m *miser) start(cfg loop.Config) *loop.Group {
	cfg.Loops = 1
	cfg.Handler = func(l *loop.Loop) loop.Handler {
		m.loop = l
		return m
	}
	return groupOf(m.t, cfg)
}

// A count is of objects allocated by the process, between two times.
type count struct{ before, after runtime.MemStats }

func (k *count) begin() { runtime.ReadMemStats(&k.before) }
func (k *count) end()   { runtime.ReadMemStats(&k.after) }

// check allows for what is made once in a while, like a longer slice.
func (k *count) check(t *testing.T, what string, n int) {
	t.Helper()
	per := float64(k.after.Mallocs-k.before.Mallocs) / float64(n)
	t.Logf("%.4f allocations for each %s", per, what)
	if per > 0.01 {
		t.Errorf("%.3f allocations for each %s", per, what)
	}
}

func TestHandshakesDoNotAllocate(t *testing.T) {
	const warm, n = 300, 3000
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	e := endpoint(t, "ws://"+startChild(t)+"/", session.Offer{Subprotocols: []string{"chat"}, SubprotocolOptional: true})
	var k count
	var done = make(chan struct{})
	m, over := &miser{t: t}, 0
	m.opened = func(c loop.Conn) { m.loop.Drop(c.Handle) }
	m.closed = func(loop.Conn) {
		switch over++; over {
		case warm:
			k.begin()
		case warm + n:
			k.end()
			close(done)
			return
		}
		m.loop.Dial(e, 0)
	}
	g := m.start(loop.Config{Reset: true})
	g.Dial(e, 0)
	<-done
	k.check(t, "handshake", n)
}

func TestMessagesDoNotAllocate(t *testing.T) {
	const conns, warm, n = 8, 1000, 20_000
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	e := endpoint(t, "ws://"+startChild(t)+"/", session.Offer{})
	for _, size := range []int{0, 64, 5000} {
		var k count
		message, came, over := make([]byte, size), 0, 0
		done := make(chan struct{})
		m := &miser{t: t}
		say := func(c loop.Conn) {
			if err := m.loop.Send(c.Handle, session.BinaryMessage, message); err != nil {
				t.Error(err)
			}
		}
		m.opened = say
		m.message = func(c loop.Conn, p []byte) {
			if len(p) != size {
				t.Errorf("%d octets, want %d", len(p), size)
			}
			switch came++; {
			case came == warm:
				k.begin()
			case came == warm+n:
				k.end()
			}
			if came < warm+n {
				say(c)
			} else {
				m.loop.Drop(c.Handle)
			}
		}
		m.closed = func(loop.Conn) {
			if over++; over == conns {
				close(done)
			}
		}
		g := m.start(loop.Config{})
		for range conns {
			g.Dial(e, 0)
		}
		<-done
		g.Close()
		k.check(t, "message", n)
	}
}

// After a message, one in fragments, a ping, and for some a write that had to wait,
// a connection that waits holds its place in the slab, and nothing else.
func TestIdleHoldsNothing(t *testing.T) {
	const conns, some = 2000, 50
	e := endpoint(t, "ws://"+startChild(t)+"/", session.Offer{})
	m := &miser{t: t}
	exchanged, over := 0, 0
	idle, done := make(chan struct{}), make(chan struct{})
	m.opened = func(c loop.Conn) {
		for _, err := range []error{
			m.loop.Send(c.Handle, session.UTF8Message, []byte("whole")),
			m.loop.Ping(c.Handle),
			m.loop.Send(c.Handle, session.BinaryFragment, make([]byte, 5000)),
			m.loop.Send(c.Handle, session.BinaryMessage, make([]byte, 5000)),
		} {
			if err != nil {
				t.Error(err)
			}
		}
	}
	const large = 6000 // is written at once
	waits := false     // the next write of so many octets has to
	m.message = func(c loop.Conn, p []byte) {
		switch {
		case len(p) == 10_000 && c.Token%some == 0:
			waits = true
			if err := m.loop.Send(c.Handle, session.BinaryMessage, p[:large]); err != nil {
				t.Error(err)
			}
			if queued, _ := m.loop.Queued(c.Handle); queued < large {
				t.Error("nothing waits")
			}
			return
		case len(p) < 1000:
			return
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
	g := m.start(loop.Config{PingInterval: time.Hour})
	posted := make(chan struct{})
	m.loop.Post(func() {
		m.loop.Intercept(func(call string, p []byte) ([]byte, error) {
			if waits && call == "write" && len(p) >= large {
				waits = false
				return nil, syscall.EAGAIN
			}
			return p, nil
		})
		close(posted)
	})
	<-posted
	objects, octets := heap()
	for i := range uint64(conns) {
		g.Dial(e, i)
	}
	select {
	case <-idle:
	case <-time.After(time.Minute):
		t.Fatal("not all have exchanged their messages")
	}
	more, larger := heap()
	t.Logf("%.3f objects and %.0f octets for each", float64(more-objects)/conns, float64(larger-octets)/conns)
	if float64(more-objects)/conns > 0.1 {
		t.Errorf("%.2f objects for each connection", float64(more-objects)/conns)
	}
	if float64(larger-octets)/conns > 400 {
		t.Errorf("%.0f octets for each connection", float64(larger-octets)/conns)
	}
	m.loop.Post(func() {
		if n := m.loop.Busy(); n > 0 {
			t.Errorf("%d connections hold something", n)
		}
	})
	g.Close()
	<-done
}

// heap counts what is alive when pools have let go of what they have.
func heap() (objects, octets int64) {
	settledHeap()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapObjects), int64(m.HeapAlloc)
}

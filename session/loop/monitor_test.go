package loop_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A monitor is the Handlers of a Group, which act at random, and asserts what
// holds for all of them: a call does not begin within another, each connection
// has one Opened at most and one end, and that fits the script of its server;
// nothing comes behind the end, and nothing behind that of the Group.
//
// The token of a connection is its number and its script.
type monitor struct {
	t         testing.TB
	group     *loop.Group
	minders   []*minder // by Loop.Index
	endpoints []*dial.Endpoint
	seed      uint64

	next     atomic.Uint64 // number of connections begun
	over     atomic.Uint64 // ended
	more     atomic.Uint64 // of them dialled by Handlers
	failures atomic.Uint64
	stops    atomic.Bool // the Group has been told to end
	ended    atomic.Bool
	room     chan struct{} // for connections in flight
	posting  sync.WaitGroup
}

// minder is the Handler of one loop.
type minder struct {
	*monitor
	loop   *loop.Loop
	r      *rand.Rand
	inside bool
	conns  map[uint64]*minded // by token
	gone   []loop.Handle
}

// minded is what is known of a connection.
type minded struct {
	handle          loop.Handle
	opened          bool
	closed, dropped bool // by us
	full            bool
}

func newMonitor(t testing.TB, seed uint64, urls []string, o session.Offer, inFlight int) *monitor {
	m := &monitor{t: t, seed: seed, room: make(chan struct{}, inFlight)}
	for _, url := range urls {
		m.endpoints = append(m.endpoints, endpoint(t, url, o))
	}
	return m
}

func (m *monitor) start(ctx context.Context, cfg loop.Config) {
	cfg.Handler = func(l *loop.Loop) loop.Handler {
		d := &minder{monitor: m, loop: l, r: rand.New(rand.NewPCG(m.seed, uint64(l.Index()))), conns: map[uint64]*minded{}}
		m.minders = append(m.minders, d)
		return d
	}
	var err error
	if m.group, err = loop.New(ctx, &cfg); err != nil {
		m.t.Fatal(err)
	}
}

// run opens n connections, of the scripts in turn, and waits until they and those
// that they led to have ended.
func (m *monitor) run(turn []int, n int) {
	for i := range n {
		m.room <- struct{}{}
		if err := m.group.Dial(m.endpoints[turn[i%len(turn)]], m.token(turn[i%len(turn)])); err != nil {
			m.fault("dial: %v", err)
		}
	}
	limit := time.Now().Add(3 * time.Minute)
	for m.over.Load() < m.next.Load() && time.Now().Before(limit) {
		time.Sleep(time.Millisecond)
	}
	if over, next := m.over.Load(), m.next.Load(); over < next {
		m.t.Fatalf("%d of %d connections have not ended", next-over, next)
	}
	m.posting.Wait()
}

func (m *monitor) token(script int) uint64 { return m.next.Add(1)<<8 | uint64(script) }

func (m *monitor) fault(format string, args ...any) {
	if m.failures.Add(1) < 20 {
		m.t.Errorf(format, args...)
	}
}

// allGone asserts that no handle names anything any more, and forgets them.
func (m *monitor) allGone() {
	for _, l := range m.group.Loops() {
		done := make(chan struct{})
		l.Post(func() {
			defer close(done)
			m.minders[l.Index()].allGone()
		})
		<-done
	}
}

func (d *minder) allGone() {
	if n := d.loop.Len(); n != 0 {
		d.fault("loop %d still has %d connections", d.loop.Index(), n)
	}
	for _, h := range d.gone {
		_, deflates := d.loop.Deflate(h)
		for _, err := range []error{
			d.loop.Send(h, session.UTF8Message, nil), d.loop.Ping(h), d.loop.Close(h, 0, ""),
			d.loop.Drop(h), d.loop.Wake(h, time.Now()),
		} {
			if err != loop.ErrGone || deflates {
				d.fault("handle %x of a connection that is over: %v", h, err)
			}
		}
	}
	d.gone = nil
}

// settledHeap is what is alive.
func settledHeap() int64 {
	for range 3 { // pools let go of what they have in two
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

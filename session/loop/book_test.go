package loop_test

// A Handler that notes what it is told, for most tests, and what starts a Group.
//
//	book    what was told, and functions to be called then
//	client  writes it, for one loop
//	group   a Group of clients, which ends with the test
//	forms   a test, once with sockets of the loop's own and once over net.Conn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A client notes what it is told, and does what its functions say.
type client struct {
	loop *loop.Loop
	*book
}

// A book is what all the clients of a Group are told, in words.
type book struct {
	mu    sync.Mutex
	lines []string
	over  int // Failed and Closed
	ended chan struct{}
	want  int

	opened  func(*loop.Loop, loop.Conn, *loop.Opening)
	failed  func(*loop.Loop, loop.Conn, *loop.Failure)
	message func(*loop.Loop, loop.Conn, session.BufferType, []byte)
	pong    func(*loop.Loop, loop.Conn)
	drained func(*loop.Loop, loop.Conn)
	wake    func(*loop.Loop, loop.Conn)
	closed  func(*loop.Loop, loop.Conn, *loop.Ending)
}

// expect returns a book of n connections.
func expect(n int) *book { return &book{ended: make(chan struct{}), want: n} }

// reset makes b one of n further connections.
func (b *book) reset(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines, b.over, b.want, b.ended = nil, 0, n, make(chan struct{})
}

func (b *book) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, fmt.Sprintf(format, args...))
}

func (b *book) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over++; b.over == b.want {
		close(b.ended)
	}
}

func (b *book) wait(t *testing.T) {
	t.Helper()
	select {
	case <-b.ended:
	case <-time.After(time.Minute):
		t.Fatalf("%d of %d connections ended within a minute; told: %q", b.over, b.want, b.lines)
	}
}

func (c client) Opened(conn loop.Conn, o *loop.Opening) {
	c.note("opened")
	if c.opened != nil {
		c.opened(c.loop, conn, o)
	}
}

func (c client) Failed(conn loop.Conn, f *loop.Failure) {
	c.note("failed: %v: %v", f.Phase, f.Err)
	if c.failed != nil {
		c.failed(c.loop, conn, f)
	}
	c.end()
}

func (c client) Message(conn loop.Conn, t session.BufferType, p []byte) {
	c.note("message %x of %d", uint32(t), len(p))
	if c.message != nil {
		c.message(c.loop, conn, t, p)
	}
}

func (c client) Pong(conn loop.Conn, took time.Duration) {
	c.note("pong")
	if took <= 0 || took > time.Minute {
		c.note("it took %v", took)
	}
	if c.pong != nil {
		c.pong(c.loop, conn)
	}
}

func (c client) Drained(conn loop.Conn) {
	c.note("drained")
	if c.drained != nil {
		c.drained(c.loop, conn)
	}
}

func (c client) Wake(conn loop.Conn) {
	c.note("wake")
	if c.wake != nil {
		c.wake(c.loop, conn)
	}
}

func (c client) Closed(conn loop.Conn, e *loop.Ending) {
	c.note("closed %d %q: %v", e.Status, e.Reason, e.Err)
	if c.closed != nil {
		c.closed(c.loop, conn, e)
	}
	c.end()
}

// group starts a Group whose clients write into b.
func group(t testing.TB, b *book, cfg loop.Config) *loop.Group {
	t.Helper()
	cfg.Handler = func(l *loop.Loop) loop.Handler { return client{l, b} }
	return groupOf(t, cfg)
}

func groupOf(t testing.TB, cfg loop.Config) *loop.Group {
	t.Helper()
	g, err := loop.New(context.Background(), &cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func endpoint(t testing.TB, url string, o session.Offer) *dial.Endpoint {
	t.Helper()
	e, err := dial.NewEndpoint(url, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// forms runs a test over sockets of the loop's own, where there are, and over
// net.Conn.
func forms(t *testing.T, test func(t *testing.T, cfg loop.Config)) {
	for _, net := range []bool{false, true} {
		t.Run(fmt.Sprintf("net=%v", net), func(t *testing.T) { test(t, loop.Config{Net: net, Loops: 1}) })
	}
}

func (b *book) check(t *testing.T, want ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.lines, want) {
		t.Errorf("told\n\t%s\nwant\n\t%s", strings.Join(b.lines, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// one opens a connection, and returns what the book says of it.
func one(t *testing.T, g *loop.Group, b *book, url string) string {
	t.Helper()
	b.reset(1)
	if err := g.Dial(endpoint(t, url, session.Offer{}), 0); err != nil {
		t.Fatal(err)
	}
	b.wait(t)
	return strings.Join(b.lines, "; ")
}

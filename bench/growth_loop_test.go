package bench

// Connections of one loop, to an echo server in another process.

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/bench/internal/serve/canned"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

func TestMain(m *testing.M) {
	canned.Child()
	os.Exit(m.Run())
}

var growMessage = bytes.Repeat([]byte("m"), 64)

// A growLoop counts what its n connections do. It is the loop's, but while
// nothing is under way.
type growLoop struct {
	loop.Ignore
	loop     *loop.Loop
	endpoint *dial.Endpoint
	n        int
	opened   []loop.Handle
	done     int
	result   chan error // once all n have done the same
}

func (g *growLoop) Failed(_ loop.Conn, f *loop.Failure) { g.result <- f.Err }

func (g *growLoop) Opened(c loop.Conn, _ *loop.Opening) {
	g.opened = append(g.opened, c.Handle)
	g.count()
}

func (g *growLoop) Message(_ loop.Conn, _ session.BufferType, p []byte) {
	if bytes.Equal(p, growMessage) {
		g.count()
	}
}

func (g *growLoop) Closed(loop.Conn, *loop.Ending) { g.count() }

func (g *growLoop) count() {
	if g.done++; g.done == g.n {
		g.done = 0
		g.result <- nil
	}
}

// all does one thing n times, and waits for what comes of each.
func (g *growLoop) all(b *testing.B, do func(i int) error) {
	g.loop.Post(func() {
		for i := range g.n {
			if err := do(i); err != nil {
				g.result <- err
				return
			}
		}
	})
	if err := <-g.result; err != nil {
		b.Fatal(err)
	}
}

func (g *growLoop) open(b *testing.B) {
	g.all(b, func(i int) error {
		_, err := g.loop.Dial(g.endpoint, uint64(i))
		return err
	})
}

func (g *growLoop) drop(b *testing.B) {
	g.all(b, func(i int) error { return g.loop.Drop(g.opened[i]) })
	g.opened = g.opened[:0]
}

func newGrowLoop(b *testing.B, n int) *growLoop {
	s, err := canned.Start(heads.Get("129"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Stop() })
	e, err := dial.NewEndpoint("ws://"+s.Addr+"/", session.Offer{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	g := &growLoop{endpoint: e, n: n, result: make(chan error, n)}
	group, err := loop.New(context.Background(), &loop.Config{
		Loops:   1,
		Reset:   true, // no port is used up
		Handler: func(l *loop.Loop) loop.Handler { g.loop = l; return g },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(group.Close)
	return g
}

// growConnections opens n connections and drops them again. The first round,
// in which both sides make what they use again, is not counted.
func growConnections(b *testing.B, n int) {
	g := newGrowLoop(b, n)
	g.open(b)
	g.drop(b)
	for b.Loop() {
		g.open(b)
		g.drop(b)
	}
}

// growConnectionsEcho has a message echoed on each of n connections.
func growConnectionsEcho(b *testing.B, n int) {
	g := newGrowLoop(b, n)
	g.open(b)
	for b.Loop() {
		g.all(b, func(i int) error { return g.loop.Send(g.opened[i], session.BinaryMessage, growMessage) })
	}
	b.StopTimer()
	g.drop(b)
}

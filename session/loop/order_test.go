package loop_test

// The order of what is called, from many goroutines.

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// What is posted is called one at a time, in the order of each goroutine's Posts,
// and each once if Post said so: also while the Group ends.
func TestPost(t *testing.T) {
	const posters, each = 8, 3000
	forms(t, func(t *testing.T, cfg loop.Config) {
		for _, ends := range []bool{false, true} {
			cfg.Handler = func(*loop.Loop) loop.Handler { return loop.Ignore{} }
			ctx, cancel := context.WithCancel(context.Background())
			g, err := loop.New(ctx, &cfg)
			if err != nil {
				t.Fatal(err)
			}
			l := g.Loops()[0]
			var posted [posters]int
			var called [posters]int // by the loop, without a lock
			var posting sync.WaitGroup
			for i := range posters {
				posting.Go(func() {
					for n := range each {
						if !l.Post(func() {
							if called[i] != n {
								t.Errorf("poster %d: call %d comes as number %d", i, n, called[i])
							}
							called[i]++
						}) {
							if !ends {
								t.Error("a Post was refused")
							}
							return
						}
						posted[i]++
						if ends && i == 0 && n == each/4 {
							cancel()
						}
					}
				})
			}
			posting.Wait()
			cancel()
			g.Wait()
			if called != posted {
				t.Errorf("posted %v, called %v", posted, called)
			}
			if l.Post(func() { t.Error("called behind the end") }) {
				t.Error("posted behind the end")
			}
		}
	})
}

// What the loop's own goroutine posts is not called within, but behind what others
// posted before.
func TestPostWithin(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		cfg.Handler = func(*loop.Loop) loop.Handler { return loop.Ignore{} }
		g := groupOf(t, cfg)
		l := g.Loops()[0]
		var order []int
		done := make(chan struct{})
		begun, posted := make(chan struct{}), make(chan struct{})
		l.Post(func() {
			close(begun)
			<-posted
			l.Post(func() {
				order = append(order, 3)
				l.Post(func() { order = append(order, 4); close(done) })
			})
			order = append(order, 1)
		})
		<-begun
		l.Post(func() { order = append(order, 2) })
		close(posted)
		<-done
		if len(order) != 4 || order[0] != 1 || order[1] != 2 || order[2] != 3 {
			t.Errorf("called in the order %v", order)
		}
	})
}

// A loop that always has something posted, or always something due, comes to its
// connections all the same.
func TestPostForEver(t *testing.T) {
	for _, at := range []bool{false, true} {
		forms(t, func(t *testing.T, cfg loop.Config) {
			s := serve(t, echo)
			b := expect(1)
			b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
				l.Send(c.Handle, session.UTF8Message, []byte("hello"))
				l.Wake(c.Handle, time.Now())
			}
			b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, _ []byte) {
				l.Close(c.Handle, session.StatusSuccess, "")
			}
			g := group(t, b, cfg)
			l := g.Loops()[0]
			posted, called := 1, 0
			var again func()
			again = func() {
				called++
				if at {
					l.At(time.Now().Add(-time.Hour), again)
				} else if l.Post(again) {
					posted++
				}
			}
			l.Post(again)
			g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
			b.wait(t)
			g.Close()
			if !at && called != posted {
				t.Errorf("of %d functions posted %d were called", posted, called)
			}
		})
	}
}

// Each goroutine may dial, post, and have the loop send, ping, close and wake: what
// a connection is told comes in order, one call at a time.
func TestPostFromMany(t *testing.T) {
	const goroutines, messages = 20, 100
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, echo)
		cfg.Loops = 2
		opened := make([]chan at, goroutines)
		for i := range opened {
			opened[i] = make(chan at, 1)
		}
		var over, wakes atomic.Int32
		cfg.Handler = func(l *loop.Loop) loop.Handler {
			return &counter{loop: l, t: t, opened: opened, next: map[uint64]byte{}, over: &over, wakes: &wakes}
		}
		g := groupOf(t, cfg)
		e := endpoint(t, s.url(), session.Offer{})
		var running sync.WaitGroup
		for i := range goroutines {
			running.Go(func() {
				if err := g.Dial(e, uint64(i)); err != nil {
					t.Error(err)
					return
				}
				c := <-opened[i]
				for n := range messages {
					c.loop.Post(func() {
						if err := c.loop.Send(c.handle, session.BinaryMessage, []byte{byte(n)}); err != nil {
							t.Errorf("message %d of %d: %v", n, i, err)
						}
					})
				}
				c.loop.Post(func() { c.loop.Wake(c.handle, time.Now()) })
			})
		}
		running.Wait()
		for limit := time.Now().Add(time.Minute); over.Load() < goroutines && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
		}
		if over.Load() != goroutines || wakes.Load() != goroutines {
			t.Errorf("%d of %d connections ended, and %d were woken", over.Load(), goroutines, wakes.Load())
		}
	})
}

// at is where a connection is.
type at struct {
	loop   *loop.Loop
	handle loop.Handle
}

// A counter expects numbered messages, and closes behind the last.
type counter struct {
	loop.Ignore
	loop   *loop.Loop
	t      *testing.T
	opened []chan at
	next   map[uint64]byte // by token, without a lock
	over   *atomic.Int32
	wakes  *atomic.Int32
}

func (k *counter) Opened(c loop.Conn, _ *loop.Opening) {
	k.next[c.Token] = 0
	k.opened[c.Token] <- at{k.loop, c.Handle}
}

func (k *counter) Message(c loop.Conn, _ session.BufferType, p []byte) {
	if len(p) != 1 || p[0] != k.next[c.Token] {
		k.t.Errorf("connection %d: message %v, want %d", c.Token, p, k.next[c.Token])
	}
	if k.next[c.Token]++; k.next[c.Token] == 100 {
		k.loop.At(time.Now(), func() { k.loop.Close(c.Handle, session.StatusSuccess, "") })
	}
}

func (k *counter) Wake(loop.Conn) { k.wakes.Add(1) }

func (k *counter) Failed(c loop.Conn, f *loop.Failure) {
	k.t.Errorf("connection %d: %v", c.Token, f.Err)
	k.over.Add(1)
}

func (k *counter) Closed(c loop.Conn, e *loop.Ending) {
	if e.Err != nil || k.next[c.Token] != 100 {
		k.t.Errorf("connection %d: %v after %d messages", c.Token, e.Err, k.next[c.Token])
	}
	k.over.Add(1)
}

package loop

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/zeroshake/zeroshake/session/dial"
)

// Group is a number of Loops, to use several processors. Its methods may be called
// by any goroutine.
type Group struct {
	config  Config
	loops   []*Loop
	next    atomic.Uint32 // loop to dial from
	names   resolver
	dialers dialers
	ports   ports

	running sync.WaitGroup // loops, look-ups, and goroutines of connections over net.Conn
	looping atomic.Int32   // loops
	ctx     context.Context
	cancel  context.CancelFunc // of what still goes on when the loops have ended
	unwatch func() bool
}

// New starts a Group. When ctx ends it closes what is open with
// StatusEndpointUnavailable, drops what is not open yet, and ends, within
// CloseTimeout and what a close lingers. Who wants to close with another status
// does so first, with Loop.Post and Loop.Close, and ends ctx when all is closed.
//
// Errors are session.ErrInvalidArgument, about cfg, or of the system.
func New(ctx context.Context, cfg *Config) (*Group, error) {
	if cfg == nil {
		return nil, ErrNoHandler
	}
	g := &Group{config: *cfg}
	if err := g.config.complete(); err != nil {
		return nil, err
	}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	g.names.init(g)
	g.dialers.init(&g.config)
	g.ports.init()
	if err := g.makeLoops(); err != nil {
		for _, l := range g.loops {
			l.poll.close()
		}
		g.cancel()
		return nil, err
	}
	g.looping.Store(int32(len(g.loops)))
	for _, l := range g.loops {
		g.running.Go(func() {
			l.run()
			if g.looping.Add(-1) == 0 {
				g.cancel()
			}
		})
	}
	g.unwatch = context.AfterFunc(ctx, func() { g.stop((*Loop).stop) })
	return g, nil
}

func (g *Group) makeLoops() error {
	for i := range g.config.Loops {
		l, err := newLoop(g, i)
		if err != nil {
			return err
		}
		g.loops = append(g.loops, l)
	}
	for _, l := range g.loops {
		if l.handler = g.config.Handler(l); l.handler == nil {
			return ErrNoHandler
		}
	}
	return nil
}

// Loops returns the loops. The slice must not be changed.
func (g *Group) Loops() []*Loop { return g.loops }

// Dial has the loops open a connection each in turn: see Loop.Dial. It returns
// ErrNoCodec, or ErrStopped if the Group has ended; if it ends before the
// connection was begun, nothing is heard of it.
func (g *Group) Dial(e *dial.Endpoint, token uint64) error {
	if err := g.config.allows(e); err != nil {
		return err
	}
	l := g.loops[(g.next.Add(1)-1)%uint32(len(g.loops))]
	if !l.Post(func() { l.Dial(e, token) }) {
		return ErrStopped
	}
	return nil
}

// Wait returns when the Group has ended: no call of a Handler comes behind that.
func (g *Group) Wait() { g.running.Wait() }

// Close ends the Group at once: connections end with ErrStopped. It returns when
// the last Handler has, and so must not be called by one.
func (g *Group) Close() {
	g.unwatch()
	g.stop((*Loop).stopNow)
	g.Wait()
}

func (g *Group) stop(how func(*Loop)) {
	for _, l := range g.loops {
		l.Post(func() { how(l) })
	}
}

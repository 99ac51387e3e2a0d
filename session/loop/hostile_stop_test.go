package loop_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A Group that ends while hundreds of connections are about anything at all tells
// each that it began of one end, and then nothing.
func TestHostileStop(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		serve(t, func(*peer) {}).Close()
		ours, fds := goleak.IgnoreCurrent(), descriptors(t)
		urls, stop := hostile(t, *hostileSeed)
		defer stop()
		cfg.Loops = 2
		cfg.Session = &session.Config{MaxMessageSize: 1 << 20, Deflate: &deflate.Codec{}}
		cfg.MaxQueued = 128 << 10
		cfg.CloseTimeout = 200 * time.Millisecond
		r := rand.New(rand.NewPCG(*hostileSeed, 0))
		for round := range 8 {
			cfg.Reset, cfg.Fragments = round%4 < 2, *hostileSeed%3 == 0
			ctx, cancel := context.WithCancel(context.Background())
			n := 20 + r.IntN(180)
			m := newMonitor(t, *hostileSeed, urls, session.Offer{Extensions: []string{deflate.Offer}}, n)
			m.start(ctx, cfg)
			var dialling sync.WaitGroup
			dialling.Go(func() { // goes on while the Group ends
				for i := range n {
					if err := m.group.Dial(m.endpoints[i%len(urls)], m.token(i%len(urls))); err != nil && err != loop.ErrStopped {
						m.fault("dial: %v", err)
					}
				}
			})
			time.Sleep(time.Duration(r.IntN(60)) * time.Millisecond)
			m.stops.Store(true)
			if round%2 == 0 {
				cancel()
				m.group.Wait()
			} else {
				m.group.Close()
			}
			m.ended.Store(true)
			cancel()
			dialling.Wait()
			m.posting.Wait()
			for _, d := range m.minders {
				for token := range d.conns {
					t.Errorf("round %d: connection %d, %s, has not ended", round, token, hostiles[token&0xff].name)
				}
			}
		}
		stop()
		settle(t, ours, fds)
	})
}

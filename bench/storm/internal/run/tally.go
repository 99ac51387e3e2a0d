package run

import (
	"context"
	"sync"
)

// tally is how far a run is. Safe for concurrent use.
type tally struct {
	mu sync.Mutex
	counts
	none chan struct{} // has an element when a count has become 0
}

type counts struct {
	opening int // arrivals, not yet open nor failed
	talking int // connections with messages to exchange
	alive   int // arrivals that are not over

	failed, ended int // arrivals: failed, and those or open
}

var arrived = counts{opening: 1, alive: 1}

func newTally() *tally { return &tally{none: make(chan struct{}, 1)} }

// add adds to the counts, and returns what they are then.
func (t *tally) add(d counts) counts {
	t.mu.Lock()
	t.opening += d.opening
	t.talking += d.talking
	t.alive += d.alive
	t.failed += d.failed
	t.ended += d.ended
	c := t.counts
	t.mu.Unlock()
	if d.opening != 0 && c.opening == 0 || d.talking != 0 && c.talking == 0 || d.alive != 0 && c.alive == 0 {
		select {
		case t.none <- struct{}{}:
		default:
		}
	}
	return c
}

func (t *tally) opened() bool    { return t.opening == 0 }
func (t *tally) exchanged() bool { return t.talking == 0 }
func (t *tally) empty() bool     { return t.alive == 0 }

// wait returns when the counts are as is says, or ctx is done. One goroutine at a
// time may wait.
func (t *tally) wait(ctx context.Context, is func(*tally) bool) {
	for {
		t.mu.Lock()
		ok := is(t)
		t.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-t.none:
		case <-ctx.Done():
			return
		}
	}
}

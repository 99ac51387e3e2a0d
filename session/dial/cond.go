package dial

import "sync"

// A cond is a sync.Cond whose Broadcast, like Wait, needs L to be held, and is
// nearly free while nobody waits.
type cond struct {
	sync.Cond
	waiters int
}

func (c *cond) Wait() {
	c.waiters++
	c.Cond.Wait()
	c.waiters--
}

func (c *cond) Broadcast() {
	if c.waiters > 0 {
		c.Cond.Broadcast()
	}
}

package peers

import (
	"bytes"
	"context"
	"sync/atomic"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// zeroshakeLoop runs many connections itself, as the floor does: in one loop.
var zeroshakeLoop = loopEngine("zeroshake-loop", loop.Config{})

// zeroshakeLoopNet is the same over net.Conn, as on other systems.
var zeroshakeLoopNet = loopEngine("zeroshake-loop-net", loop.Config{Net: true})

func loopEngine(name string, cfg loop.Config) engine {
	return engine{
		name: name,
		handshakes: func(s server, n, width int) error {
			c, err := newLoopCrowd(s, n, cfg)
			if err != nil {
				return err
			}
			defer c.group.Close()
			c.closes = true
			return c.begin(width)
		},
		open: func(s server, n int) (crowd, error) {
			c, err := newLoopCrowd(s, n, cfg)
			if err == nil {
				err = c.begin(width)
			}
			return c, err
		},
	}
}

// A loopCrowd is connections of one loop. Its fields are the loop's, but while
// nothing is under way.
type loopCrowd struct {
	loop.Ignore
	group    *loop.Group
	loop     *loop.Loop
	endpoint *dial.Endpoint
	closes   bool // each at once
	handles  []loop.Handle
	dialled  int
	n        int // connections
	done     int // of them, or messages
	all      int // messages
	message  []byte
	begun    int
	waits    bool // nothing is to happen
	ended    atomic.Int64
	result   chan error
}

func newLoopCrowd(s server, n int, cfg loop.Config) (*loopCrowd, error) {
	e, err := dial.NewEndpoint(s.url(), session.Offer{}, s.tls())
	if err != nil {
		return nil, err
	}
	c := &loopCrowd{endpoint: e, n: n, result: make(chan error, 1)}
	cfg.Loops = 1
	cfg.Handler = func(l *loop.Loop) loop.Handler { c.loop = l; return c }
	c.group, err = loop.New(context.Background(), &cfg)
	return c, err
}

// begin opens the connections, width at a time.
func (c *loopCrowd) begin(width int) error {
	if !c.closes {
		c.handles = make([]loop.Handle, 0, c.n)
	}
	c.loop.Post(func() {
		for range min(width, c.n) {
			c.dial()
		}
	})
	return <-c.result
}

func (c *loopCrowd) dial() {
	if c.dialled < c.n {
		c.dialled++
		if _, err := c.loop.Dial(c.endpoint, 0); err != nil {
			c.fail(err)
		}
	}
}

func (c *loopCrowd) fail(err error) {
	select {
	case c.result <- err:
	default:
	}
}

func (c *loopCrowd) Failed(_ loop.Conn, f *loop.Failure) { c.fail(f.Err) }

func (c *loopCrowd) Opened(conn loop.Conn, _ *loop.Opening) {
	if c.closes {
		c.loop.Drop(conn.Handle)
		return
	}
	c.handles = append(c.handles, conn.Handle)
	c.next()
}

func (c *loopCrowd) Closed(_ loop.Conn, e *loop.Ending) {
	switch {
	case c.waits:
		c.ended.Add(1)
	case c.closes:
		c.next()
	default:
		c.fail(e.Err)
	}
}

func (c *loopCrowd) next() {
	if c.done++; c.done == c.n {
		c.fail(nil)
	} else {
		c.dial()
	}
}

func (c *loopCrowd) exchange(message []byte, rounds int) error {
	c.message, c.all, c.done = message, rounds*c.n, 0
	c.loop.Post(func() {
		for _, h := range c.handles {
			c.send(h)
		}
	})
	return <-c.result
}

func (c *loopCrowd) send(h loop.Handle) {
	if c.begun < c.all {
		c.begun++
		if err := c.loop.Send(h, session.BinaryMessage, c.message); err != nil {
			c.fail(err)
		}
	}
}

func (c *loopCrowd) Message(conn loop.Conn, t session.BufferType, p []byte) {
	if t != session.BinaryMessage || !bytes.Equal(p, c.message) {
		c.fail(errEcho)
		return
	}
	if c.done++; c.done == c.all {
		c.fail(nil)
	} else {
		c.send(conn.Handle)
	}
}

func (c *loopCrowd) idle() {
	ready := make(chan struct{})
	c.loop.Post(func() { c.waits = true; close(ready) })
	<-ready
}

func (c *loopCrowd) close() error {
	if c.ended.Load() > 0 {
		return errEnded
	}
	c.group.Close()
	return nil
}

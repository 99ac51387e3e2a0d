package main

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// A netEngine opens connections with package dial, in a goroutine for each.
// Another stays as long as its connection is open and reads from it, so pings
// are answered, and a server that drops a connection is noticed. What it reads
// is thrown away.
type netEngine struct {
	plan    *plan
	sink    sink
	dialers []*dial.Dialer // one for each local address
	readers sync.WaitGroup

	mu      sync.Mutex
	conns   map[*dial.Conn]struct{} // those that are open
	closing bool
}

func newNetEngine(p *plan, s sink) *netEngine {
	e := &netEngine{plan: p, sink: s, conns: make(map[*dial.Conn]struct{})}
	config := p.config()
	add := func(from net.Dialer) {
		e.dialers = append(e.dialers, &dial.Dialer{
			NetDialer: from,
			Offer:     p.offer,
			Config:    config,
			TLSConfig: &tls.Config{InsecureSkipVerify: p.insecure},

			CloseTimeout: closeTimeout,
		})
	}
	for _, addr := range p.locals {
		add(net.Dialer{
			LocalAddr:      &net.TCPAddr{IP: addr.AsSlice(), Zone: addr.Zone()},
			ControlContext: bindAddress,
		})
	}
	if len(p.locals) == 0 {
		add(net.Dialer{})
	}
	return e
}

func (e *netEngine) name() string { return "net" }

func (e *netEngine) open(ctx context.Context, k int) {
	go func() {
		c, err := e.dial(ctx, k)
		if err != nil {
			e.sink.done(k, outcome{err: err})
			return
		}
		e.mu.Lock()
		e.conns[c] = struct{}{}
		e.mu.Unlock()
		e.readers.Add(1)
		e.sink.done(k, e.outcome(c))
		go e.watch(c) // with a small stack: dialling has grown this one
	}()
}

func (e *netEngine) dial(ctx context.Context, k int) (*dial.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, e.plan.timeout)
	defer cancel()
	return e.dialers[k%len(e.dialers)].Dial(ctx, e.plan.url)
}

func (e *netEngine) outcome(c *dial.Conn) outcome {
	t := c.Timing()
	o := outcome{start: t.Start, written: t.Written, open: t.Done, subprotocol: c.Subprotocol()}
	for _, i := range c.Extensions() {
		o.extensions = append(o.extensions, e.plan.offer.Extensions[i])
	}
	return o
}

// watch reads from c until it ends, which is a drop unless close ended it.
func (e *netEngine) watch(c *dial.Conn) {
	defer e.readers.Done()
	for {
		if _, _, err := c.ReadMessage(nil); err != nil {
			e.mu.Lock()
			delete(e.conns, c)
			dropped := !e.closing
			e.mu.Unlock()
			if dropped {
				c.CloseNow()
				e.sink.drop(err)
			}
			return
		}
	}
}

// closeTimeout bounds the closing handshakes at the end.
const closeTimeout = time.Second

func (e *netEngine) close() {
	e.mu.Lock()
	e.closing = true
	var closing sync.WaitGroup
	for c := range e.conns {
		closing.Go(func() { c.Close(session.StatusSuccess, "") })
	}
	e.mu.Unlock()
	closing.Wait()
	e.readers.Wait()
}

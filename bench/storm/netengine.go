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
	talking sync.WaitGroup // those that send messages
	pinging sync.WaitGroup
	quiet   context.CancelFunc
	pings   context.Context // until quiet

	mu      sync.Mutex
	conns   map[*dial.Conn]struct{} // those that are open
	closing bool
}

func newNetEngine(p *plan, s sink) *netEngine {
	e := &netEngine{plan: p, sink: s, conns: make(map[*dial.Conn]struct{})}
	e.pings, e.quiet = context.WithCancel(context.Background())
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
		var t *talk
		e.readers.Add(1)
		if e.plan.exchange.messages > 0 {
			t = e.newTalk(c, k)
			e.talking.Add(1)
			go t.speak(ctx)
		}
		if e.plan.exchange.ping > 0 {
			e.pinging.Add(1)
			go e.ping(e.pings, c)
		}
		e.sink.done(k, e.outcome(c))
		go e.watch(c, t) // with a small stack: dialling has grown this one
	}()
}

// talked returns when all messages are exchanged, or nobody goes on.
func (e *netEngine) talked() { e.talking.Wait() }

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
func (e *netEngine) watch(c *dial.Conn, t *talk) {
	defer e.readers.Done()
	if t != nil {
		defer close(t.gone)
	}
	var buf []byte
	for {
		kind, p, err := c.ReadMessage(buf)
		if err != nil {
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
		if t != nil {
			t.reply(kind, p)
			buf = p[:0]
		}
	}
}

// closeTimeout bounds the closing handshakes at the end.
const closeTimeout = time.Second

func (e *netEngine) close() {
	e.quiet()
	e.pinging.Wait()
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

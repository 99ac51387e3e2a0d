package run

import (
	"bytes"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// An exchange is how far the messages of a connection are. Each is sent when the
// one before is answered and it is due: what waits for that counts from then on.
type exchange struct {
	talks  bool // there are messages to be sent, or to be answered
	heard  bool // a message has come
	awaits bool // the reply to message seq
	seq    int
	due    time.Time // message seq; zero: when the one before is answered
	sent   time.Time
}

// quiet ends the exchange of c.
func (w *worker) quiet(c *conn) {
	if c.talks && !w.run.plan.Endless {
		w.run.tally.add(counts{talking: -1})
	}
	c.talks = false
}

// next sends message c.seq, when it is due, or ends the exchange.
func (w *worker) next(c *conn) {
	p := w.run.plan
	if !p.Endless && c.seq == p.Messages {
		w.said(c)
		return
	}
	if c.due = p.MessageDue(c.opened, c.seq); !c.due.After(time.Now()) {
		w.send(c)
	}
	w.rearm(c)
}

// said ends the exchange of a connection that says no more.
func (w *worker) said(c *conn) {
	w.quiet(c)
	c.due = time.Time{}
	if w.run.plan.Lifetime == 0 {
		w.finish(c)
		return
	}
	w.rearm(c)
}

func (w *worker) send(c *conn) {
	p := w.run.plan
	w.out = p.AppendMessage(w.out[:0], c.k, c.seq)
	sent := time.Now()
	err := w.loop.Send(c.handle, p.MessageType(), w.out)
	if err != nil { // the queue is full, and Drained comes; or c is over, and Closed does
		return
	}
	c.sent, c.awaits = sent, true
	if c.due.IsZero() {
		c.due = sent
	}
	w.shard.Send(sent, c.due, len(w.out))
	if w.run.trace != nil {
		w.run.trace.message(true, p.MessageType(), w.out)
	}
}

// Drained implements loop.Handler.
func (w *worker) Drained(lc loop.Conn) {
	if c := w.conns[lc.Token]; c.state == open && c.talks && !c.awaits {
		w.next(c)
	}
}

// Message implements loop.Handler. What comes while a reply is awaited is taken
// for it.
func (w *worker) Message(lc loop.Conn, t session.BufferType, p []byte) {
	c, now := w.conns[lc.Token], time.Now()
	if w.run.trace != nil {
		w.run.trace.message(false, t, p)
	}
	if !c.heard {
		c.heard = true
		w.shard.First(now, c.opened)
	}
	if !c.awaits {
		w.shard.Unasked(now, len(p))
		return
	}
	c.awaits = false
	right := !w.run.plan.EchoCheck || w.isEcho(c, t, p)
	if right {
		w.shard.Answer(now, c.due, c.sent, len(p))
	} else {
		w.shard.Wrong(now, c.due, c.sent, len(p), "wrong reply", func() measure.Example { return w.run.wrongExample(c, t, p) })
	}
	c.seq++
	switch {
	case c.state == finishing:
		w.close(c)
	case c.state == closing || !c.talks:
	case right:
		w.next(c)
	default:
		w.said(c)
	}
}

// isEcho reports whether the message is what was sent. That is made anew: keeping
// it would take memory for each connection.
func (w *worker) isEcho(c *conn, t session.BufferType, p []byte) bool {
	w.out = w.run.plan.AppendMessage(w.out[:0], c.k, c.seq)
	return t == w.run.plan.MessageType() && bytes.Equal(p, w.out)
}

// ping pings c, unless the ping before is still to be answered.
func (w *worker) ping(c *conn, now time.Time) {
	every := w.run.plan.PingInterval
	for !c.nextPing.After(now) {
		c.nextPing = c.nextPing.Add(every)
	}
	if w.loop.Ping(c.handle) == nil {
		w.shard.Ping(now)
	}
}

// Pong implements loop.Handler.
func (w *worker) Pong(_ loop.Conn, took time.Duration) {
	w.shard.Pong(time.Now(), took)
	if w.run.trace != nil {
		w.run.trace.pong(took)
	}
}

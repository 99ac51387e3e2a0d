package run

// What connections say:
//
//	exchange        how far one is
//	talk, due, send its messages
//	Message, answer the replies to them
//	mute            none comes
//	said, quiet     their end
//	Drained         goes on when the server reads again
//	ping, Pong      pings beside them

import (
	"bytes"
	"errors"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// An exchange is how far the messages of a connection are. Each is sent when it is
// due, whether those before it are answered or not, or, without a rate, when the
// one before is answered. A server answers them in order, so that behind one that it
// does not answer no reply is known to be that of its message: that ends the connection.
type exchange struct {
	talks    bool          // there are messages to be sent, or to be answered
	heard    bool          // a message has come
	mute     bool          // no reply came in time, or nothing was read
	behind   bool          // the messages to be sent next were held back
	awaited  bool          // by the end of the run, as those of a first opening are that have an end
	cut      bool          // it has ended before its number of messages was sent
	full     time.Duration // since when the loop takes no more of them, from when c opened on, until Drained; 0: it does
	answered int           // be it wrongly, or lost, or sent, if no reply is awaited; behind these come those that are
	underway underway
}

// next is the message to be sent next.
func (x *exchange) next() int { return x.answered + int(x.underway.n) }

// heldBack reports whether those before it keep the next message of c from being
// sent, should it be due.
func (w *worker) heldBack(c *conn) bool {
	return c.full != 0 || int(c.underway.n) >= w.run.plan.MostUnderway()
}

// quiet ends the exchange of c, but for the replies that may still come.
func (w *worker) quiet(c *conn) {
	if !c.talks {
		return
	}
	now, p := time.Now(), w.run.plan
	switch n := p.MessagesDue(c.opened, now) - c.next(); {
	case !p.Endless:
		c.cut = c.next() < p.Messages
	case w.heldBack(c) && n > 0:
		w.shard.NotSent(now, n)
	}
	c.talks = false
	if c.awaited {
		c.awaited = false
		w.run.tally.add(counts{talking: -1})
	}
}

// mostAtOnce is how many messages a connection sends before others have their turn: a
// server may read as fast as they are sent.
const mostAtOnce = 16

// talk sends the messages of c that are due, which until now were held back or
// were not.
func (w *worker) talk(c *conn, heldBack bool) {
	c.behind = c.behind || heldBack
	for range mostAtOnce {
		due, ok := w.due(c)
		if !ok || due.After(time.Now()) {
			c.behind = false
			break
		}
		w.send(c, due, c.behind)
	}
	if p := w.run.plan; c.talks && !p.Endless && c.answered == p.Messages {
		w.said(c)
		return
	}
	w.rearm(c)
}

// due is when the next message of c is to be sent: at once if that is zero. It is
// not ok if there is none, or it is held back.
func (w *worker) due(c *conn) (due time.Time, ok bool) {
	p := w.run.plan
	if !c.talks || w.heldBack(c) || !p.Endless && c.next() == p.Messages {
		return time.Time{}, false
	}
	return p.MessageDue(c.opened, c.next()), true
}

// said ends the exchange of a connection that says no more.
func (w *worker) said(c *conn) {
	w.quiet(c)
	if w.run.plan.Lifetime == 0 {
		w.finish(c)
		return
	}
	w.rearm(c)
}

func (w *worker) send(c *conn, due time.Time, heldBack bool) {
	p := w.run.plan
	w.out = p.AppendMessage(w.out[:0], c.k, c.next())
	sent := time.Now()
	err := w.loop.Send(c.handle, p.MessageType(), w.out)
	if err != nil { // the queue is full, and Drained comes; or c is over, and Closed does
		c.full = max(sent.Sub(c.opened), 1)
		return
	}
	if p.NoReply {
		c.answered++
	} else {
		c.underway.push(sent.Sub(c.opened))
	}
	if due.IsZero() {
		due = sent
	}
	w.shard.Send(sent, due, len(w.out), w.wait(sent.Sub(due), heldBack))
	if w.run.trace != nil {
		w.run.trace.message(true, p.MessageType(), w.out)
	}
}

// Drained implements loop.Handler.
func (w *worker) Drained(lc loop.Conn) {
	c := w.conns[lc.Token]
	c.full = 0
	if c.talks {
		w.talk(c, true)
	}
}

// Message implements loop.Handler. What comes is taken for the reply to the oldest
// message that is not answered.
func (w *worker) Message(lc loop.Conn, t session.BufferType, p []byte) {
	c, now := w.conns[lc.Token], time.Now()
	if w.run.trace != nil {
		w.run.trace.message(false, t, p)
	}
	if !c.heard {
		c.heard = true
		w.shard.First(now, c.opened)
	}
	if c.underway.n == 0 {
		w.shard.Unasked(now, len(p))
		return
	}
	heldBack := w.heldBack(c)
	w.answer(c, now, t, p)
	switch {
	case c.state == finishing:
		if c.underway.n == 0 {
			w.close(c)
		}
	case c.state == closing || !c.talks:
	default:
		w.talk(c, heldBack)
	}
}

// replyDue is when the next reply has to be there, or, if none is awaited, room for the
// next message; zero if there is nothing to wait for.
func (w *worker) replyDue(c *conn) time.Time {
	since := c.full
	switch {
	case c.underway.n > 0:
		since = c.underway.oldest()
	case since == 0:
		return time.Time{}
	}
	return c.opened.Add(since + w.run.plan.ReplyTimeout)
}

// mute closes c, which is open, for want of that.
func (w *worker) mute(c *conn) {
	w.quiet(c)
	c.mute = true
	w.close(c)
}

// How that ends, the latter with plan.NoReply.
var (
	errNoReply = errors.New("a message was sent, and its reply did not come in time")
	errNotRead = errors.New("messages wait to be sent, and the server did not read those before them in time")
)

// mostLost is how many messages in a row may be lost for the next reply to be known.
const mostLost = 64

// answer counts the reply to message c.answered. If it is the echo of a later one, those
// before that are lost.
func (w *worker) answer(c *conn, now time.Time, t session.BufferType, p []byte) {
	right, lost := true, 0
	if w.run.plan.EchoCheck {
		for right = w.isEcho(c, 0, t, p); !right && lost < min(mostLost, int(c.underway.n)-1); {
			lost++
			right = w.isEcho(c, lost, t, p)
		}
	}
	if right {
		for range lost {
			c.underway.pop()
		}
		c.answered += lost
	}
	sent := c.opened.Add(c.underway.pop())
	due := w.run.plan.MessageDue(c.opened, c.answered)
	if due.IsZero() {
		due = sent
	}
	if right {
		w.shard.Answer(now, due, sent, len(p))
	} else {
		w.shard.Wrong(now, due, sent, len(p), "wrong reply", func() measure.Example { return w.run.wrongExample(c, t, p) })
	}
	c.answered++
}

// isEcho reports whether the message is what was sent, so many behind the oldest that is
// not answered. That is made anew: keeping it would take memory for each connection.
func (w *worker) isEcho(c *conn, behind int, t session.BufferType, p []byte) bool {
	w.out = w.run.plan.AppendMessage(w.out[:0], c.k, c.answered+behind)
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
	w.shard.Pong(time.Now(), took, w.run.plan.PingInterval)
	if w.run.trace != nil {
		w.run.trace.pong(took)
	}
}

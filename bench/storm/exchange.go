package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// An exchange is what every connection says once it is open.
type exchange struct {
	messages int     // 0: nothing
	rate     float64 // messages a second; 0: the next one when the reply is there
	size     int     // of a message without payload
	payload  string  // a file
	binary   bool
	check    bool // that the reply is what was sent
	ping     time.Duration

	text []string // payload, cut at what is filled in: text, name, text, ...
}

const defaultSize = 64

// read refuses settings that make no sense, and reads the payload.
func (x *exchange) read() error {
	switch {
	case x.messages < 0:
		return usagef("--messages: %d is negative", x.messages)
	case x.messages == 0 && (x.rate != 0 || x.size != 0 || x.payload != "" || x.binary || x.check):
		return usagef("--messages: how many? The other flags about messages need it")
	case !(x.rate >= 0) || math.IsInf(x.rate, 0):
		return usagef("--message-rate: %v a second; a positive number, or 0 for the next one when the reply is there", x.rate)
	case x.rate > 0 && float64(x.messages)/x.rate > longestPlan.Seconds():
		return usagef("--message-rate: at %v a second, %d messages take more than a year", x.rate, x.messages)
	case x.size < 0 || x.size > 32<<20:
		return usagef("--size: %d octets; at most 32 MiB", x.size)
	case x.size > 0 && x.payload != "":
		return usagef("--size: the size of --payload is that of its file")
	case x.ping < 0:
		return usagef("--ping-interval: %v is negative", x.ping)
	}
	if x.payload == "" {
		size := x.size
		if size == 0 {
			size = defaultSize
		}
		x.text = []string{strings.Repeat("abcdefghijklmnopqrstuvwxyz012345", size/32+1)[:size]}
		return nil
	}
	b, err := os.ReadFile(x.payload)
	switch {
	case err != nil:
		return usagef("--payload: %v", err)
	case !x.binary && !utf8.Valid(b):
		return usagef("--payload: %s is not UTF-8; --binary sends anything", x.payload)
	}
	x.text = cutTemplate(string(b))
	return nil
}

// cutTemplate cuts s at {{conn}} and {{seq}}, which become elements of their
// own, at odd places.
func cutTemplate(s string) (parts []string) {
	for {
		at, name := len(s), ""
		for _, n := range []string{"{{conn}}", "{{seq}}"} {
			if i := strings.Index(s, n); i >= 0 && i < at {
				at, name = i, n
			}
		}
		if parts = append(parts, s[:at]); name == "" {
			return parts
		}
		parts = append(parts, name)
		s = s[at+len(name):]
	}
}

// append appends message seq of connection conn to b.
func (x *exchange) append(b []byte, conn, seq int) []byte {
	for i, part := range x.text {
		switch {
		case i%2 == 0:
			b = append(b, part...)
		case part == "{{conn}}":
			b = strconv.AppendInt(b, int64(conn), 10)
		default:
			b = strconv.AppendInt(b, int64(seq), 10)
		}
	}
	return b
}

func (x *exchange) kind() session.BufferType {
	if x.binary {
		return session.BinaryMessage
	}
	return session.UTF8Message
}

// due is when message seq is to be sent; zero if it has no time.
func (x *exchange) due(start time.Time, seq int) time.Time {
	if x.rate == 0 {
		return time.Time{}
	}
	return start.Add(time.Duration(float64(seq) / x.rate * float64(time.Second)))
}

// A message is one that was answered.
type message struct {
	due, sent, answered time.Time // due is zero without a rate
	out, in             int       // octets
}

// errReply is a reply that is not what was sent.
var errReply = errors.New("the reply is not what was sent")

// A talk is the exchange of one connection. One goroutine sends; the one that
// reads answers it.
type talk struct {
	engine   *netEngine
	conn     *dial.Conn
	k        int
	waiting  chan message // the message that waits for its reply
	answered chan error   // it has come
	gone     chan struct{}
	out      []byte
}

func (e *netEngine) newTalk(c *dial.Conn, k int) *talk {
	return &talk{engine: e, conn: c, k: k, waiting: make(chan message, 1), answered: make(chan error, 1), gone: make(chan struct{})}
}

// speak sends the messages, each when the one before is answered and its time
// has come: what waits for that counts from then on.
func (t *talk) speak(ctx context.Context) {
	defer t.engine.talking.Done()
	x, start := &t.engine.plan.exchange, time.Now()
	for seq := range x.messages {
		due := x.due(start, seq)
		if !due.IsZero() && !sleep(ctx, time.Until(due)) || ctx.Err() != nil {
			return
		}
		t.out = x.append(t.out[:0], t.k, seq)
		t.waiting <- message{due: due, sent: time.Now(), out: len(t.out)}
		if err := t.conn.WriteMessage(x.kind(), t.out); err != nil {
			return // the reader says why
		}
		t.engine.sink.sent(len(t.out))
		select {
		case err := <-t.answered:
			if err != nil {
				t.engine.sink.wrong(err)
				return
			}
		case <-t.gone:
			return
		case <-ctx.Done():
			return
		}
	}
}

// reply takes what has come for the reply to the message that waits, if one does.
func (t *talk) reply(kind session.BufferType, p []byte) {
	select {
	case m := <-t.waiting:
		m.answered, m.in = time.Now(), len(p)
		var err error
		if x := &t.engine.plan.exchange; x.check && (kind != x.kind() || !bytes.Equal(p, t.out)) {
			err = errReply
		} else {
			t.engine.sink.message(m)
		}
		t.answered <- err
	default: // unasked
	}
}

// ping pings c until it ends.
func (e *netEngine) ping(ctx context.Context, c *dial.Conn) {
	defer e.pinging.Done()
	for sleep(ctx, e.plan.exchange.ping) {
		took, err := c.Ping(ctx)
		if err != nil {
			return // the reader says why
		}
		e.sink.pong(took)
	}
}

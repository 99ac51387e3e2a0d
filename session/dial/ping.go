package dial

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/zeroshake/zeroshake/session"
)

// defaultMaxQueued is session's default of Config.MaxMessageSize.
const defaultMaxQueued = 32 << 20

// ping is one that waits for its pong.
type ping struct {
	write   write
	payload [8]byte
	start   time.Time
	took    time.Duration
	done    bool
	reads   bool // its goroutine is the one that reads
}

// Ping sends a ping and waits for the pong that answers it (RFC 6455 section
// 5.5.2). It returns how long that took. Nothing else needs to be reading: if
// nothing does, Ping reads, and keeps the messages that come for ReadMessage,
// up to Config.MaxMessageSize octets; with more it gives up, with a
// session.ErrTooLarge. The end of ctx ends the waiting, not a write that the
// server does not take: see SetWriteDeadline.
func (c *Conn) Ping(ctx context.Context) (time.Duration, error) {
	p := new(ping)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pinged++
	binary.BigEndian.PutUint64(p.payload[:], c.pinged)
	p.write.op.Type, p.write.op.Data = session.PingPong, p.payload[:]
	c.pings = append(c.pings, p)
	defer c.forget(p)
	p.start = time.Now()
	if err := c.send(&p.write); err != nil {
		return 0, err
	}
	stop := context.AfterFunc(ctx, func() { c.interrupt(p) })
	defer stop()
	for !p.done {
		switch {
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case c.ended != nil:
			return 0, c.ended
		case c.reading:
			c.changed.Wait()
		default:
			if err := c.readAhead(ctx, p); err != nil {
				return 0, err
			}
		}
	}
	return p.took, nil
}

// readAhead reads until p is answered, or something fails.
func (c *Conn) readAhead(ctx context.Context, p *ping) error {
	c.reading, p.reads = true, true
	defer func() {
		c.reading, p.reads = false, false
		if ctx.Err() != nil {
			c.stream.SetReadDeadline(c.readDeadline) // interrupt may have moved it
		}
		c.changed.Broadcast()
	}()
	queued := 0
	for _, part := range c.ahead {
		queued += len(part.octets)
	}
	for !p.done && ctx.Err() == nil {
		if queued > c.maxQueued {
			return session.ErrMessageSize
		}
		got, err := c.pull(nil)
		if got.t != 0 && (err == nil || len(got.octets) > 0) {
			queued += len(got.octets) + 1
			c.ahead = append(c.ahead, part{got.t, append([]byte(nil), got.octets...)})
		}
		c.complete()
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// interrupt: the context of p is done.
func (c *Conn) interrupt(p *ping) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.reads {
		c.stream.SetReadDeadline(time.Unix(1, 0))
	}
	c.changed.Broadcast()
}

// pong hands a pong to the Ping that waits for it, and to those before it: a
// server may answer the last ping only (RFC 6455 section 5.5.3).
func (c *Conn) pong(payload []byte) {
	for i, p := range c.pings {
		if string(payload) != string(p.payload[:]) {
			continue
		}
		for _, p := range c.pings[:i+1] {
			p.took, p.done = time.Since(p.start), true
		}
		c.pings = append(c.pings[:0], c.pings[i+1:]...)
		c.changed.Broadcast()
		return
	}
}

func (c *Conn) forget(p *ping) {
	for i := range c.pings {
		if c.pings[i] == p {
			c.pings = append(c.pings[:i], c.pings[i+1:]...)
			return
		}
	}
}

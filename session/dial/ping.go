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
}

// Ping sends a ping and waits for the pong that answers it (RFC 6455 section
// 5.5.2). It returns how long that took. Nothing else needs to be reading: if
// nothing does, Ping reads, and keeps the messages that come for ReadMessage,
// up to Config.MaxMessageSize octets; with more it gives up, with a
// session.ErrTooLarge. It waits no longer than ctx lasts, and while it reads no
// longer than until the read deadline; the Conn can be used as before.
func (c *Conn) Ping(ctx context.Context) (time.Duration, error) {
	p := new(ping)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pinged++
	binary.BigEndian.PutUint64(p.payload[:], c.pinged)
	p.write.op.Type, p.write.op.Data = session.PingPong, p.payload[:]
	p.start = time.Now()
	if err := c.begin(&p.write); err != nil {
		return 0, err
	}
	c.pings = append(c.pings, p)
	defer c.forget(p)
	go c.finishAside(&p.write)
	stop := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.helper == p {
			c.interrupt()
		}
		c.changed.Broadcast()
	})
	defer stop()
	for !p.done {
		switch {
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case c.ended != nil:
			return 0, c.ended
		case p.write.cancelled:
			return 0, c.result(&p.write)
		case c.reading || c.readers > 0:
			c.changed.Wait()
		default:
			if err := c.readAhead(p); err != nil {
				return 0, err
			}
		}
	}
	return p.took, nil
}

// readAhead reads for p until it is answered, somebody else wants to read, or
// something fails. nil: Ping sees why.
func (c *Conn) readAhead(p *ping) error {
	c.reading, c.helper = true, p
	defer func() {
		c.reading, c.helper = false, nil
		if c.interrupted {
			c.interrupted = false
			c.stream.SetReadDeadline(c.readDeadline)
		}
		c.changed.Broadcast()
	}()
	queued := 0
	for _, part := range c.ahead {
		queued += len(part.octets)
	}
	for !p.done && c.readers == 0 {
		if queued > c.maxQueued {
			return session.ErrMessageSize
		}
		got, err := c.pull(nil)
		if got.t != 0 && (err == nil || len(got.octets) > 0) {
			queued += len(got.octets) + 1
			c.ahead = append(c.ahead, part{got.t, append([]byte(nil), got.octets...)})
		}
		c.complete()
		switch {
		case c.interrupted:
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

// interrupt ends the read of a Ping or Close.
func (c *Conn) interrupt() {
	c.interrupted = true
	c.stream.SetReadDeadline(time.Unix(1, 0))
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

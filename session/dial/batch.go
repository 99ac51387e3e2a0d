package dial

// Writing several messages at once.

import (
	"sync"

	"github.com/zeroshake/zeroshake/session"
)

// Message is one message. Data is not modified.
type Message struct {
	Type session.BufferType // UTF8Message or BinaryMessage
	Data []byte
}

// batches lends the buffers of WriteMessages.
var batches = sync.Pool{New: func() any { return new([batchSize]byte) }}

const batchSize = 64 << 10

// WriteMessages sends messages one after the other, in as few writes to the
// connection below as 64 KiB at a time allow. An error may come when some of
// them are sent; which, is not known.
func (c *Conn) WriteMessages(messages ...Message) error {
	buf := batches.Get().(*[batchSize]byte)
	defer batches.Put(buf)
	b := buf[:0]
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range messages {
		var err error
		if b, err = c.gather(b, m); err != nil {
			c.flush(b) // those before it are sent
			return err
		}
	}
	c.flush(b)
	return c.writeErr
}

// gather is send, but appends to b what fits. mu is held from the first octet
// that is appended until flush, so nothing else comes between or before them.
func (c *Conn) gather(b []byte, m Message) ([]byte, error) {
	c.lockWrite()
	defer c.unlockWrite()
	if err := c.mayWrite(m.Type); err != nil {
		return b, err
	}
	w := &c.write
	w.op.Type, w.op.Data = m.Type, m.Data
	if err := c.begin(w); err != nil {
		return b, err
	}
	for !w.done {
		var a session.Action
		if !c.writing {
			c.client.GetAction(session.SendQueue, &a)
		}
		switch a.Kind {
		case session.NoAction:
			if len(b) > 0 {
				b = c.flush(b)
			} else {
				c.changed.Wait()
			}
		case session.SendToNetwork:
			size := len(a.Buffers[0]) + len(a.Buffers[1])
			if size > cap(b)-len(b) {
				b = c.flush(b)
			}
			if size > cap(b) || c.writeErr != nil {
				c.transmit(&a)
				continue
			}
			b = append(append(b, a.Buffers[0]...), a.Buffers[1]...)
			c.client.CompleteAction(&a, size)
		case session.IndicateSendComplete:
			c.sent(&a)
		}
	}
	return b, c.result(w)
}

// flush writes b and empties it.
func (c *Conn) flush(b []byte) []byte {
	for c.writing && len(b) > 0 {
		c.changed.Wait()
	}
	if len(b) > 0 && c.writeErr == nil {
		c.put(b, nil)
	}
	return b[:0]
}

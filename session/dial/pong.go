package dial

import "github.com/zeroshake/zeroshake/session"

// maxPongs limits the octets of pongs that wait for the server to take them. Of
// the pings that come then the last is answered, RFC 6455 section 5.5.3.
const maxPongs = 4096

// answerPing takes the pong that a asks to send. Another goroutine writes it:
// were the server writing too, neither side would read.
func (c *Conn) answerPing(a *session.Action) {
	frame := a.Buffers[0]
	if len(c.pongs)+len(frame) > maxPongs {
		pong := *a
		go c.sendPong(&pong) // until then the session keeps the last one
		return
	}
	if c.pongs == nil {
		go c.sendPongs()
	}
	c.pongs = append(c.pongs, frame...)
	c.client.CompleteAction(a, len(frame))
}

// sendPongs writes the pongs, unless whoever was writing has done so.
func (c *Conn) sendPongs() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.writing {
		c.changed.Wait()
	}
	if c.pongs != nil && c.writeErr == nil {
		c.put(nil, nil)
	}
}

func (c *Conn) sendPong(a *session.Action) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.writing {
		c.changed.Wait()
	}
	c.transmit(a)
}

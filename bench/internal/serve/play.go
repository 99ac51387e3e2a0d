package serve

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// Verdict is what is thought of a client that has played a case.
type Verdict string

const (
	OK        Verdict = "OK"
	NonStrict Verdict = "NON-STRICT" // what it did not do, it need not do
)

// moment is how long a client is watched that must do nothing. One that is
// wrong is found out if it is faster; one that is right never fails for it.
const moment = 10 * time.Millisecond

// Play plays the case on c. An error says at which line what was wrong.
func (t *Case) Play(c *Conn) (Verdict, error) {
	verdict := OK
	var first byte // of a frame that was read, and not looked at
	var payload []byte
	for _, s := range t.steps {
		var err error
		if first == 0 && (s.verb == "<" || s.verb == "<?" || s.verb == "fails") {
			first, payload, _, err = c.readMessage()
		}
		switch {
		case err != nil:
		case s.verb == ">":
			err = c.sendFrame(s.octets[0], s.octets[1:])
		case s.verb == "raw":
			err = c.send(s.octets)
		case s.verb == "chop":
			c.chop = s.n
		case s.verb == "quiet":
			err = c.quiet()
		case s.verb == "<?" && !s.is(first, payload):
			verdict = NonStrict
		case s.verb == "<", s.verb == "<?":
			if !s.is(first, payload) {
				err = fmt.Errorf("the client sent %x %.40q", first, payload)
			}
			first = 0
		case s.verb == "fails":
			if first != 0x88 || !slices.ContainsFunc(s.allowed, func(p []byte) bool { return bytes.Equal(p, payload) }) {
				err = fmt.Errorf("the client sent %x %.40q", first, payload)
			} else if err = c.sendFrame(0x88, payload); err == nil {
				err = c.end()
			}
		case s.verb == "closes":
			err = c.close(s.allowed[0])
		case s.verb == "end":
			err = c.end()
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", s.line, err)
		}
	}
	return verdict, nil
}

func (s *step) is(first byte, payload []byte) bool {
	return first == s.octets[0] && bytes.Equal(payload, s.octets[1:])
}

// quiet shows that the client sends nothing and does not close.
func (c *Conn) quiet() error {
	if err := c.SetReadDeadline(time.Now().Add(moment)); err != nil {
		return err
	}
	if p, err := c.r.Peek(1); err == nil {
		return fmt.Errorf("the client sent %x", p)
	} else if late, ok := err.(interface{ Timeout() bool }); !ok || !late.Timeout() {
		return err
	}
	return c.SetReadDeadline(time.Now().Add(patience))
}

// patience is for a client that must do something, on a slow machine.
const patience = 20 * time.Second

// close makes the closing handshake: the client answers with the same status,
// RFC 6455 section 5.5.1.
func (c *Conn) close(payload []byte) error {
	if err := c.sendFrame(0x88, payload); err != nil {
		return err
	}
	first, answer, err := c.readFrame()
	if err == nil && (first != 0x88 || !bytes.Equal(answer, payload[:min(len(payload), 2)])) {
		err = fmt.Errorf("answered with %x %.40q", first, answer)
	}
	if err != nil {
		return err
	}
	return c.end()
}

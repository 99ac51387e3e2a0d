package dial_test

// What one call finds that another has begun or left.

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// A Ping in the middle of a message keeps what comes of it for the reader that
// was begun, whatever the size of its slices.
func TestPingWithinNextReader(t *testing.T) {
	for _, by := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, func(r io.Reader) io.Reader { return r }} {
		c := connect(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
			io.WriteString(nc, "\x01\x03one")
			_, payload, _ := readFrame(br)
			io.WriteString(nc, "\x00\x03two\x00\x00\x80\x05three\x81\x04next")
			nc.Write(frame(0x8a, payload))
			readFrame(br)
		})
		_, r, err := c.NextReader()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(by(r)); string(got) != "onetwothree" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if _, got, err := c.ReadMessage(nil); string(got) != "next" || err != nil {
			t.Errorf("then %q, %v", got, err)
		}
	}
}

// A message that is stuck when Close comes ends as the connection does: closed, and
// not late, since the deadline is Close's.
func TestCloseWhileMessageIsStuck(t *testing.T) {
	large := []byte(strings.Repeat("a", 1<<20))
	for _, write := range []func(*dial.Conn) error{
		func(c *dial.Conn) error { return c.WriteMessage(session.BinaryMessage, large) },
		func(c *dial.Conn) error {
			return c.WriteMessages(dial.Message{Type: session.BinaryMessage, Data: large})
		},
		func(c *dial.Conn) error {
			w, err := c.NextWriter(session.BinaryMessage)
			if err == nil {
				_, err = w.Write(large)
			}
			return err
		},
	} {
		inBubble(t, &dial.Dialer{CloseTimeout: 2 * time.Second}, stall, func(t *testing.T, c *dial.Conn) {
			var writing sync.WaitGroup
			writing.Go(func() {
				var e *dial.CloseError
				if err := write(c); !errors.As(err, &e) || !errors.Is(err, net.ErrClosed) {
					t.Errorf("writing: %v", err)
				}
			})
			synctest.Wait()
			start := time.Now()
			if err := c.Close(1000, ""); err == nil || time.Since(start) != 2*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			writing.Wait()
		})
	}
}

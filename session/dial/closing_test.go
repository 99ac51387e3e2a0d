package dial_test

// Ping, Close and CloseNow, with and without something that reads.

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// TestServerCloses: a close of the server's is answered with its status.
func TestServerCloses(t *testing.T) {
	for _, tt := range []struct {
		sent, answer string
		status       session.CloseStatus
		reason       string
	}{
		{"\x88\x05\x03\xe8bye", "\x03\xe8", 1000, "bye"},
		{"\x88\x00", "", 1005, ""},
		{"\x88\x02\x0b\xb8", "\x0b\xb8", 3000, ""},
		{"\x88\x02\x13\x87", "\x13\x87", 4999, ""},
	} {
		c := connect(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
			io.WriteString(nc, tt.sent)
			if first, payload, err := readFrame(br); first != 0x88 || string(payload) != tt.answer || err != nil {
				t.Errorf("%q is answered %#x, %q, %v", tt.sent, first, payload, err)
			}
		})
		_, _, err := c.ReadMessage(nil)
		var e *dial.CloseError
		if !errors.As(err, &e) || e.Status != tt.status || e.Reason != tt.reason || e.Err != nil {
			t.Errorf("%q: %v", tt.sent, err)
		}
		if err := c.WriteMessage(session.UTF8Message, nil); !errors.As(err, &e) || e.Status != tt.status {
			t.Errorf("%q: writing gave %v", tt.sent, err)
		}
		if err := c.Close(1000, ""); err != nil {
			t.Errorf("%q: %v", tt.sent, err)
		}
		if err := c.Close(1000, ""); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%q: closed twice: %v", tt.sent, err)
		}
	}
}

func TestClose(t *testing.T) {
	for _, reading := range []bool{false, true} {
		c := connect(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
			first, payload, _ := readFrame(br)
			io.WriteString(nc, "\x81\x04late\x89\x00")
			nc.Write(frame(first, payload))
			if string(payload) != "\x03\xe8done" {
				t.Errorf("closed with %q", payload)
			}
		})
		var running sync.WaitGroup
		if reading {
			running.Go(func() {
				var err error
				for err == nil {
					_, _, err = c.ReadMessage(nil)
				}
				var e *dial.CloseError
				if !errors.As(err, &e) || e.Status != 1000 {
					t.Error(err)
				}
			})
		}
		if err := c.Close(1000, "done"); err != nil {
			t.Error(err)
		}
		running.Wait()
	}
}

// TestCloseLingers: behind both closes the server closes the connection below
// first, RFC 6455 section 7.1.1, if it does so within a second.
func TestCloseLingers(t *testing.T) {
	for _, tt := range []struct{ after, want time.Duration }{
		{300 * time.Millisecond, 300 * time.Millisecond},
		{time.Minute, time.Second},
	} {
		inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
			readFrame(br)
			io.WriteString(nc, "\x88\x02\x03\xe8")
			nc.SetReadDeadline(time.Now().Add(tt.after))
			br.ReadByte()
			nc.Close()
		}, func(t *testing.T, c *dial.Conn) {
			start := time.Now()
			if err := c.Close(1000, ""); err != nil || time.Since(start) != tt.want {
				t.Errorf("%v after %v, want %v", err, time.Since(start), tt.want)
			}
		})
	}
}

// TestAnswerStuck: a server that closes, or breaks the protocol, and then reads
// nothing does not hold up the reader for longer than CloseTimeout.
func TestAnswerStuck(t *testing.T) {
	for _, sent := range []string{"\x88\x02\x03\xe8", "\x83"} {
		inBubble(t, &dial.Dialer{CloseTimeout: 3 * time.Second}, func(nc net.Conn, _ *bufio.Reader) {
			io.WriteString(nc, sent)
		}, func(t *testing.T, c *dial.Conn) {
			start := time.Now()
			_, _, err := c.ReadMessage(nil)
			var e *dial.CloseError
			if !errors.As(err, &e) || time.Since(start) != 3*time.Second {
				t.Errorf("%q: %v after %v", sent, err, time.Since(start))
			}
		})
	}
}

func TestCloseUnanswered(t *testing.T) {
	inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		io.Copy(io.Discard, br)
	}, func(t *testing.T, c *dial.Conn) {
		start := time.Now()
		if err := c.Close(1000, ""); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if _, _, err := c.ReadMessage(nil); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
}

// TestPings: each ping is answered, in order, also of many that come at once.
func TestPings(t *testing.T) {
	const pings = 100
	c := connect(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		var sent []byte
		for i := range byte(pings) {
			sent = append(sent, 0x89, 1, i)
		}
		nc.Write(sent)
		nc.SetDeadline(time.Now().Add(10 * time.Second))
		for i := range byte(pings) {
			if first, payload, err := readFrame(br); first != 0x8a || !bytes.Equal(payload, []byte{i}) || err != nil {
				t.Errorf("ping %d is answered with %#x, %q, %v", i, first, payload, err)
				break
			}
		}
		io.WriteString(nc, "\x88\x00")
	})
	if _, _, err := c.ReadMessage(nil); err == nil {
		t.Error("no close")
	}
}

// TestPing: what comes before the pong waits for ReadMessage, in order.
func TestPing(t *testing.T) {
	c := connect(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		_, payload, _ := readFrame(br)
		io.WriteString(nc, "\x81\x03one\x01\x02tw")
		nc.Write(frame(0x8a, payload))
		io.WriteString(nc, "\x80\x01o")
		readFrame(br)
	})
	if took, err := c.Ping(t.Context()); took <= 0 || err != nil {
		t.Error(took, err)
	}
	for _, want := range []string{"one", "two"} {
		if _, got, err := c.ReadMessage(nil); string(got) != want || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// TestPingsAnsweredByTheLast: a server may answer the last of several pings only,
// RFC 6455 section 5.5.3.
func TestPingsAnsweredByTheLast(t *testing.T) {
	const pings = 3
	c := connect(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		var last []byte
		for range pings {
			_, last, _ = readFrame(br)
		}
		nc.Write(frame(0x8a, last))
		readFrame(br)
	})
	var running sync.WaitGroup
	for range pings {
		running.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if took, err := c.Ping(ctx); took <= 0 || err != nil {
				t.Error(took, err)
			}
		})
	}
	running.Wait()
}

func TestPingCancelled(t *testing.T) {
	inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		readFrame(br)
		io.WriteString(nc, "\x81\x05He")
		time.Sleep(2 * time.Second)
		io.WriteString(nc, "llo")
	}, func(t *testing.T, c *dial.Conn) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if _, got, err := c.ReadMessage(nil); string(got) != "Hello" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestPingQueueLimit(t *testing.T) {
	c := connect(t, &dial.Dialer{Config: &session.Config{MaxMessageSize: 10}}, func(nc net.Conn, br *bufio.Reader) {
		readFrame(br)
		io.WriteString(nc, "\x81\x0812345678\x81\x08abcdefgh")
		readFrame(br)
	})
	if _, err := c.Ping(t.Context()); !errors.Is(err, session.ErrTooLarge) {
		t.Error(err)
	}
}

// TestConcurrently: a writer, a reader and pings at once, then closes.
func TestConcurrently(t *testing.T) {
	c := connect(t, &dial.Dialer{}, func(nc net.Conn, _ *bufio.Reader) { echoFrames(nc) })
	var running, reader sync.WaitGroup
	running.Go(func() {
		for range 100 {
			if err := c.WriteMessage(session.BinaryMessage, make([]byte, 1000)); err != nil {
				t.Error(err)
			}
		}
	})
	reader.Go(func() {
		for {
			if _, _, err := c.ReadMessage(nil); err != nil {
				return
			}
		}
	})
	for range 3 {
		running.Go(func() {
			for range 20 {
				if _, err := c.Ping(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	for range 3 {
		running.Go(func() {
			if err := c.Close(1000, ""); err != nil && !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
		})
	}
	running.Wait()
	reader.Wait()
}

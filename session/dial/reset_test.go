package dial_test

// Servers that are killed, or stop reading, wherever they are: each call ends in
// an error, in time, and the connection below is closed.

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/dial"
)

// reset makes the end of nc the kind that a killed process or a lost state makes.
func reset(nc net.Conn) {
	nc.(*net.TCPConn).SetLinger(0)
	nc.Close()
}

// checkReset: err tells of a connection that was reset, as it came from the
// connection below, and so does every call after; at last it is closed.
func checkReset(t *testing.T, c *dial.Conn, err error) {
	t.Helper()
	var below *net.OpError
	if !errors.As(err, &below) || below.Timeout() || errors.Is(err, net.ErrClosed) {
		t.Errorf("error is %v", err)
	}
	_, _, err = c.ReadMessage(nil)
	var e *dial.CloseError
	if !errors.As(err, &e) || e.Status != session.StatusAborted || e.Err == nil {
		t.Errorf("then reading gave %v", err)
	}
	if err := c.WriteMessage(session.BinaryMessage, []byte("a")); err == nil {
		t.Error("then writing gave no error")
	}
	if err := c.CloseNow(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Errorf("then closing gave %v", err)
	}
	if err := c.NetConn().SetDeadline(time.Time{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the connection below is not closed: %v", err)
	}
}

// cuts are places within what a server sends.
var cuts = []struct{ name, sent string }{
	{"between messages", ""},
	{"in a header", "\x81"},
	{"in a length", "\x82\x7f\x00\x00"},
	{"in the payload", "\x81\x05He"},
	{"between fragments", "\x01\x02He"},
	{"in a large payload", "\x82\x7f\x00\x00\x00\x00\x01\x00\x00\x00He"},
	{"in a compressed message", "\xc1\x07\xf2\x48"},
	{"between its fragments", "\x41\x02\xf2\x48"},
	{"in a ping", "\x89\x05He"},
	{"in a pong", "\x8a\x05He"},
	{"in a close", "\x88\x05\x03"},
}

// TestReset: the server resets the connection there, while the client waits.
func TestReset(t *testing.T) {
	for _, call := range []struct {
		name   string
		frames int // that the server reads before
		do     func(c *dial.Conn) error
	}{
		{"ReadMessage", 0, func(c *dial.Conn) error { _, _, err := c.ReadMessage(nil); return err }},
		{"ReadMessage into room", 0, func(c *dial.Conn) error { _, _, err := c.ReadMessage(make([]byte, 0, 64<<10)); return err }},
		{"NextReader", 0, func(c *dial.Conn) error {
			_, r, err := c.NextReader()
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			return err
		}},
		{"Ping", 1, func(c *dial.Conn) error { _, err := c.Ping(context.Background()); return err }},
		{"Close", 1, func(c *dial.Conn) error { return c.Close(1000, "") }},
	} {
		for _, cut := range cuts {
			t.Run(call.name+" "+cut.name, func(t *testing.T) {
				resume := make(chan bool)
				c := connectDeflate(t, func(nc net.Conn, br *bufio.Reader) {
					for range call.frames {
						readFrame(br)
					}
					io.WriteString(nc, cut.sent)
					<-resume
					reset(nc)
				})
				time.AfterFunc(2*time.Millisecond, func() { close(resume) })
				checkReset(t, c, call.do(c))
			})
		}
	}
}

// connectDeflate dials a server that agrees on permessage-deflate.
func connectDeflate(t *testing.T, handle func(net.Conn, *bufio.Reader)) *dial.Conn {
	t.Helper()
	addr := listen(t, func(nc net.Conn) {
		head, err := readRequest(nc)
		if err != nil {
			return
		}
		io.WriteString(nc, opening(parseRequest(head), "Sec-WebSocket-Extensions: permessage-deflate\r\n"))
		handle(nc, bufio.NewReader(nc))
	})
	d := dial.Dialer{
		Offer:  session.Offer{Extensions: []string{"permessage-deflate"}},
		Config: &session.Config{Deflate: &deflate.Codec{}},
	}
	c, err := d.Dial(t.Context(), "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	return c
}

// writers write 16 MiB, each in its way.
var writers = []struct {
	name string
	do   func(c *dial.Conn) error
}{
	{"WriteMessage", func(c *dial.Conn) error { return c.WriteMessage(session.BinaryMessage, make([]byte, 16<<20)) }},
	{"WriteMessages", func(c *dial.Conn) error {
		messages := make([]dial.Message, 1<<14)
		for i := range messages {
			messages[i] = dial.Message{Type: session.BinaryMessage, Data: make([]byte, 1<<10)}
		}
		return c.WriteMessages(messages...)
	}},
	{"NextWriter", func(c *dial.Conn) error {
		w, err := c.NextWriter(session.UTF8Message)
		for range 1 << 8 {
			if err == nil {
				_, err = w.Write(bytes.Repeat([]byte("a"), 1<<16))
			}
		}
		if err == nil {
			err = w.Close()
		}
		return err
	}},
}

// TestResetWhileWriting: the server resets the connection in the middle of what
// the client writes.
func TestResetWhileWriting(t *testing.T) {
	for _, w := range writers {
		t.Run(w.name, func(t *testing.T) {
			c := connect(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
				io.CopyN(io.Discard, br, 1<<20)
				reset(nc)
			})
			checkReset(t, c, w.do(c))
		})
	}
}

// TestNeverReads: the server takes nothing. Each call ends at its deadline.
func TestNeverReads(t *testing.T) {
	const limit = 3 * time.Second
	calls := append(writers[:len(writers):len(writers)], []struct {
		name string
		do   func(c *dial.Conn) error
	}{
		{"Ping", func(c *dial.Conn) error {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			_, err := c.Ping(ctx)
			return err
		}},
		{"Close", func(c *dial.Conn) error { return c.Close(1000, "") }},
	}...)
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			inBubble(t, &dial.Dialer{CloseTimeout: limit}, stall, func(t *testing.T, c *dial.Conn) {
				start := time.Now()
				c.SetWriteDeadline(start.Add(limit))
				if err := call.do(c); !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error is %v", err)
				}
				if took := time.Since(start); took != limit {
					t.Errorf("it took %v", took)
				}
				start = time.Now()
				if err := c.Close(1000, ""); err == nil || time.Since(start) > limit {
					t.Errorf("then Close gave %v, after %v", err, time.Since(start))
				}
			})
		})
	}
}

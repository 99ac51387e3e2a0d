package dial_test

// Reading and writing messages on an open Conn, against a server that is told
// frame by frame what to do.

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// connect dials a server that opens the connection and then does handle.
func connect(t testing.TB, d *dial.Dialer, handle func(net.Conn, *bufio.Reader)) *dial.Conn {
	t.Helper()
	addr := listen(t, func(nc net.Conn) {
		head, err := readRequest(nc)
		if err != nil {
			return
		}
		io.WriteString(nc, opening(parseRequest(head), ""))
		handle(nc, bufio.NewReader(nc))
	})
	c, err := d.Dial(t.Context(), "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	return c
}

// TestFaults: what the server sends, the rule that it breaks, and the close that
// it is told so with.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name, sent, close string
		err               error
	}{
		{"mask", "\x81\x80abcd", "\x03\xea", session.ErrInvalidProtocolFormat},
		{"opcode", "\x83\x00", "\x03\xea", session.ErrInvalidProtocolFormat},
		{"RSV1", "\xc1\x00", "\x03\xea", session.ErrInvalidProtocolFormat},
		{"continuation", "\x80\x00", "\x03\xea", session.ErrInvalidProtocolOperation},
		{"UTF-8", "\x81\x01\xff", "\x03\xef", session.ErrUTF8},
		{"reason", "\x88\x03\x03\xe8\xff", "\x03\xef", session.ErrCloseReason},
		{"size", "\x82\x65", "\x03\xf1", session.ErrMessageSize},
	} {
		got := make(chan string, 1)
		d := &dial.Dialer{Config: &session.Config{MaxMessageSize: 100}}
		c := connect(t, d, func(nc net.Conn, br *bufio.Reader) {
			io.WriteString(nc, tt.sent)
			first, payload, err := readFrame(br)
			if first != 0x88 || err != nil {
				t.Errorf("%s: server got %#x, %v", tt.name, first, err)
			}
			got <- string(payload)
		})
		_, _, err := c.ReadMessage(nil)
		var e *dial.CloseError
		if !errors.As(err, &e) || !errors.Is(err, tt.err) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if close := <-got; close != tt.close {
			t.Errorf("%s: closed with %q", tt.name, close)
		}
		if err := c.WriteMessage(session.UTF8Message, nil); !errors.Is(err, tt.err) {
			t.Errorf("%s: writing gave %v", tt.name, err)
		}
	}
}

// TestReadDeadline: a read that was too late, between messages or in the middle
// of one, loses nothing.
func TestReadDeadline(t *testing.T) {
	for _, tt := range []struct{ name, before, after string }{
		{"between", "", "\x81\x05Hello"},
		{"in the head", "\x81", "\x05Hello"},
		{"in the payload", "\x81\x05He", "llo"},
		{"between fragments", "\x01\x02He", "\x80\x03llo"},
	} {
		inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
			io.WriteString(nc, tt.before)
			time.Sleep(2 * time.Second)
			io.WriteString(nc, tt.after)
		}, func(t *testing.T, c *dial.Conn) {
			c.SetReadDeadline(time.Now().Add(time.Second))
			_, p, err := c.ReadMessage(nil)
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: %q, %v", tt.name, p, err)
			}
			c.SetReadDeadline(time.Time{})
			if kind, p, err := c.ReadMessage(p); kind != session.UTF8Message || string(p) != "Hello" || err != nil {
				t.Errorf("%s: then %#x, %q, %v", tt.name, kind, p, err)
			}
		})
	}
}

func TestNextReader(t *testing.T) {
	c := connect(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		io.WriteString(nc, "\x01\x03one\x80\x01!\x82\x03two\x81\x05three\x81\x00\x01\x03six\x80\x01!\x81\x05seven")
		readFrame(br)
	})
	_, stale, err := c.NextReader()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := stale.Read(make([]byte, 2)); n != 2 || err != nil {
		t.Error(n, err)
	}
	kind, r, err := c.NextReader()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := stale.Read(make([]byte, 2)); n != 0 || err != io.EOF {
		t.Error("stale:", n, err)
	}
	if got, err := io.ReadAll(r); kind != session.BinaryMessage || string(got) != "two" || err != nil {
		t.Errorf("%#x, %q, %v", kind, got, err)
	}
	if _, got, err := c.ReadMessage(nil); string(got) != "three" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, got, err := c.ReadMessage(nil); len(got) != 0 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, _, err := c.NextReader(); err != nil { // of which nothing is read
		t.Error(err)
	}
	if _, got, err := c.ReadMessage(nil); string(got) != "seven" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNextWriter(t *testing.T) {
	c := connect(t, &dial.Dialer{}, func(nc net.Conn, _ *bufio.Reader) { echoFrames(nc) })
	w, err := c.NextWriter(session.UTF8Message)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "Hel")
	if err := c.WriteMessage(session.UTF8Message, nil); !errors.Is(err, session.ErrSendMessageOpen) {
		t.Error(err)
	}
	if _, err := io.WriteString(w, "\xff"); !errors.Is(err, session.ErrSendUTF8) {
		t.Error(err)
	}
	io.WriteString(w, "lo")
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if n, err := io.WriteString(w, "stale"); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("written behind the end: %d, %v", n, err)
	}
	if err := w.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("ended twice: %v", err)
	}
	if _, got, err := c.ReadMessage(nil); string(got) != "Hello" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if err := c.WriteMessage(session.UTF8Message, []byte("\xff")); !errors.Is(err, session.ErrSendUTF8) {
		t.Error(err)
	}
	checkEcho(t, c)

	// A connection that is over is so for a message that was begun as well.
	if w, err = c.NextWriter(session.BinaryMessage); err != nil {
		t.Fatal(err)
	}
	c.CloseNow()
	_, wrote := w.Write([]byte("a"))
	_, again := c.NextWriter(session.BinaryMessage)
	for _, err := range []error{wrote, w.Close(), again, c.WriteMessage(session.BinaryMessage, nil), c.WriteMessages(dial.Message{Type: session.BinaryMessage})} {
		if e := (*dial.CloseError)(nil); !errors.As(err, &e) {
			t.Errorf("over, and a message is open: %v", err)
		}
	}
}

// writes counts the writes to a connection.
type writes struct {
	net.Conn
	n atomic.Int32
}

func (c *writes) Write(p []byte) (int, error) {
	c.n.Add(1)
	return c.Conn.Write(p)
}

func TestWriteMessages(t *testing.T) {
	nc := &writes{Conn: must(net.Dial("tcp", listen(t, echo)))}
	var d dial.Dialer
	c, err := d.Client(t.Context(), nc, "ws://example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	large := bytes.Repeat([]byte("x"), 100_000)
	for _, tt := range []struct {
		messages [][]byte
		most     int32
	}{
		{[][]byte{[]byte("a"), nil, []byte("bc")}, 1},
		{[][]byte{[]byte("a"), large, []byte("b")}, 8},
	} {
		var batch []dial.Message
		for _, m := range tt.messages {
			batch = append(batch, dial.Message{Type: session.BinaryMessage, Data: m})
		}
		nc.n.Store(0)
		if err := c.WriteMessages(batch...); err != nil {
			t.Error(err)
		}
		if n := nc.n.Load(); n > tt.most {
			t.Errorf("%d writes", n)
		}
		for _, m := range tt.messages {
			if _, got, err := c.ReadMessage(nil); !bytes.Equal(got, m) || err != nil {
				t.Errorf("%d octets of %d, %v", len(got), len(m), err)
			}
		}
	}
	if bytes.Count(large, []byte("x")) != len(large) {
		t.Error("the caller's octets were modified")
	}
}

// A message that cannot be sent stops a batch: those before it are sent, those
// behind it are not, and the connection is as it was.
func TestWriteMessagesRefused(t *testing.T) {
	c := connect(t, &dial.Dialer{}, func(nc net.Conn, _ *bufio.Reader) { echoFrames(nc) })
	for _, bad := range []struct {
		message dial.Message
		err     error
	}{
		{dial.Message{Type: session.UTF8Message, Data: []byte("\xff")}, session.ErrSendUTF8},
		{dial.Message{Type: session.UTF8Fragment}, session.ErrSendType},
	} {
		err := c.WriteMessages(dial.Message{Type: session.UTF8Message, Data: []byte("before")}, bad.message, dial.Message{Type: session.UTF8Message, Data: []byte("behind")})
		if !errors.Is(err, bad.err) {
			t.Errorf("%v, want %v", err, bad.err)
		}
		if _, got, err := c.ReadMessage(nil); string(got) != "before" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		checkEcho(t, c)
	}
}

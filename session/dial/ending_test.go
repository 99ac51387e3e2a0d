package dial_test

// Connections that end, or stop, where they should not.

import (
	"bufio"
	"bytes"
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

func TestEnds(t *testing.T) {
	for _, sent := range []string{"", "\x81", "\x81\x05He", "\x01\x02He"} {
		c := connect(t, &dial.Dialer{}, func(nc net.Conn, _ *bufio.Reader) { io.WriteString(nc, sent) })
		_, _, err := c.ReadMessage(nil)
		var e *dial.CloseError
		if !errors.As(err, &e) || e.Status != session.StatusAborted || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v", sent, err)
		}
	}
}

// TestStalled: the server reads nothing. A write that is too late is the last,
// and Close and CloseNow end nevertheless.
func TestStalled(t *testing.T) {
	stop := make(chan bool)
	defer close(stop)
	stall := func(net.Conn, *bufio.Reader) { <-stop }
	large := bytes.Repeat([]byte("x"), 16<<20)

	c := connect(t, &dial.Dialer{CloseTimeout: 50 * time.Millisecond}, stall)
	c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	for range 2 {
		if err := c.WriteMessage(session.BinaryMessage, large); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
	}
	if err := c.Close(1000, ""); err == nil {
		t.Error("closed")
	}

	c = connect(t, &dial.Dialer{}, stall)
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.WriteMessage(session.BinaryMessage, large); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	running.Go(func() {
		if _, _, err := c.ReadMessage(nil); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	time.Sleep(10 * time.Millisecond)
	c.CloseNow()
	running.Wait()
}

// A NextReader that was too late loses nothing either, nor does its reader.
func TestNextReaderDeadline(t *testing.T) {
	inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		for _, part := range []string{"\x81\x05H", "el", "lo"} {
			io.WriteString(nc, part)
			time.Sleep(time.Minute)
		}
	}, func(t *testing.T, c *dial.Conn) {
		late := func(err error) {
			t.Helper()
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(err)
			}
			c.SetReadDeadline(time.Time{})
		}
		c.SetReadDeadline(time.Now().Add(time.Second))
		_, _, err := c.NextReader()
		late(err)
		_, r, err := c.NextReader()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); string(got) != "Hello" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	})
	inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		for _, part := range []string{"\x01\x02He\x80\x03l", "lo"} {
			io.WriteString(nc, part)
			time.Sleep(time.Minute)
		}
	}, func(t *testing.T, c *dial.Conn) {
		_, r, err := c.NextReader()
		if err != nil {
			t.Fatal(err)
		}
		c.SetReadDeadline(time.Now().Add(time.Second))
		got, err := io.ReadAll(r)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q, %v", got, err)
		}
		c.SetReadDeadline(time.Time{})
		rest, err := io.ReadAll(r)
		if got = append(got, rest...); string(got) != "Hello" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	})
}

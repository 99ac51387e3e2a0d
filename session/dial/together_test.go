package dial_test

// Calls at the same time, each of which must not wait for another longer than
// it has to. In a bubble of synctest times are exact, and a call that waits for
// ever fails the test at once.

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// inBubble runs test with a Conn, in a bubble, and handle at the other end of
// the pipe that it is over.
func inBubble(t *testing.T, d *dial.Dialer, handle func(net.Conn, *bufio.Reader), test func(t *testing.T, c *dial.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		var running sync.WaitGroup
		running.Go(func() {
			head, err := readRequest(far)
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(far, opening(parseRequest(head), ""))
			handle(far, bufio.NewReader(far))
		})
		c, err := d.Client(t.Context(), near, "ws://example.com/")
		if err != nil {
			t.Fatal(err)
		}
		test(t, c)
		c.CloseNow()
		far.Close()
		running.Wait()
	})
}

// stall reads nothing.
func stall(net.Conn, *bufio.Reader) {}

// A Ping that reads since nothing else does gives way to ReadMessage, and goes
// on when that does not read any more.
func TestReadWhilePingWaits(t *testing.T) {
	inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		_, payload, _ := readFrame(br)
		time.Sleep(time.Second)
		io.WriteString(nc, "\x81\x03one")
		time.Sleep(time.Second)
		io.WriteString(nc, "\x81\x03two")
		time.Sleep(time.Second)
		nc.Write(frame(0x8a, payload))
	}, func(t *testing.T, c *dial.Conn) {
		start := time.Now()
		var pinging sync.WaitGroup
		pinging.Go(func() {
			if took, err := c.Ping(t.Context()); took != 3*time.Second || err != nil {
				t.Errorf("the ping took %v, %v", took, err)
			}
		})
		synctest.Wait() // the ping is reading
		for i, want := range []string{"one", "two"} {
			_, got, err := c.ReadMessage(nil)
			if took := time.Since(start); string(got) != want || err != nil || took != time.Duration(i+1)*time.Second {
				t.Errorf("%q, %v after %v", got, err, took)
			}
		}
		pinging.Wait()
	})
}

// The end of its context ends a Ping, even if the server reads nothing and a
// message is stuck before it.
func TestPingBehindStuckMessage(t *testing.T) {
	for _, stuck := range []bool{false, true} {
		inBubble(t, &dial.Dialer{}, stall, func(t *testing.T, c *dial.Conn) {
			var writing sync.WaitGroup
			if stuck {
				writing.Go(func() {
					if err := c.WriteMessage(session.BinaryMessage, make([]byte, 1<<20)); !errors.Is(err, net.ErrClosed) {
						t.Error(err)
					}
				})
				synctest.Wait()
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			if _, err := c.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("stuck %v: %v after %v", stuck, err, time.Since(start))
			}
			c.CloseNow()
			writing.Wait()
		})
	}
}

// After a write that was too late the server cannot be told of a close: Close
// does not wait for its answer.
func TestCloseAfterLateWrite(t *testing.T) {
	inBubble(t, &dial.Dialer{}, stall, func(t *testing.T, c *dial.Conn) {
		c.SetWriteDeadline(time.Now().Add(time.Second))
		if err := c.WriteMessage(session.BinaryMessage, make([]byte, 1<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		start := time.Now()
		if err := c.Close(1000, ""); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := c.WriteMessage(session.BinaryMessage, nil); err == nil {
			t.Error("written")
		}
	})
}

// A server that does not answer a close: Close gives up in time, and so does what
// reads meanwhile, with the error that all later reads have.
func TestReadWhileCloseIsNotAnswered(t *testing.T) {
	inBubble(t, &dial.Dialer{CloseTimeout: 2 * time.Second}, func(nc net.Conn, br *bufio.Reader) {
		io.Copy(io.Discard, br)
	}, func(t *testing.T, c *dial.Conn) {
		var reading sync.WaitGroup
		reading.Go(func() {
			_, _, err := c.ReadMessage(nil)
			var e *dial.CloseError
			if !errors.As(err, &e) || e.Status != session.StatusAborted || !errors.Is(err, net.ErrClosed) {
				t.Errorf("reading gave %v", err)
			}
		})
		synctest.Wait()
		start := time.Now()
		if err := c.Close(1000, ""); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		reading.Wait()
	})
}

// A server that writes before it reads: Ping and Close read what it writes,
// while theirs is not taken yet.
func TestPingAndCloseTheWriting(t *testing.T) {
	inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		for range 2 {
			nc.Write(frame(0x82, make([]byte, 100_000)))
			first, payload, _ := readFrame(br)
			if first == 0x89 {
				first = 0x8a
			}
			nc.Write(frame(first, payload))
		}
	}, func(t *testing.T, c *dial.Conn) {
		if _, err := c.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		if _, p, err := c.ReadMessage(nil); len(p) != 100_000 || err != nil {
			t.Error(len(p), err)
		}
		start := time.Now()
		if err := c.Close(1000, ""); err != nil || time.Since(start) > time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// While Close reads, the deadlines are its own.
func TestDeadlinesWhileClosing(t *testing.T) {
	inBubble(t, &dial.Dialer{CloseTimeout: time.Second}, func(nc net.Conn, br *bufio.Reader) {
		io.Copy(io.Discard, br)
	}, func(t *testing.T, c *dial.Conn) {
		go func() {
			time.Sleep(time.Millisecond)
			c.SetDeadline(time.Time{})
		}()
		start := time.Now()
		if err := c.Close(1000, ""); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// A deadline that a Ping's end has moved is set again, and the caller's is what
// holds then.
func TestDeadlineAfterPing(t *testing.T) {
	inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		io.Copy(io.Discard, br)
	}, func(t *testing.T, c *dial.Conn) {
		start := time.Now()
		c.SetReadDeadline(start.Add(3 * time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if _, err := c.Ping(t.Context()); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if _, _, err := c.ReadMessage(nil); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
	})
}

// A message does not get into one that is written bit by bit, though it waits
// since before that began: it is refused, or comes behind it.
func TestWriteWhileNextWriterBegins(t *testing.T) {
	var got []string
	var second error
	inBubble(t, &dial.Dialer{}, func(nc net.Conn, br *bufio.Reader) {
		time.Sleep(time.Second) // the first message is being written until then
		for {
			first, payload, err := readFrame(br)
			if err != nil {
				return
			}
			got = append(got, string([]byte{first})+string(payload))
		}
	}, func(t *testing.T, c *dial.Conn) {
		var running sync.WaitGroup
		running.Go(func() {
			if err := c.WriteMessage(session.UTF8Message, []byte("first")); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		running.Go(func() { second = c.WriteMessage(session.UTF8Message, []byte("second")) })
		synctest.Wait()
		w, err := c.NextWriter(session.UTF8Message)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, "part"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		running.Wait()
	})
	want := []string{"\x81first", "\x01part", "\x80"}
	if second == nil {
		want = append(want, "\x81second")
	}
	if !slices.Equal(got, want) || second != nil && second != session.ErrSendMessageOpen {
		t.Errorf("%q, %v", got, second)
	}
}

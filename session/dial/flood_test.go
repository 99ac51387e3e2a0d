package dial_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/dial"
)

// Both sides write 16 MiB at once, while the server pings: neither waits for
// ever, no frame is torn, and the last ping is answered.
func TestPingedWhileBothWrite(t *testing.T) {
	const pieces, size = 256, 64 << 10
	addr := listen(t, func(nc net.Conn) {
		head, _ := readRequest(nc)
		io.WriteString(nc, opening(parseRequest(head), ""))
		var writing sync.WaitGroup
		writing.Go(func() {
			payload := bytes.Repeat([]byte("s"), size)
			for i := range pieces {
				nc.Write(frame(0x89, []byte{byte(i)}))
				nc.Write(frame(0x82, payload))
			}
		})
		br := bufio.NewReader(nc)
		got, last := 0, -1
		for got < pieces || last < pieces-1 {
			first, payload, err := readFrame(br)
			switch {
			case err != nil:
				t.Errorf("the server has read %d messages, and the pong %d: %v", got, last, err)
				return
			case first == 0x8a:
				if n := int(payload[0]); n <= last {
					t.Errorf("pong %d comes after %d", n, last)
				} else {
					last = n
				}
			case first != 0x82 || len(payload) != size || bytes.Count(payload, []byte("c")) != size:
				t.Errorf("a torn frame: %#x, %d octets", first, len(payload))
			default:
				got++
			}
		}
		writing.Wait()
		nc.Write(frame(0x88, nil))
		readFrame(br)
	})
	var d dial.Dialer
	c, err := d.Dial(t.Context(), "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	var writing sync.WaitGroup
	writing.Go(func() {
		payload := bytes.Repeat([]byte("c"), size)
		for range pieces {
			if err := c.WriteMessage(session.BinaryMessage, payload); err != nil {
				t.Error(err)
				return
			}
		}
	})
	buf := make([]byte, 0, size)
	for range pieces {
		if _, p, err := c.ReadMessage(buf); err != nil || len(p) != size {
			t.Fatalf("%d octets, %v", len(p), err)
		}
	}
	if _, _, err := c.ReadMessage(buf); err == nil {
		t.Error("there was more")
	}
	writing.Wait()
}

// Compressed messages go both ways, and one that grows too large is stopped.
func TestCompressed(t *testing.T) {
	for _, answer := range []string{deflate.Offer, "permessage-deflate"} {
		addr := listen(t, func(nc net.Conn) {
			head, _ := readRequest(nc)
			io.WriteString(nc, opening(parseRequest(head), "Sec-WebSocket-Extensions: "+answer+"\r\n"))
			echoFrames(nc) // what is compressed is sent back as it is
		})
		codec, kept := new(deflate.Codec), 0
		d := dial.Dialer{
			Offer:  session.Offer{Extensions: []string{deflate.Offer}},
			Config: &session.Config{Deflate: codec, MaxMessageSize: 100_000},
		}
		if answer != deflate.Offer {
			d.Offer.Extensions, kept = []string{"permessage-deflate"}, 1
		}
		c, err := d.Dial(t.Context(), "ws://"+addr)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{10, 1000, 1000, 100_000} {
			message := bytes.Repeat([]byte("abc "), n/4)
			if err := c.WriteMessage(session.UTF8Message, message); err != nil {
				t.Fatal(err)
			}
			if _, got, err := c.ReadMessage(nil); err != nil || !bytes.Equal(got, message) {
				t.Fatalf("%s: %d octets of %d, %v", answer, len(got), n, err)
			}
		}
		if err := c.WriteMessage(session.UTF8Message, bytes.Repeat([]byte("a"), 100_001)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := c.ReadMessage(nil); len(got) > 100_000 {
			t.Errorf("%s: %d octets came, %v", answer, len(got), err)
		} else if closed := (*dial.CloseError)(nil); !errors.As(err, &closed) || closed.Status != session.StatusMessageTooBig || closed.Err != session.ErrMessageSize {
			t.Errorf("%s: %v", answer, err)
		}
		if n := codec.Compressors(); n != kept {
			t.Errorf("%s: %d compressors while open", answer, n)
		}
		if c.CloseNow(); codec.Compressors() != 0 {
			t.Errorf("%s: %d compressors when closed", answer, codec.Compressors())
		}
	}
}

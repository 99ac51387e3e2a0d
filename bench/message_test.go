package bench

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/session"
)

var messageSizes = []int{16, 128, 4 << 10, 64 << 10, 1 << 20}

// open returns a client behind its handshake.
func open(t testing.TB, cfg session.Config) *client {
	t.Helper()
	cfg.Rand = sampleNonce{}
	h := &heads.All[0]
	c := newClient(t, h.Offer, &cfg)
	if err := c.begin(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.response.Parse(h.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := c.end(h); err != nil {
		t.Fatal(err)
	}
	return c
}

// send sends a message to nowhere, and returns how many octets it took.
func (c *client) send(op *session.Op) (octets int, err error) {
	if err := c.Send(op); err != nil {
		return 0, err
	}
	var a session.Action
	for {
		if err := c.GetAction(session.SendQueue, &a); err != nil {
			return octets, err
		}
		n := len(a.Buffers[0]) + len(a.Buffers[1])
		octets += n
		if err := c.CompleteAction(&a, n); err != nil {
			return octets, err
		}
		if a.Kind == session.IndicateSendComplete {
			return octets, nil
		}
	}
}

// receive receives the message that a frame holds, and returns how many octets
// it has.
func (c *client) receive(op *session.Op, frame []byte) (octets int, err error) {
	var a session.Action
	for {
		if a.Kind != session.ReceiveFromNetwork {
			if err := c.Receive(op); err != nil {
				return octets, err
			}
		}
		for {
			if err := c.GetAction(session.ReceiveQueue, &a); err != nil {
				return octets, err
			}
			if a.Kind != session.ReceiveFromNetwork {
				break
			}
			n := copy(a.Buffers[0], frame)
			frame = frame[n:]
			if err := c.CompleteAction(&a, n); err != nil {
				return octets, err
			}
		}
		octets += len(a.Buffers[0])
		if err := c.CompleteAction(&a, 0); err != nil {
			return octets, err
		}
		if a.Type == session.BinaryMessage || a.Type == session.UTF8Message {
			return octets, nil
		}
	}
}

// serverFrame is a frame of the server's with n octets, in which text repeats.
func serverFrame(first byte, text string, n int) []byte {
	b := []byte{first, byte(n)}
	switch {
	case n > 0xffff:
		b = []byte{first, 127, 0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	case n > 125:
		b = []byte{first, 126, byte(n >> 8), byte(n)}
	}
	return append(b, bytes.Repeat([]byte(text), n/len(text))...)
}

func BenchmarkSend(b *testing.B) {
	for _, kind := range []struct {
		name string
		t    session.BufferType
	}{{"binary", session.BinaryMessage}, {"text", session.UTF8Message}} {
		for _, size := range messageSizes {
			b.Run(fmt.Sprintf("type=%s/size=%d", kind.name, size), func(b *testing.B) {
				c := open(b, session.Config{})
				op := session.Op{Type: kind.t, Data: bytes.Repeat([]byte("a"), size)}
				if _, err := c.send(&op); err != nil { // warms the pools
					b.Fatal(err)
				}
				b.ReportAllocs()
				b.SetBytes(int64(size))
				for b.Loop() {
					if n, err := c.send(&op); err != nil || n <= size {
						b.Fatal(n, err)
					}
				}
			})
		}
	}
}

func BenchmarkReceive(b *testing.B) {
	for _, kind := range []struct {
		name  string
		first byte
		text  string
	}{{"binary", 0x82, "a"}, {"text", 0x81, "a"}, {"mixed", 0x81, "aé日é"}} {
		for _, size := range messageSizes {
			b.Run(fmt.Sprintf("type=%s/size=%d", kind.name, size), func(b *testing.B) {
				c := open(b, session.Config{})
				op, frame := session.Op{Data: make([]byte, size)}, serverFrame(kind.first, kind.text, size)
				if _, err := c.receive(&op, frame); err != nil { // warms the pools
					b.Fatal(err)
				}
				b.ReportAllocs()
				b.SetBytes(int64(size))
				for b.Loop() {
					if n, err := c.receive(&op, frame); err != nil || n != size {
						b.Fatal(n, err)
					}
				}
			})
		}
	}
}

//go:build !race

// The race detector makes sync.Pool drop what it is given, at random.

package bench

import (
	"bytes"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/session"
)

// Nothing is allocated by a handshake, whole or in its parts, once the
// caller's slices and the pools are warm.
func TestAllocations(t *testing.T) {
	for _, h := range heads.All {
		t.Run(h.Name, func(t *testing.T) {
			c := newClient(t, h.Offer, nil)
			noAllocations(t, "Begin", c.begin)

			c = newClient(t, h.Offer, sample)
			if err := c.begin(); err != nil {
				t.Fatal(err)
			}
			begun, p := c.Client, h.Bytes()
			noAllocations(t, "Parse and End", func() error {
				c.Client = begun
				if _, err := c.response.Parse(p); err != nil {
					return err
				}
				return c.end(&h)
			})

			noAllocations(t, "Handshake", newHandshake(t, &h))
		})
	}
}

func noAllocations(t *testing.T, what string, f func() error) {
	t.Helper()
	var err error
	n := testing.AllocsPerRun(100, func() {
		if e := f(); e != nil {
			err = e
		}
	})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if n != 0 {
		t.Errorf("%s: %v allocations, want none", what, n)
	}
}

// Nor by a message, in either direction, into the caller's buffer or a lent one.
func TestMessageAllocations(t *testing.T) {
	for _, size := range messageSizes {
		c := open(t, session.Config{})
		out := session.Op{Type: session.UTF8Message, Data: bytes.Repeat([]byte("a"), size)}
		noAllocations(t, "Send", func() error {
			_, err := c.send(&out)
			return err
		})
		frame := serverFrame(0x81, "a", size)
		for _, in := range []session.Op{{}, {Data: make([]byte, size)}} {
			noAllocations(t, "Receive", func() error {
				n, err := c.receive(&in, frame)
				if err == nil && n != size {
					err = errAnswer
				}
				return err
			})
		}
	}
}

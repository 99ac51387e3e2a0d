package dial_test

// What an open Conn tells: what was negotiated, the bytes behind the head, the
// times of the phases, deadlines.

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

func TestNegotiation(t *testing.T) {
	offers := []string{"a", "b; x=1", "c", "d", "e", "permessage-deflate; client_max_window_bits"}
	addr := listen(t, func(nc net.Conn) {
		head, _ := readRequest(nc)
		r := parseRequest(head)
		if got := strings.Join(offers, ", "); r.Header.Get("Sec-WebSocket-Extensions") != got {
			t.Errorf("offered %q", got)
		}
		io.WriteString(nc, opening(r, "Sec-WebSocket-Protocol: chat\r\n"+
			"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10, b; x=1\r\n"))
	})
	d := dial.Dialer{Offer: session.Offer{
		Subprotocols: []string{"soap", "chat"},
		Extensions:   offers,
		Header:       []session.Header{{Name: "Origin", Value: "http://example.com"}},
	}}
	c, err := d.Dial(t.Context(), "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.Subprotocol(); got != "chat" {
		t.Errorf("subprotocol %q", got)
	}
	if got := c.Extensions(); !slices.Equal(got, []int{5, 1}) {
		t.Errorf("extensions %v", got)
	}
	if p, ok := c.Deflate(); !ok || p.ClientMaxWindowBits != 10 {
		t.Errorf("deflate %+v, %v", p, ok)
	}
}

// What the server sends in one segment with the head, or octet by octet, is read
// first, whatever the size of the reads.
func TestBytesBehindTheHead(t *testing.T) {
	const frames = "\x81\x05Hello\x89\x00\x81\x03end"
	for _, feed := range []int{1 << 20, 1, 7} {
		addr := listen(t, func(nc net.Conn) {
			head, _ := readRequest(nc)
			for piece := range slices.Chunk([]byte(opening(parseRequest(head), "")+frames), feed) {
				nc.Write(piece)
			}
		})
		for _, size := range []int{1, 5, 100} {
			var d dial.Dialer
			c, err := d.Dial(t.Context(), "ws://"+addr)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := c.Read(nil); n != 0 || err != nil {
				t.Errorf("empty read gave %d, %v", n, err)
			}
			var got []byte
			for p := make([]byte, size); err == nil; {
				var n int
				n, err = c.Read(p)
				got = append(got, p[:n]...)
			}
			if string(got) != frames || err != io.EOF {
				t.Errorf("fed by %d, read by %d: %q, %v", feed, size, got, err)
			}
			c.Close()
		}
	}
}

// Once the bytes behind the head are read, the Conn reads into the caller's
// slice, with no buffer of its own between.
func TestNoBufferWhenIdle(t *testing.T) {
	addr := listen(t, func(nc net.Conn) {
		head, _ := readRequest(nc)
		io.WriteString(nc, opening(parseRequest(head), "")+"early")
		io.Copy(nc, nc)
	})
	nc := &reads{Conn: must(net.Dial("tcp", addr))}
	var d dial.Dialer
	c, err := d.Client(t.Context(), nc, "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.ReadFull(c, make([]byte, len("early"))); err != nil {
		t.Fatal(err)
	}
	checkEcho(t, c)
	if nc.last > len("there and back") {
		t.Errorf("reads up to %d octets at once", nc.last)
	}
}

// reads notes the size of the last read.
type reads struct {
	net.Conn
	last int
}

func (c *reads) Read(p []byte) (int, error) {
	c.last = len(p)
	return c.Conn.Read(p)
}

func TestTiming(t *testing.T) {
	addr, roots := listenTLS(t, nil, echo)
	_, port, _ := net.SplitHostPort(addr)
	config := &tls.Config{RootCAs: roots, ServerName: "example.com"}
	dialled := dial.Dialer{TLSConfig: config}
	for _, tt := range []struct {
		name string
		open func() (*dial.Conn, error)
		zero []string
	}{
		{"address", func() (*dial.Conn, error) { return dialled.Dial(t.Context(), "wss://"+addr) }, []string{"DNSDone"}},
		{"name", func() (*dial.Conn, error) { return dialled.Dial(t.Context(), "wss://localhost:"+port) }, nil},
		{"plain", func() (*dial.Conn, error) { return new(dial.Dialer).Dial(t.Context(), "ws://"+listen(t, echo)) }, []string{"DNSDone", "TLSDone"}},
		{"client", func() (*dial.Conn, error) {
			return dialled.Client(t.Context(), must(net.Dial("tcp", addr)), "wss://example.com")
		}, []string{"DNSDone", "Connected"}},
	} {
		c, err := tt.open()
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		c.Close()
		at := c.Timing()
		var last time.Time
		for _, phase := range []struct {
			name string
			time time.Time
		}{
			{"Start", at.Start}, {"DNSDone", at.DNSDone}, {"Connected", at.Connected}, {"TLSDone", at.TLSDone},
			{"Written", at.Written}, {"FirstByte", at.FirstByte}, {"Done", at.Done},
		} {
			if zero := slices.Contains(tt.zero, phase.name); zero != phase.time.IsZero() {
				t.Errorf("%s: %s is %v", tt.name, phase.name, phase.time)
			} else if !zero {
				if phase.time.Before(last) {
					t.Errorf("%s: %s is before the phase ahead of it", tt.name, phase.name)
				}
				last = phase.time
			}
		}
	}
}

func TestDeadlines(t *testing.T) {
	for _, tt := range []struct {
		name        string
		set         func(*dial.Conn, time.Time) error
		read, write bool
	}{
		{"SetDeadline", (*dial.Conn).SetDeadline, true, true},
		{"SetReadDeadline", (*dial.Conn).SetReadDeadline, true, false},
		{"SetWriteDeadline", (*dial.Conn).SetWriteDeadline, false, true},
	} {
		var d dial.Dialer
		c, err := d.Dial(t.Context(), "ws://"+listen(t, echo))
		if err != nil {
			t.Fatal(err)
		}
		if err := tt.set(c, time.Unix(1, 0)); err != nil {
			t.Error(err)
		}
		_, err = c.Write([]byte("x"))
		if late := errors.Is(err, os.ErrDeadlineExceeded); late != tt.write {
			t.Errorf("%s: writing gave %v", tt.name, err)
		}
		if tt.read {
			if _, err = c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: reading gave %v", tt.name, err)
			}
		}
		c.Close()
	}
}

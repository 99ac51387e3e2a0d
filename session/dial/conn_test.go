package dial_test

// What an open Conn tells: what was negotiated, the bytes behind the head, the
// times of the phases, deadlines.

import (
	"bufio"
	"bytes"
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
	"github.com/zeroshake/zeroshake/session/deflate"
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
	d := dial.Dialer{
		Offer: session.Offer{
			Subprotocols: []string{"soap", "chat"},
			Extensions:   offers,
			Header:       []session.Header{{Name: "Origin", Value: "http://example.com"}},
		},
		Config: &session.Config{Deflate: &deflate.Codec{}},
	}
	c, err := d.Dial(t.Context(), "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
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

// Without a codec nothing is dialled that may be answered compressed.
func TestDeflateWithoutCodec(t *testing.T) {
	for _, config := range []*session.Config{nil, {}} {
		d := dial.Dialer{Offer: session.Offer{Extensions: []string{"x", "permessage-deflate; client_max_window_bits"}}, Config: config}
		_, err := d.Dial(t.Context(), "ws://127.0.0.1:1")
		if checkPhase(t, err, dial.PhaseSetup); !errors.Is(err, session.ErrInvalidArgument) {
			t.Error(err)
		}
	}
}

// What the server sends in one segment with the head, or octet by octet, is read
// first.
func TestBytesBehindTheHead(t *testing.T) {
	const frames = "\x81\x05Hello\x89\x00\x01\x01e\x80\x02nd"
	for _, feed := range []int{1 << 20, 1, 7} {
		addr := listen(t, func(nc net.Conn) {
			head, _ := readRequest(nc)
			for piece := range slices.Chunk([]byte(opening(parseRequest(head), "")+frames), feed) {
				nc.Write(piece)
			}
			if first, payload, err := readFrame(bufio.NewReader(nc)); first != 0x8a || len(payload) != 0 || err != nil {
				t.Errorf("the pong is %#x, %q, %v", first, payload, err)
			}
		})
		for _, size := range []int{0, 5, 8192} {
			var d dial.Dialer
			c, err := d.Dial(t.Context(), "ws://"+addr)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"Hello", "end"} {
				kind, got, err := c.ReadMessage(make([]byte, 0, size))
				if kind != session.UTF8Message || string(got) != want || err != nil {
					t.Errorf("fed by %d: %#x, %q, %v", feed, kind, got, err)
				}
			}
			_, _, err = c.ReadMessage(nil)
			var closed *dial.CloseError
			if !errors.As(err, &closed) || closed.Status != session.StatusAborted || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("at the end: %v", err)
			}
			c.CloseNow()
		}
	}
}

// A large message is read into the caller's slice, with no buffer between.
func TestReadStraight(t *testing.T) {
	nc := &reads{Conn: must(net.Dial("tcp", listen(t, echo)))}
	var d dial.Dialer
	c, err := d.Client(t.Context(), nc, "ws://example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	message := bytes.Repeat([]byte("0123456789"), 10_000)
	if err := c.WriteMessage(session.BinaryMessage, message); err != nil {
		t.Fatal(err)
	}
	dst := make([]byte, 0, len(message))
	if _, got, err := c.ReadMessage(dst); !bytes.Equal(got, message) || err != nil || &got[0] != &dst[:1][0] {
		t.Errorf("%d octets, %v", len(got), err)
	}
	if nc.most < 50_000 {
		t.Errorf("%d octets at most were asked for at once", nc.most)
	}
}

// reads notes the largest read asked for.
type reads struct {
	net.Conn
	most int
}

func (c *reads) Read(p []byte) (int, error) {
	c.most = max(c.most, len(p))
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
		c.CloseNow()
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
		err = c.WriteMessage(session.UTF8Message, []byte("x"))
		if late := errors.Is(err, os.ErrDeadlineExceeded); late != tt.write {
			t.Errorf("%s: writing gave %v", tt.name, err)
		}
		if tt.read {
			if _, _, err = c.ReadMessage(nil); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: reading gave %v", tt.name, err)
			}
		}
		c.CloseNow()
	}
}

package peers

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"testing"

	coder "github.com/coder/websocket"
	fasthttp "github.com/fasthttp/websocket"
	"github.com/gobwas/ws"
	"github.com/gorilla/websocket"
	"github.com/lxzan/gws"
	xnet "golang.org/x/net/websocket"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// A sink answers an upgrade request, and then counts the octets it is given.
type sink struct {
	fake
	open   bool
	octets int
}

func (s *sink) Write(p []byte) (int, error) {
	if !s.open {
		s.open = true
		return s.fake.Write(p)
	}
	s.octets += len(p)
	return len(p), nil
}

// BenchmarkWrite: one round is one masked binary message on an open connection
// that takes everything. Beside the peers, impl=octets masks one octet after the
// other as RFC 6455 section 5.3 has it, and impl=copy, the floor, not at all.
func BenchmarkWrite(b *testing.B) {
	for _, size := range []int{16, 128, 4096, 1 << 20} {
		for _, impl := range []struct {
			name string
			open func(s *sink) (write func(p []byte) error, err error)
		}{
			{"zeroshake", zeroshakeWriter},
			{"zeroshake-dial", dialWriter},
			{"gobwas", gobwasWriter},
			{"gobwas-cipher", gobwasCipherWriter},
			{"gorilla", gorillaWriter},
			{"coder", coderWriter},
			{"fasthttp", fasthttpWriter},
			{"gws", gwsWriter},
			{"xnet", xnetWriter},
			{"octets", octetsWriter},
			{"copy", copyWriter},
		} {
			b.Run(fmt.Sprintf("size=%d/impl=%s", size, impl.name), func(b *testing.B) {
				s := &sink{fake: *newFake(heads.All[0].Bytes())}
				write, err := impl.open(s)
				if err != nil {
					b.Fatal(err)
				}
				p := bytes.Repeat([]byte("a"), size)
				b.ReportAllocs()
				b.SetBytes(int64(size))
				for b.Loop() {
					s.octets = 0
					if err := write(p); err != nil || s.octets < size+6 {
						b.Fatal(s.octets, err)
					}
				}
				if bytes.Count(p, []byte("a")) != size {
					b.Fatal("the caller's octets were changed")
				}
			})
		}
	}
}

// zeroshakeWriter does what the actions say, and has no lock.
func zeroshakeWriter(s *sink) (func([]byte) error, error) {
	h, err := newByHand(heads.Offer{})
	if err != nil {
		return nil, err
	}
	c := &byHandConn{nc: s}
	if _, err := h.handshake(&c.client, s); err != nil {
		return nil, err
	}
	op := session.Op{Type: session.BinaryMessage}
	return func(p []byte) error {
		op.Data = p
		if err := c.client.Send(&op); err != nil {
			return err
		}
		_, err := c.act(session.SendQueue)
		return err
	}, nil
}

func dialWriter(s *sink) (func([]byte) error, error) {
	d := dial.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return s, nil }}
	c, err := d.Dial(context.Background(), wsURL)
	return func(p []byte) error { return c.WriteMessage(session.BinaryMessage, p) }, err
}

// gobwasWriter does what its documentation does: a frame is made, masked in a
// copy, and written.
func gobwasWriter(s *sink) (func([]byte) error, error) {
	s.open = true
	return func(p []byte) error { return ws.WriteFrame(s, ws.MaskFrame(ws.NewBinaryFrame(p))) }, nil
}

// gobwasCipherWriter copies the message into a buffer of its own and masks it
// there with the assembly that gobwas exports.
func gobwasCipherWriter(s *sink) (func([]byte) error, error) {
	s.open = true
	var out bytes.Buffer
	return func(p []byte) error {
		out.Reset()
		h := ws.Header{Fin: true, OpCode: ws.OpBinary, Masked: true, Mask: ws.NewMask(), Length: int64(len(p))}
		if err := ws.WriteHeader(&out, h); err != nil {
			return err
		}
		begin := out.Len()
		out.Write(p)
		ws.Cipher(out.Bytes()[begin:], h.Mask, 0)
		_, err := s.Write(out.Bytes())
		return err
	}, nil
}

func gorillaWriter(s *sink) (func([]byte) error, error) {
	d := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return s, nil }}
	c, _, err := d.Dial(wsURL, http.Header{})
	return func(p []byte) error { return c.WriteMessage(websocket.BinaryMessage, p) }, err
}

// coderWriter writes without compression, its default, and with a context that
// is never done.
func coderWriter(s *sink) (func([]byte) error, error) {
	nc := late{s, make(chan struct{})}
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nc, nil }}
	ctx := context.Background()
	c, _, err := coder.Dial(ctx, wsURL, &coder.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	return func(p []byte) error { return c.Write(ctx, coder.MessageBinary, p) }, err
}

func gwsWriter(s *sink) (func([]byte) error, error) {
	c, _, err := gws.NewClientFromConn(gws.BuiltinEventHandler{}, &gws.ClientOption{Addr: wsURL}, s)
	return func(p []byte) error { return c.WriteMessage(gws.OpcodeBinary, p) }, err
}

func fasthttpWriter(s *sink) (func([]byte) error, error) {
	d := fasthttp.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return s, nil }}
	c, _, err := d.Dial(wsURL, nil)
	return func(p []byte) error { return c.WriteMessage(fasthttp.BinaryMessage, p) }, err
}

func xnetWriter(s *sink) (func([]byte) error, error) {
	config, err := xnet.NewConfig(wsURL, "http://"+host)
	if err != nil {
		return nil, err
	}
	c, err := xnet.NewClient(config, s)
	if err != nil {
		return nil, err
	}
	c.PayloadType = xnet.BinaryFrame
	return func(p []byte) error {
		_, err := c.Write(p)
		return err
	}, nil
}

func octetsWriter(s *sink) (func([]byte) error, error) {
	s.open = true
	var out []byte
	return func(p []byte) error {
		key := rand.Uint32()
		out = append(out[:0], make([]byte, headerSize)...)
		for i, c := range p {
			out = append(out, c^byte(key>>(i&3*8)))
		}
		_, err := s.Write(out)
		return err
	}, nil
}

func copyWriter(s *sink) (func([]byte) error, error) {
	s.open = true
	var out []byte
	return func(p []byte) error {
		out = append(append(out[:0], make([]byte, headerSize)...), p...)
		_, err := s.Write(out)
		return err
	}, nil
}

// headerSize is room for the largest header of a frame.
const headerSize = 14

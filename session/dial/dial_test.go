package dial_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

func TestDial(t *testing.T) {
	for _, network := range []string{"127.0.0.1:0", "[::1]:0"} {
		addr := serve(t, must(net.Listen("tcp", network)), echo)
		var d dial.Dialer
		c, err := d.Dial(t.Context(), "ws://"+addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.CloseNow()
		checkEcho(t, c)
		if c.Subprotocol() != "" || len(c.Extensions()) != 0 {
			t.Errorf("negotiated %q, %v out of nothing", c.Subprotocol(), c.Extensions())
		}
		if got := c.NetConn().RemoteAddr().String(); got != addr {
			t.Errorf("connected to %s, want %s", got, addr)
		}
	}
}

// The header of the response outlives its buffer, and is kept where it is wanted.
func TestKeepHeader(t *testing.T) {
	addr := listen(t, func(nc net.Conn) {
		head, err := readRequest(nc)
		if err != nil {
			return
		}
		io.WriteString(nc, opening(parseRequest(head), "Set-Cookie: a=1\r\nset-cookie: b=2\r\n"))
		echoFrames(nc)
	})
	for _, keep := range []bool{false, true} {
		d := dial.Dialer{KeepHeader: keep}
		c, err := d.Dial(t.Context(), "ws://"+addr)
		if err != nil {
			t.Fatal(err)
		}
		checkEcho(t, c)
		h := c.Header()
		c.CloseNow()
		if !keep {
			if h != nil {
				t.Errorf("kept %v", h)
			}
			continue
		}
		want := []session.Header{{Name: "Set-Cookie", Value: "a=1"}, {Name: "set-cookie", Value: "b=2"}}
		if len(h) != 5 || h[0] != (session.Header{Name: "Upgrade", Value: "websocket"}) || h[3] != want[0] || h[4] != want[1] {
			t.Errorf("%v", h)
		}
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	serve(t, must(net.Listen("unix", path)), echo)
	d := dial.Dialer{NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var nd net.Dialer
		return nd.DialContext(ctx, "unix", path)
	}}
	c, err := d.Dial(t.Context(), "ws://localhost/over/unix")
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	checkEcho(t, c)
}

func TestNetDialerFields(t *testing.T) {
	refused := errors.New("refused by Control")
	d := dial.Dialer{NetDialer: net.Dialer{Control: func(_, _ string, _ syscall.RawConn) error { return refused }}}
	_, err := d.Dial(t.Context(), "ws://127.0.0.1:1/")
	if checkPhase(t, err, dial.PhaseConnect); !errors.Is(err, refused) {
		t.Errorf("NetDialer.Control was not used: %v", err)
	}
}

func TestConnectionRefused(t *testing.T) {
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	l.Close()
	var d dial.Dialer
	_, err := d.Dial(t.Context(), "ws://"+l.Addr().String())
	var op *net.OpError
	if checkPhase(t, err, dial.PhaseConnect); !errors.As(err, &op) || op.Op != "dial" {
		t.Errorf("got %v", err)
	}
}

func TestConcurrentDials(t *testing.T) {
	addr := listen(t, echo)
	var d dial.Dialer
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			for j := range 10 {
				ctx, cancel := context.WithCancel(t.Context())
				c, err := d.Dial(ctx, "ws://"+addr+"/"+string(rune('a'+(i+j)%2)))
				cancel()
				if err != nil {
					t.Error(err)
					return
				}
				checkEcho(t, c)
				c.CloseNow()
			}
		})
	}
	running.Wait()
}

func TestNoRandomness(t *testing.T) {
	d := dial.Dialer{Config: &session.Config{Rand: strings.NewReader("too short")}}
	_, err := d.Dial(t.Context(), "ws://"+listen(t, echo))
	if checkPhase(t, err, dial.PhaseRequest); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func TestNetDialReturnsNothing(t *testing.T) {
	d := dial.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return nil, nil }}
	_, err := d.Dial(t.Context(), "ws://example.com/")
	if checkPhase(t, err, dial.PhaseConnect); !errors.Is(err, session.ErrInvalidArgument) {
		t.Error(err)
	}
}

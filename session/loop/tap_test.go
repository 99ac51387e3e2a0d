package loop_test

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// Config.Tap is shown what the server got and sent behind the heads, octet for
// octet: a message, what came with the head, a pong and a close. That it is shown
// of the connection that was dialled, its token says.
func TestTap(t *testing.T) {
	serverTLS, clientTLS := certificate(t)
	big := bytes.Repeat([]byte("0123456789abcdef"), 10000)
	tapped := func(t *testing.T, cfg loop.Config, wss bool) {
		var got bytes.Buffer // of the server
		sent := slices.Concat(frame(0x81, []byte("one")), frame(0x82, big), frame(0x89, []byte("ping")), frame(0x88, []byte("\x03\xe8bye")))
		ended := make(chan struct{})
		script := func(p *peer) {
			defer close(ended)
			if !p.upgrade(sent[:20]...) {
				return
			}
			p.br = bufio.NewReader(io.TeeReader(p.br, &got))
			p.Write(sent[20:])
			for first := byte(0); first != 0x88; {
				var err error
				if first, _, err = p.next(); err != nil {
					t.Error(err)
					return
				}
			}
		}
		var s *server
		url := ""
		if wss {
			s = serve(t, secure(serverTLS, script))
			url = s.secureURL()
		} else {
			s = serve(t, script)
			url = s.url()
		}
		b := expect(1)
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) { l.Send(c.Handle, session.BinaryMessage, big) }
		var out, in []byte
		cfg.Tap = func(c loop.Conn, sent bool, p []byte) {
			if c.Token != 7 {
				t.Errorf("token %d", c.Token)
			}
			if sent {
				out = append(out, p...)
			} else {
				in = append(in, p...)
			}
		}
		e := trustingEndpoint(t, url, clientTLS)
		group(t, b, cfg).Dial(e, 7)
		b.wait(t)
		<-ended
		b.check(t, "opened", "message 80000000 of 3", "message 80000002 of 160000", `closed 1000 "bye": <nil>`)
		if !bytes.Equal(out, got.Bytes()) || len(out) < len(big) {
			t.Errorf("shown %d octets of those sent, the server got %d", len(out), got.Len())
		}
		if !bytes.Equal(in, sent) {
			t.Errorf("shown %d octets of those that came, the server sent %d", len(in), len(sent))
		}
	}
	forms(t, func(t *testing.T, cfg loop.Config) { tapped(t, cfg, false) })
	t.Run("wss", func(t *testing.T) { tapped(t, loop.Config{Loops: 1}, true) })
}

package loop_test

import (
	"io"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A server may refuse a request that it has not read to its end, and close: the
// write fails, and the answer is not lost. Without a whole answer, or with one that
// is no refusal, it is the write that failed.
func TestRefusedEarly(t *testing.T) {
	offer := session.Offer{Header: []session.Header{{Name: "Large", Value: strings.Repeat("x", 16<<20)}}}
	const accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n"
	for _, row := range []struct {
		name, answer string
		phase        dial.Phase
	}{
		{"refused", "HTTP/1.1 431 Request Header Fields Too Large\r\nRetry-After: 9\r\n\r\ntoo large", dial.PhaseResponse},
		{"half a head", "HTTP/1.1 431 Request Header", dial.PhaseRequest},
		{"nothing", "", dial.PhaseRequest},
		{"accepted", accepted, dial.PhaseRequest},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				s := serve(t, func(p *peer) {
					p.Conn.Read(make([]byte, 1000))
					io.WriteString(p.Conn, row.answer)
				})
				b := expect(1)
				b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
					switch refused := f.Response != nil; {
					case f.Phase != row.phase:
						t.Errorf("%v: %v", f.Phase, f.Err)
					case refused != (row.phase == dial.PhaseResponse):
						t.Errorf("%v: response %v", f.Err, f.Response)
					case refused && (f.Response.Status != 431 || string(f.Response.Fields[0].Name) != "Retry-After" || string(f.Body) != "too large"):
						t.Errorf("%v, fields %q, body %q", f.Err, f.Response.Fields, f.Body)
					}
				}
				cfg.Session = &session.Config{Rand: zeros{}}
				group(t, b, cfg).Dial(endpoint(t, s.url(), offer), 0)
				b.wait(t)
			})
		})
	}
}

// zeros make a key of zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

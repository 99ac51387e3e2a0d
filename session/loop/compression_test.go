package loop_test

// permessage-deflate, RFC 7692: the client's side is session/deflate, the
// server's is packer_test.go.
//
//	TestCompression         messages of many sizes, with and without context takeover
//	TestCompressionBomb     what becomes too large is stopped
//	TestCompressionReserved where RSV1 may stand
//	TestCompressionNoCodec  an offer that cannot be kept

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/loop"
)

func TestCompression(t *testing.T) {
	messages := [][]byte{
		[]byte("short"), bytes.Repeat([]byte("a"), 511), bytes.Repeat([]byte("b"), 512), noise(2000), noise(2000),
		nil, bytes.Repeat([]byte("long text "), 30000), noise(100_000), noise(2000),
	}
	const firstNoise, secondNoise = 3, 4
	for _, row := range []struct {
		offer, answer            string
		clientKeeps, serverKeeps bool
	}{
		{deflate.Offer, deflate.Offer, false, false},
		{"permessage-deflate", "permessage-deflate", true, true},
		{"permessage-deflate", "permessage-deflate; client_no_context_takeover", false, true},
		{"permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover", true, false},
	} {
		t.Run(fmt.Sprintf("client=%v,server=%v", row.clientKeeps, row.serverKeeps), func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				var mu sync.Mutex
				var received, sent []transfer
				s := serve(t, func(p *peer) {
					p.agree(row.answer)
					k := &packer{keepsSent: row.serverKeeps, keepsReceived: row.clientKeeps}
					for {
						opcode, message, how, err := p.message(k)
						if err != nil {
							t.Errorf("the server read: %v", err)
							return
						}
						if opcode == 8 {
							p.Write(frame(0x88, message))
							return
						}
						payload := k.pack(message)
						mu.Lock()
						received, sent = append(received, how), append(sent, transfer{true, len(payload)})
						mu.Unlock()
						p.send(opcode, payload)
					}
				})
				b := expect(1)
				next := 0
				say := func(l *loop.Loop, c loop.Conn) {
					if next == len(messages) {
						l.Close(c.Handle, session.StatusSuccess, "")
						return
					}
					m := messages[next]
					if next%2 == 1 { // in parts
						if err := l.Send(c.Handle, session.BinaryFragment, m[:len(m)/3]); err != nil {
							t.Error(err)
						}
						m = m[len(m)/3:]
					}
					if err := l.Send(c.Handle, session.BinaryMessage, m); err != nil {
						t.Error(err)
					}
				}
				b.opened = func(l *loop.Loop, c loop.Conn, o *loop.Opening) {
					d, ok := l.Deflate(c.Handle)
					if !ok || d.ClientNoContextTakeover == row.clientKeeps || d.ServerNoContextTakeover == row.serverKeeps || len(o.Extensions) != 1 {
						t.Errorf("agreed on %+v, %v, extensions %v", d, ok, o.Extensions)
					}
					say(l, c)
				}
				b.message = func(l *loop.Loop, c loop.Conn, m session.BufferType, p []byte) {
					if m != session.BinaryMessage || !bytes.Equal(p, messages[next]) {
						t.Errorf("message %d came back as %x of %d octets, not %d", next, uint32(m), len(p), len(messages[next]))
					}
					next++
					say(l, c)
				}
				codec := &deflate.Codec{}
				cfg.Session = &session.Config{Deflate: codec}
				g := group(t, b, cfg)
				if err := g.Dial(endpoint(t, s.url(), session.Offer{Extensions: []string{row.offer}}), 0); err != nil {
					t.Fatal(err)
				}
				b.wait(t)
				if last := b.lines[len(b.lines)-1]; last != `closed 1000 "": <nil>` || next != len(messages) {
					t.Fatalf("%d of %d messages, %s", next, len(messages), last)
				}
				g.Close()
				if n := codec.Compressors(); n != 0 {
					t.Errorf("%d compressors are kept by connections that are over", n)
				}
				mu.Lock()
				defer mu.Unlock()
				for i, how := range received {
					if want := len(messages[i]) >= 512 || i%2 == 1; how.packed != want {
						t.Errorf("message %d of %d octets: compressed %v", i, len(messages[i]), how.packed)
					}
				}
				for _, side := range []struct {
					name  string
					seen  []transfer
					keeps bool
				}{{"client", received, row.clientKeeps}, {"server", sent, row.serverKeeps}} {
					first, second := side.seen[firstNoise].size, side.seen[secondNoise].size
					if (second < first/4) != side.keeps {
						t.Errorf("the %s's context: the same message took %d octets, then %d", side.name, first, second)
					}
				}
			})
		})
	}
}

// A message that becomes larger than the limit is stopped there, and the server is
// told why; what is as large as the limit is not.
func TestCompressionBomb(t *testing.T) {
	const limit = 256 << 10
	for _, row := range []struct {
		name      string
		size      int
		fragments bool
		want      string
	}{
		{"at the limit", limit, false, `closed 1000 "": <nil>`},
		{"one octet over", limit + 1, false, `closed 1009 "": websocket: message over Config.MaxMessageSize`},
		{"many times over", limit << 4, false, `closed 1009 "": websocket: message over Config.MaxMessageSize`},
		{"in fragments", limit << 4, true, `closed 1009 "": websocket: message over Config.MaxMessageSize`},
	} {
		t.Run(row.name, func(t *testing.T) {
			bomb := (&packer{}).pack(make([]byte, row.size))
			forms(t, func(t *testing.T, cfg loop.Config) {
				told := make(chan uint16, 1)
				s := serve(t, func(p *peer) {
					p.agree(deflate.Offer)
					p.send(2, bomb)
					p.Write(frame(0x88, []byte("\x03\xe8")))
					for {
						first, payload, err := p.next()
						if err != nil {
							told <- 0
							return
						}
						if first == 0x88 && len(payload) >= 2 {
							told <- uint16(payload[0])<<8 | uint16(payload[1])
							return
						}
					}
				})
				b := expect(1)
				total := 0
				b.message = func(_ *loop.Loop, _ loop.Conn, _ session.BufferType, p []byte) { total += len(p) }
				cfg.Fragments = row.fragments
				cfg.Session = &session.Config{Deflate: &deflate.Codec{}, MaxMessageSize: limit}
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{Extensions: []string{deflate.Offer}}), 0)
				b.wait(t)
				if last := b.lines[len(b.lines)-1]; last != row.want {
					t.Errorf("%s, want %s", last, row.want)
				}
				if status := <-told; !strings.Contains(row.want, fmt.Sprint(status)) {
					t.Errorf("the server was told %d", status)
				}
				switch {
				case row.size == limit && total != limit,
					row.size > limit && !row.fragments && total != 0,
					row.fragments && (total == 0 || total > limit):
					t.Errorf("%d octets were handed out", total)
				}
			})
		})
	}
}

// RSV1 belongs to the first frame of a message, once compression is agreed on: RFC
// 7692 section 6.
func TestCompressionReserved(t *testing.T) {
	hello := (&packer{}).pack([]byte("Hello"))
	reserved := `closed 1002 "": ` + session.ErrFrameReserved.Error()
	for _, row := range []struct {
		name   string
		agreed bool
		sent   []byte
		want   []string
	}{
		{"first frame", true, frame(0xc1, hello), []string{"message 80000000 of 5"}},
		{"not compressed", true, frame(0x81, []byte("Hello")), []string{"message 80000000 of 5"}},
		{"RFC 7692 section 7.2.3.1", true, []byte("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"), []string{"message 80000000 of 5"}},
		{"continuation", true, append(frame(0x41, hello[:2]), frame(0xc0, hello[2:])...), []string{reserved}},
		{"ping", true, frame(0xc9, nil), []string{reserved}},
		{"close", true, frame(0xc8, nil), []string{reserved}},
		{"RSV2", true, frame(0xa1, hello), []string{reserved}},
		{"not agreed on", false, frame(0xc1, hello), []string{reserved}},
		{"no data", true, frame(0xc1, []byte("\xff\xff")), []string{`closed 1007 "": ` + session.ErrDeflateData.Error()}},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				s := serve(t, func(p *peer) {
					if row.agreed {
						p.agree(deflate.Offer)
					} else {
						p.upgrade()
					}
					p.Write(row.sent)
					for {
						if first, _, err := p.next(); err != nil || first == 0x88 {
							return
						}
					}
				})
				b := expect(1)
				b.message = func(l *loop.Loop, c loop.Conn, _ session.BufferType, p []byte) {
					if string(p) != "Hello" {
						t.Errorf("message %q", p)
					}
					l.Drop(c.Handle)
				}
				cfg.Session = &session.Config{Deflate: &deflate.Codec{}}
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{Extensions: []string{deflate.Offer}}), 0)
				b.wait(t)
				if strings.HasPrefix(row.want[0], "message") {
					row.want = append(row.want[:1:1], `closed 1006 "": loop: dropped by this side`)
				}
				b.check(t, append([]string{"opened"}, row.want...)...)
			})
		})
	}
}

// An offer of compression without a codec is an error of Dial's, and nothing is
// begun.
func TestCompressionNoCodec(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		for _, cfg.Session = range []*session.Config{nil, {}} {
			b := expect(1)
			g := group(t, b, cfg)
			for _, offers := range [][]string{{"permessage-deflate"}, {deflate.Offer}, {"x-other", "permessage-deflate; client_max_window_bits"}} {
				e := endpoint(t, "ws://127.0.0.1:1/", session.Offer{Extensions: offers})
				if err := g.Dial(e, 0); err != loop.ErrNoCodec || !errors.Is(err, session.ErrInvalidArgument) {
					t.Errorf("Group.Dial: %v", err)
				}
				done := make(chan struct{})
				l := g.Loops()[0]
				l.Post(func() {
					defer close(done)
					if h, err := l.Dial(e, 0); h != 0 || err != loop.ErrNoCodec || l.Len() != 0 {
						t.Errorf("Loop.Dial: %v, %v, %d connections", h, err, l.Len())
					}
				})
				<-done
			}
			g.Close()
			b.check(t)
		}
	})
	// What another extension is about, is its server's to say.
	cfg := loop.Config{Handler: func(*loop.Loop) loop.Handler { return loop.Ignore{} }}
	g, err := loop.New(context.Background(), &cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if err := g.Dial(endpoint(t, "ws://127.0.0.1:1/", session.Offer{Extensions: []string{"x-permessage-deflate"}}), 0); err != nil {
		t.Error(err)
	}
}

// A compressor that fails leaves a message that cannot be ended, so that no close can
// be sent: a Group that ends does not wait for one.
func TestStopBehindAFailedCompressor(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, func(p *peer) {
			p.agree("permessage-deflate")
			p.next()
		})
		ctx, cancel := context.WithCancel(context.Background())
		b := expect(1)
		b.opened = func(l *loop.Loop, c loop.Conn, _ *loop.Opening) {
			for range 2 { // the message that fails, and what would follow it
				if err := l.Send(c.Handle, session.BinaryMessage, make([]byte, 100)); err != session.ErrSendCut {
					t.Errorf("Send: %v", err)
				}
			}
			cancel()
		}
		cfg.Session = &session.Config{Deflate: &failingCodec{}}
		cfg.Handler = func(l *loop.Loop) loop.Handler { return client{l, b} }
		g, err := loop.New(ctx, &cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(g.Close)
		if err := g.Dial(endpoint(t, s.url(), session.Offer{Extensions: []string{"permessage-deflate"}}), 0); err != nil {
			t.Fatal(err)
		}
		b.wait(t)
		b.check(t, "opened", `closed 1006 "": loop: stopped by this side`)
	})
}

// failingCodec has a compressor that fails.
type failingCodec struct{ deflate.Codec }

func (*failingCodec) Worth(int) bool                                      { return true }
func (*failingCodec) Compressor(session.DeflateParams) session.Compressor { return failingCompressor{} }

type failingCompressor struct{}

func (failingCompressor) Compress(p, _ []byte, _ bool) ([]byte, error) { return p, io.ErrShortWrite }
func (failingCompressor) Free()                                        {}

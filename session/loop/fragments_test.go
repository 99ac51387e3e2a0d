package loop_test

// Messages in parts and assembled, up to the limit and beyond.

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// fragmented is a text message in frames of these sizes, with a ping between them.
func fragmented(sizes ...int) (frames []byte, message []byte) {
	first := byte(1)
	for i, n := range sizes {
		if i == len(sizes)-1 {
			first |= 0x80
		}
		p := bytes.Repeat([]byte{'a' + byte(i%26)}, n)
		frames = append(append(frames, frame(first, p)...), frame(0x89, []byte{byte(i)})...)
		message = append(message, p...)
		first = 0
	}
	return frames, message
}

// Whatever frames a message comes in, in either way all of it is handed over, and
// only its last part says that it is the last.
func TestMessageParts(t *testing.T) {
	rows := [][]int{{0}, {1}, {125, 126}, {0, 0, 0}, {0, 5}, {5, 0}, {4096}, {4097}, {1, 4096, 1}, {10_000, 3, 10_000}, {70_000}, slices.Repeat([]int{100}, 300)}
	for _, fragments := range []bool{false, true} {
		t.Run(fmt.Sprintf("fragments=%v", fragments), func(t *testing.T) {
			forms(t, func(t *testing.T, cfg loop.Config) {
				s := serve(t, func(p *peer) {
					p.upgrade()
					for _, sizes := range rows {
						frames, _ := fragmented(sizes...)
						p.Write(frames)
					}
					p.Write(frame(0x88, nil))
					for i := 0; ; i++ {
						if first, _, err := p.next(); err != nil || first == 0x88 {
							return
						}
					}
				})
				b := expect(1)
				at, parts := 0, 0
				var message []byte
				b.message = func(_ *loop.Loop, _ loop.Conn, m session.BufferType, p []byte) {
					message = append(message, p...)
					parts++
					switch {
					case m == session.UTF8Fragment && fragments && len(p) > 0:
						return
					case m != session.UTF8Message || at == len(rows):
						t.Errorf("message %d: %x of %d octets", at, uint32(m), len(p))
						return
					}
					if _, want := fragmented(rows[at]...); !bytes.Equal(message, want) {
						t.Errorf("message %d, in frames of %v: %d octets", at, rows[at], len(message))
					}
					if !fragments && parts != 1 {
						t.Errorf("message %d came in %d parts", at, parts)
					}
					if fragments && parts < len(rows[at]) && !slices.Contains(rows[at], 0) {
						t.Errorf("message %d came in %d parts, of %d frames", at, parts, len(rows[at]))
					}
					at, parts, message = at+1, 0, nil
				}
				cfg.Fragments = fragments
				g := group(t, b, cfg)
				g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
				b.wait(t)
				if last := b.lines[len(b.lines)-1]; at != len(rows) || last != `closed 1005 "": <nil>` {
					t.Errorf("%d messages of %d, %s", at, len(rows), last)
				}
			})
		})
	}
}

// What is longer than the limit is refused with 1009 as soon as a frame says so;
// in parts, what was within it has been handed over.
func TestMessageLimit(t *testing.T) {
	const limit = 10_000
	tooLarge := `closed 1009 "": ` + session.ErrMessageSize.Error()
	for _, row := range []struct {
		name             string
		sizes            []int
		whole, fragments int // octets handed over
		want             string
	}{
		{"one frame, at the limit", []int{limit}, limit, limit, `closed 1005 "": <nil>`},
		{"frames, at the limit", []int{1, limit - 2, 1}, limit, limit, `closed 1005 "": <nil>`},
		{"at the limit, and an empty frame", []int{limit, 0}, limit, limit, `closed 1005 "": <nil>`},
		{"one frame", []int{limit + 1}, 0, 0, tooLarge},
		{"the last of many frames", []int{5000, 5000, 1}, 0, limit, tooLarge},
		{"the second frame", []int{1, limit}, 0, 1, tooLarge},
	} {
		for _, fragments := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/fragments=%v", row.name, fragments), func(t *testing.T) {
				forms(t, func(t *testing.T, cfg loop.Config) {
					told := make(chan string, 1)
					s := serve(t, func(p *peer) {
						frames, _ := fragmented(row.sizes...)
						p.upgrade(frames...)
						if row.want != tooLarge {
							p.Write(frame(0x88, nil))
						}
						for {
							first, payload, err := p.next()
							if err != nil || first == 0x88 {
								told <- string(payload)
								return
							}
						}
					})
					b := expect(1)
					total := 0
					b.message = func(_ *loop.Loop, _ loop.Conn, _ session.BufferType, p []byte) { total += len(p) }
					cfg.Fragments = fragments
					cfg.Session = &session.Config{MaxMessageSize: limit}
					g := group(t, b, cfg)
					g.Dial(endpoint(t, s.url(), session.Offer{}), 0)
					b.wait(t)
					want := row.whole
					if fragments {
						want = row.fragments
					}
					if last := b.lines[len(b.lines)-1]; last != row.want || total != want {
						t.Errorf("%d octets, want %d; %s, want %s", total, want, last, row.want)
					}
					if status := <-told; (status == "\x03\xf1") != (row.want == tooLarge) {
						t.Errorf("the server was told %q", status)
					}
				})
			})
		}
	}
}

package loop_test

// A Handler that notes when it is told what, for tests of times, and servers at
// the other end of a pipe.

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A diary notes what a connection is told, and when.
type diary struct {
	start  time.Time
	lines  []string
	over   chan struct{}
	loop   *loop.Loop
	opened func(*loop.Loop, loop.Conn)
	timing dial.Timing
}

func (d *diary) note(format string, args ...any) {
	d.lines = append(d.lines, time.Since(d.start).String()+" "+fmt.Sprintf(format, args...))
}

func (d *diary) Opened(c loop.Conn, o *loop.Opening) {
	d.note("opened")
	d.timing = o.Timing
	if d.opened != nil {
		d.opened(d.loop, c)
	}
}

func (d *diary) Failed(c loop.Conn, f *loop.Failure) {
	d.note("failed: %v: %v", f.Phase, f.Err)
	close(d.over)
}

func (d *diary) Message(c loop.Conn, _ session.BufferType, p []byte) { d.note("message %q", p) }
func (d *diary) Pong(c loop.Conn, took time.Duration)                { d.note("pong after %v", took) }
func (d *diary) Drained(c loop.Conn)                                 { d.note("drained") }
func (d *diary) Wake(c loop.Conn)                                    { d.note("wake") }

func (d *diary) Closed(c loop.Conn, e *loop.Ending) {
	d.note("closed %d: %v", e.Status, e.Err)
	close(d.over)
}

func (d *diary) check(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(d.lines, want) {
		t.Errorf("told\n\t%s\nwant\n\t%s", strings.Join(d.lines, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// pipes makes cfg dial pipes, with script at the other end. It takes connecting
// to come up. stop returns when no script is left.
func pipes(cfg *loop.Config, connecting time.Duration, script func(*peer)) (stop func()) {
	var running sync.WaitGroup
	cfg.Net = true
	cfg.NetDial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		select {
		case <-time.After(connecting):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		near, far := net.Pipe()
		running.Go(func() {
			defer far.Close()
			script(newPeer(ctx, far))
		})
		return near, nil
	}
	return running.Wait
}

// begin starts a Group with a diary.
func (d *diary) begin(t *testing.T, ctx context.Context, cfg loop.Config) *loop.Group {
	t.Helper()
	d.start, d.over = time.Now(), make(chan struct{})
	cfg.Loops = 1
	cfg.Handler = func(l *loop.Loop) loop.Handler {
		d.loop = l
		return d
	}
	g, err := loop.New(ctx, &cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func closeNow(l *loop.Loop, c loop.Conn) { l.Close(c.Handle, session.StatusSuccess, "") }

// pongs answers the first n pings, each after a time, and then none.
func pongs(n int, after time.Duration) func(*peer) {
	return func(p *peer) {
		p.upgrade()
		for {
			first, payload, err := p.next()
			if err != nil {
				return
			}
			if n--; first == 0x89 && n >= 0 {
				time.Sleep(after)
				p.Write(frame(0x8a, payload))
			}
		}
	}
}

func silent(p *peer) { io.Copy(io.Discard, p.br) }

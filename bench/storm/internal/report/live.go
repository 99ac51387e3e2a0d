package report

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// A View shows how a run stands while it goes on: on a terminal a few lines,
// written over and over, elsewhere a line every second. It is an io.Writer for
// what else is to be said meanwhile, in whole lines.
type View struct {
	screen *Screen
	run    Run
	live   func(now time.Time) *measure.Live

	mu     sync.Mutex
	drawn  []int // how wide the lines are that stand there
	frame  frame
	broken bool // nobody reads any more

	quit, gone chan struct{}
}

// Run is what a View has to know of the plan.
type Run struct {
	Total    int64         // connections; 0 if that is not known
	Arrivals time.Duration // until the last of them is due; 0 in a closed model
	Hold     time.Duration // from then on
	NoReply  bool          // to a message is awaited
}

const (
	redrawn = time.Second / 5 // on a terminal
	printed = time.Second     // elsewhere
)

// Show begins to show a run, until Close. live is that of a Recorder.
func Show(s *Screen, run Run, live func(now time.Time) *measure.Live) *View {
	v := &View{screen: s, run: run, live: live, quit: make(chan struct{}), gone: make(chan struct{})}
	go v.show()
	return v
}

func (v *View) show() {
	defer close(v.gone)
	every := printed
	if v.screen.size != nil {
		every = redrawn
	}
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			v.update(now)
		case <-v.quit:
			return
		}
	}
}

func (v *View) update(now time.Time) {
	live := v.live(now)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.broken {
		return
	}
	v.frame.note(live)
	if v.screen.size == nil {
		v.put(v.frame.sentence(live, v.run) + "\n")
		return
	}
	v.draw(live)
}

// draw writes the lines over those that stand there, in one piece.
func (v *View) draw(live *measure.Live) {
	width, height := v.screen.size()
	var b bytes.Buffer
	b.WriteString(v.back(width))
	lines := v.frame.lines(live, v.run, v.screen, width)
	lines = lines[:min(len(lines), max(height-1, 1))]
	v.drawn = v.drawn[:0]
	for _, cells := range lines {
		line, wide := v.screen.line(cells, width-1) // a full line would wrap
		fmt.Fprintf(&b, "%s%s\n", line, toLineEnd)
		v.drawn = append(v.drawn, wide)
	}
	b.WriteString(toScreenEnd)
	v.put(b.String())
}

// back goes to where the lines that stand there begin. A terminal that has become
// narrower has wrapped them.
func (v *View) back(width int) string {
	rows := 0
	for _, wide := range v.drawn {
		rows += max((wide+width-1)/max(width, 1), 1)
	}
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("\r"+up, rows)
}

// put writes until that fails: the view is not worth ending a run for.
func (v *View) put(s string) {
	if _, err := io.WriteString(v.screen.w, s); err != nil {
		v.broken = true
	}
}

// Write writes p, whole lines, above the View's own.
func (v *View) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erase()
	return v.screen.w.Write(p)
}

// erase takes away what stands there.
func (v *View) erase() {
	if len(v.drawn) > 0 && !v.broken {
		width, _ := v.screen.size()
		v.put(v.back(width) + toScreenEnd)
		v.drawn = nil
	}
}

// Close takes the View away. What is written to it later is written all the same.
func (v *View) Close() {
	close(v.quit)
	<-v.gone
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erase()
}

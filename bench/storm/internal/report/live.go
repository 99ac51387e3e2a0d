package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
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

// A frame knows what was so far, to show how that goes on.
type frame struct {
	history []float64 // started in each second
	second  time.Duration
}

// note takes down the last second, if that has not been yet.
func (f *frame) note(l *measure.Live) {
	const most = 1000 // columns of a terminal
	second := l.Elapsed.Truncate(time.Second)
	if second == f.second {
		return
	}
	f.second = second
	f.history = append(f.history, float64(l.Last.Counts.Started))
	if len(f.history) > most {
		f.history = f.history[len(f.history)-most:]
	}
}

// done is how far the run is, of 1, and how long it will still take; not ok if
// nobody knows.
func (r Run) done(l *measure.Live) (done float64, left time.Duration, ok bool) {
	c := &l.Counts
	all := r.Arrivals + r.Hold
	if r.Arrivals == 0 {
		ended := c.Opened + c.Failed
		if r.Total == 0 || ended == 0 {
			return 0, 0, false
		}
		// A closed model takes as long for the rest as it has for these.
		all = time.Duration(float64(l.Elapsed)*float64(r.Total)/float64(ended)) + r.Hold
		if ended == r.Total {
			return 0, 0, false
		}
	}
	left = max(all-l.Elapsed, 0)
	return min(float64(l.Elapsed)/float64(all), 1), left, true
}

// stage says in a word or two what the run is at.
func (r Run) stage(l *measure.Live) string {
	c := &l.Counts
	switch {
	case r.Total == 0 || c.Started < r.Total || c.InFlight() > 0:
		return "opening"
	case c.Closed > 0:
		return "closing"
	default:
		return "open"
	}
}

// lines are those for a terminal, the most important first.
func (f *frame) lines(l *measure.Live, r Run, s *Screen, width int) [][]cell {
	c := &l.Counts
	lines := [][]cell{f.head(l, r, s, width), f.rate(l, s, width)}
	open := fmt.Sprintf("%d", c.Opened)
	if c.Planned > c.Opened {
		open += fmt.Sprintf(" of %d", c.Planned)
	}
	lines = append(lines,
		[]cell{label("opened"), {"", fmt.Sprintf("%-18s %d open  %d in flight", open, c.Open(), c.InFlight())}},
		[]cell{label("failed"), count(c.Failed+c.Reconnect.Failed, "%d"), count(c.Dropped, "  %d dropped"), count(c.Wrong, "  %d wrong"),
			{"", fmt.Sprintf("  %d late", c.Late)}})
	if c.Sent > 0 {
		lines = append(lines, []cell{label("messages"), {"", fmt.Sprintf("%d of %d answered  %s/s", c.Answered, c.Sent, perSecond(float64(l.Last.Counts.Answered)))}})
	}
	for _, t := range []struct {
		name string
		h    *measure.Histogram
	}{{"handshake", l.Handshake}, {"message", l.Message}} {
		if t.h.Count() > 0 {
			lines = append(lines, latencies(t.name, t.h))
		}
	}
	return lines
}

func label(name string) cell { return cell{faint, fmt.Sprintf("%-10s", name)} }

// count is red unless it is 0.
func count(n int64, format string) cell {
	if n > 0 {
		return cell{red, fmt.Sprintf(format, n)}
	}
	return cell{"", fmt.Sprintf(format, n)}
}

func (f *frame) head(l *measure.Live, r Run, s *Screen, width int) []cell {
	cells := []cell{{bold, fmt.Sprintf("%-10s", fmt.Sprintf("%.0f s", l.Elapsed.Seconds()))}, {"", fmt.Sprintf("%-9s", r.stage(l))}}
	done, left, ok := r.done(l)
	if !ok {
		return cells
	}
	cells = append(cells, cell{"", fmt.Sprintf("%3.0f%%  %-14s", done*100, left.Round(time.Second).String()+" left")})
	if room := min(width-40, 40); room >= 5 {
		full, empty := s.bar()
		n := int(done * float64(room))
		cells = append(cells, cell{"", strings.Repeat(full, n)}, cell{faint, strings.Repeat(empty, room-n)})
	}
	return cells
}

func (f *frame) rate(l *measure.Live, s *Screen, width int) []cell {
	text := fmt.Sprintf("%d/s", l.Last.Counts.Started)
	if planned := l.Last.Counts.Planned; planned > 0 {
		text += fmt.Sprintf(" of %d planned", planned)
	}
	text = fmt.Sprintf("%-19s ", text)
	return []cell{label("rate"), {"", text}, {"", sparkline(f.history, s.ramp(), min(width-12-len(text), 46))}}
}

// sparkline draws the last room of all, between 0 and the greatest of them.
func sparkline(all []float64, ramp []rune, room int) string {
	if room <= 0 {
		return ""
	}
	all = all[max(len(all)-room, 0):]
	most := 0.0
	for _, v := range all {
		most = max(most, v)
	}
	var b strings.Builder
	for _, v := range all {
		i := 0
		if most > 0 {
			i = int(v / most * float64(len(ramp)-1))
		}
		b.WriteRune(ramp[i])
	}
	return b.String()
}

func latencies(name string, h *measure.Histogram) []cell {
	cells := []cell{label(name)}
	for _, q := range percentiles {
		cells = append(cells, cell{faint, q.name + " "}, cell{"", short(h.At(q.q)) + "  "})
	}
	return append(cells, cell{faint, "max "}, cell{"", short(h.Max())})
}

// sentence is the line for where there is no terminal.
func (f *frame) sentence(l *measure.Live, r Run) string {
	c := &l.Counts
	var b strings.Builder
	fmt.Fprintf(&b, "%.0f s: ", l.Elapsed.Seconds())
	fmt.Fprintf(&b, "%d", c.Opened)
	if c.Planned > 0 {
		fmt.Fprintf(&b, " of %d", c.Planned)
	}
	fmt.Fprintf(&b, " opened, %d", l.Last.Counts.Started)
	if planned := l.Last.Counts.Planned; planned > 0 {
		fmt.Fprintf(&b, " of %d", planned)
	}
	fmt.Fprintf(&b, " a second, %d open, %d in flight, %d failed", c.Open(), c.InFlight(), c.Failed+c.Reconnect.Failed)
	for _, n := range []struct {
		n    int64
		name string
	}{{c.Dropped, "dropped"}, {c.Late, "late"}, {c.Wrong, "wrong"}} {
		if n.n > 0 {
			fmt.Fprintf(&b, ", %d %s", n.n, n.name)
		}
	}
	if c.Sent > 0 {
		fmt.Fprintf(&b, ", %d of %d messages answered", c.Answered, c.Sent)
	}
	for _, t := range []struct {
		name string
		h    *measure.Histogram
	}{{"handshake", l.Handshake}, {"message", l.Message}} {
		if t.h.Count() > 0 {
			fmt.Fprintf(&b, ", %s p99 %s", t.name, short(t.h.At(99)))
		}
	}
	if _, left, ok := r.done(l); ok {
		fmt.Fprintf(&b, ", %v left", left.Round(time.Second))
	}
	return b.String()
}

package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// What a View shows: lines for a terminal, each made of cells, the sentence for
// where there is none, and how far the run is, for both.

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
		[]cell{label("failed"), count(c.Failed, "%d"), count(c.Dropped, "  %d dropped"), count(c.Wrong, "  %d wrong"),
			{"", fmt.Sprintf("  %d late", c.Late)}})
	if a := &c.Reconnect; a.Started > 0 {
		lines = append(lines, []cell{label("again"), {"", fmt.Sprintf("%d of %d opened", a.Opened, a.Started)}, count(a.Failed, "  %d failed")})
	}
	if c.Sent > 0 {
		late := ""
		if c.SentLate > 0 {
			late = fmt.Sprintf("  %d late", c.SentLate)
		}
		text := fmt.Sprintf("%d of %d answered  %s/s", c.Answered, c.Sent, perSecond(float64(l.Last.Counts.Answered)))
		if r.NoReply {
			text = fmt.Sprintf("%d sent  %s/s", c.Sent, perSecond(float64(l.Last.Counts.Sent)))
		}
		lines = append(lines, []cell{label("messages"), {"", text}, {"", late}})
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
	fmt.Fprintf(&b, " a second, %d open, %d in flight, %d failed", c.Open(), c.InFlight(), c.Failed)
	for _, n := range []struct {
		n    int64
		name string
	}{{c.Dropped, "dropped"}, {c.Reconnect.Opened, "reconnected"}, {c.Reconnect.Failed, "failed again"}, {c.Late, "late"}, {c.Wrong, "wrong"}, {c.SentLate, "sent late"}} {
		if n.n > 0 {
			fmt.Fprintf(&b, ", %d %s", n.n, n.name)
		}
	}
	switch {
	case c.Sent > 0 && r.NoReply:
		fmt.Fprintf(&b, ", %d messages sent", c.Sent)
	case c.Sent > 0:
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

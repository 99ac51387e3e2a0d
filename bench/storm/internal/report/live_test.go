package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// A tty is as much of a terminal as a View uses. It wraps lines that are too long
// when it becomes narrower.
type tty struct {
	mu            sync.Mutex
	width, height int
	rows          []string
	row, col      int
	seen          bytes.Buffer
}

func (t *tty) size() (int, int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.width, t.height
}

func (t *tty) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen.Write(p)
	for s := string(p); s != ""; {
		var n int
		var final rune
		if k, _ := fmt.Sscanf(s, "\x1b[%d%c", &n, &final); k == 2 {
			s = s[strings.IndexRune(s, final)+1:]
			switch final {
			case 'A':
				t.row -= n
			case 'm':
			default:
				panic("unknown sequence " + string(final))
			}
			continue
		}
		switch {
		case strings.HasPrefix(s, toLineEnd):
			t.grow()
			t.rows[t.row] = string([]rune(t.rows[t.row])[:t.col])
			s = s[len(toLineEnd):]
		case strings.HasPrefix(s, toScreenEnd):
			t.grow()
			t.rows = t.rows[:t.row+1]
			t.rows[t.row] = string([]rune(t.rows[t.row])[:min(t.col, len(t.rows[t.row]))])
			s = s[len(toScreenEnd):]
		default:
			r := []rune(s)[0]
			s = s[len(string(r)):]
			switch r {
			case '\r':
				t.col = 0
			case '\n':
				t.row, t.col = t.row+1, 0
			default:
				t.grow()
				line := []rune(t.rows[t.row] + strings.Repeat(" ", max(t.col-len([]rune(t.rows[t.row])), 0)))
				line = append(line[:t.col:t.col], append([]rune{r}, line[min(t.col+1, len(line)):]...)...)
				t.rows[t.row] = string(line)
				t.col++
			}
		}
	}
	return len(p), nil
}

func (t *tty) grow() {
	for len(t.rows) <= t.row {
		t.rows = append(t.rows, "")
	}
}

// resize wraps what is there, as most terminals do.
func (t *tty) resize(width int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.width = width
	var rows []string
	row := t.row
	for i, line := range t.rows {
		if i == row {
			t.row = len(rows)
		}
		for r := []rune(line); ; r = r[width:] {
			if len(r) <= width {
				rows = append(rows, string(r))
				break
			}
			rows = append(rows, string(r[:width]))
		}
	}
	if row >= len(t.rows) {
		t.row = len(rows)
	}
	t.rows = rows
}

func (t *tty) screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimRight(strings.Join(t.rows, "\n"), "\n ")
}

// standing is how a run stands after elapsed.
func standing(elapsed time.Duration) *measure.Live {
	n := int64(elapsed / s)
	return &measure.Live{
		Elapsed:   elapsed,
		Counts:    measure.Counts{Planned: 100, Started: 20 * n, Opened: 18 * n, Failed: n, Sent: 50 * n, Answered: 40 * n, SentLate: n / 4, Late: 2, Dropped: 1, Wrong: 0},
		Last:      measure.Row{Counts: measure.Counts{Planned: 20, Started: 10 + n, Answered: 40}},
		Handshake: spread(50, 11*ms, 56*ms), Message: spread(50, 900*us, 3*ms),
	}
}

var short100 = Run{Total: 100, Arrivals: 5 * s, Hold: 5 * s}

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		name    string
		elapsed time.Duration
		run     Run
		width   int
		unicode bool
		want    string
	}{
		{"wide", 4 * s, short100, 80, true, `
4 s       opening   40%  6s left       ████████████████░░░░░░░░░░░░░░░░░░░░░░░░
rate      14/s of 20 planned  ▆▇▇█
opened    72 of 100          71 open  4 in flight
failed    4  1 dropped  0 wrong  2 late
messages  160 of 200 answered  40/s  1 late
handshake p50 13.6ms  p90 40.3ms  p99 56ms  p99.9 56ms  max 56ms
message   p50 1.02ms  p90 2.27ms  p99 3ms  p99.9 3ms  max 3ms`},
		{"narrow, ASCII", 4 * s, short100, 40, false, `
4 s       opening   40%  6s left
rate      14/s of 20 planned  *##@
opened    72 of 100          71 open  4
failed    4  1 dropped  0 wrong  2 late
messages  160 of 200 answered  40/s  1
handshake p50 13.6ms  p90 40.3ms  p99 5
message   p50 1.02ms  p90 2.27ms  p99 3`},
		{"no end is known", 3 * s, Run{}, 80, true, `
3 s       opening
rate      13/s of 20 planned  ▆▇█
opened    54 of 100          53 open  3 in flight
failed    3  1 dropped  0 wrong  2 late
messages  120 of 150 answered  40/s
handshake p50 13.6ms  p90 40.3ms  p99 56ms  p99.9 56ms  max 56ms
message   p50 1.02ms  p90 2.27ms  p99 3ms  p99.9 3ms  max 3ms`},
	} {
		var f frame
		for e := s; e <= tt.elapsed; e += s {
			f.note(standing(e))
		}
		screen := &Screen{unicode: tt.unicode}
		var got strings.Builder
		for _, cells := range f.lines(standing(tt.elapsed), tt.run, screen, tt.width) {
			line, wide := screen.line(cells, tt.width-1)
			if wide >= tt.width || wide != len([]rune(line)) {
				t.Errorf("%s: %d columns, said to be %d: %s", tt.name, len([]rune(line)), wide, line)
			}
			got.WriteString("\n" + strings.TrimRight(line, " "))
		}
		if got.String() != tt.want {
			t.Errorf("%s: got%s\nwant%s", tt.name, got.String(), tt.want)
		}
	}
}

func TestSentence(t *testing.T) {
	var f frame
	want := "4 s: 72 of 100 opened, 14 of 20 a second, 71 open, 4 in flight, 4 failed, 1 dropped, 2 late, 1 sent late, 160 of 200 messages answered, handshake p99 56ms, message p99 3ms, 6s left"
	if got := f.sentence(standing(4*s), short100); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	want = "0 s: 0 opened, 0 a second, 0 open, 0 in flight, 0 failed"
	if got := f.sentence(&measure.Live{}, Run{}); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestDone(t *testing.T) {
	for _, tt := range []struct {
		name    string
		run     Run
		elapsed time.Duration
		counts  measure.Counts
		done    float64
		left    time.Duration
		ok      bool
	}{
		{"open model", Run{Total: 100, Arrivals: 8 * s, Hold: 2 * s}, 5 * s, measure.Counts{}, 0.5, 5 * s, true},
		{"over its time", Run{Total: 100, Arrivals: 8 * s, Hold: 2 * s}, 50 * s, measure.Counts{}, 1, 0, true},
		{"closed model", Run{Total: 100, Arrivals: 0, Hold: 10 * s}, 5 * s, measure.Counts{Opened: 20, Failed: 5}, 1. / 6, 25 * s, true},
		{"closed model, just begun", Run{Total: 100, Arrivals: 0, Hold: 10 * s}, 0, measure.Counts{}, 0, 0, false},
		{"without end", Run{}, 5 * s, measure.Counts{Opened: 20}, 0, 0, false},
	} {
		done, left, ok := tt.run.done(&measure.Live{Elapsed: tt.elapsed, Counts: tt.counts})
		if done != tt.done || left != tt.left || ok != tt.ok {
			t.Errorf("%s: %v, %v, %v", tt.name, done, left, ok)
		}
	}
}

func TestStage(t *testing.T) {
	for _, tt := range []struct {
		counts measure.Counts
		want   string
	}{
		{measure.Counts{Started: 5, Opened: 5}, "opening"},
		{measure.Counts{Started: 10, Opened: 5}, "opening"},
		{measure.Counts{Started: 10, Opened: 9, Failed: 1}, "open"},
		{measure.Counts{Started: 10, Opened: 10, Closed: 1}, "closing"},
	} {
		if got := (Run{Total: 10}).stage(&measure.Live{Counts: tt.counts}); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.counts, got, tt.want)
		}
	}
}

// show runs a View for a while against a clock that nothing slows down.
func show(t *testing.T, screen *Screen, during func(v *View)) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		v := Show(screen, short100, func(now time.Time) *measure.Live { return standing(now.Sub(begin)) })
		during(v)
		v.Close()
	})
}

// On a terminal the lines stand in one place, whatever else is written and
// however its size changes, and nothing is left of them.
func TestTerminal(t *testing.T) {
	term := &tty{width: 80, height: 24, rows: []string{"$ storm"}, row: 1}
	screen := &Screen{w: term, size: term.size, unicode: true, color: true}
	holds := func(when string, lines int, first string) {
		t.Helper()
		got := strings.Split(term.screen(), "\n")
		if len(got) != lines || !strings.HasPrefix(got[min(len(got)-1, max(lines-7, 1))], first) {
			t.Errorf("%s: want %d lines, and one with %q:\n%s", when, lines, first, term.screen())
		}
	}
	show(t, screen, func(v *View) {
		time.Sleep(3100 * ms)
		holds("at first", 8, "3 s ")
		fmt.Fprintln(v, "storm: something else")
		if got := term.screen(); got != "$ storm\nstorm: something else" {
			t.Errorf("after a message:\n%s", got)
		}
		time.Sleep(s)
		holds("behind the message", 9, "4 s ")
		term.resize(30)
		time.Sleep(s)
		holds("narrow", 9, "5 s ")
		term.resize(100)
		time.Sleep(s)
		holds("wide", 9, "6 s ")
		term.mu.Lock()
		term.height = 4
		term.mu.Unlock()
		time.Sleep(s)
		if n := strings.Count(term.screen(), "\n"); n != 4 {
			t.Errorf("a low window holds\n%s", term.screen())
		}
	})
	if got := term.screen(); got != "$ storm\nstorm: something else" {
		t.Errorf("left:\n%s", got)
	}
	if !strings.Contains(term.seen.String(), red) {
		t.Error("no colour")
	}
}

// In CI there are plain lines, one a second.
func TestNoTerminal(t *testing.T) {
	var b bytes.Buffer
	show(t, &Screen{w: &b}, func(v *View) {
		time.Sleep(2500 * ms)
		fmt.Fprintln(v, "storm: something else")
	})
	lines := strings.Split(b.String(), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "1 s: ") || !strings.HasPrefix(lines[1], "2 s: ") || lines[2] != "storm: something else" || strings.Contains(b.String(), "\x1b") {
		t.Errorf("%q", b.String())
	}
}

func TestNoColour(t *testing.T) {
	for _, tt := range []struct {
		env            map[string]string
		color, unicode bool
	}{
		{map[string]string{"LANG": "en_GB.UTF-8"}, true, true},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_ALL": "C", "NO_COLOR": "1"}, false, false},
		{map[string]string{"LANG": "C", "LC_CTYPE": "C.utf8"}, true, true},
	} {
		if got := speaksUnicode(func(name string) string { return tt.env[name] }); got != tt.unicode {
			t.Errorf("%v: Unicode %v", tt.env, got)
		}
		line, _ := (&Screen{color: tt.color}).line([]cell{{red, "3"}, {red, ""}, {"", "x"}}, 80)
		if want := map[bool]string{true: red + "3" + plain + "x", false: "3x"}[tt.color]; line != want {
			t.Errorf("%q, want %q", line, want)
		}
	}
}

type closedPipe struct{ writes int }

func (c *closedPipe) Write([]byte) (int, error) {
	c.writes++
	return 0, io.ErrClosedPipe
}

func TestViewEndsWhereNobodyReads(t *testing.T) {
	w := &closedPipe{}
	show(t, &Screen{w: w}, func(v *View) {
		time.Sleep(5 * s)
		if _, err := v.Write(nil); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("what else is said: %v", err)
		}
	})
	if w.writes != 2 { // the first line, and what else is said
		t.Errorf("wrote %d times", w.writes)
	}
}

func TestSparkline(t *testing.T) {
	ramp := []rune("01234567")
	for _, tt := range []struct {
		all  []float64
		room int
		want string
	}{
		{nil, 10, ""},
		{[]float64{0, 0}, 10, "00"},
		{[]float64{0, 50, 100}, 10, "037"},
		{[]float64{100, 50, 25}, 2, "73"},
		{[]float64{1}, -1, ""},
	} {
		if got := sparkline(tt.all, ramp, tt.room); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.all, got, tt.want)
		}
	}
}

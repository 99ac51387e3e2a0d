package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/threshold"
)

// columns is the width of the summary where that is not up to the server.
const columns = 80

// Text writes the summary for people, which fits a screen.
func (r *Report) Text(w io.Writer) error {
	t := &text{Report: r}
	t.head()
	t.connections()
	t.exchange()
	t.latencies("ms", func(l measure.Latency) *measure.Histogram { return l.OK })
	t.latencies("failed, ms", func(l measure.Latency) *measure.Histogram { return l.Failed })
	t.warn()
	t.thresholds()
	_, err := t.WriteTo(w)
	return err
}

// A text is a summary being written.
type text struct {
	*Report
	bytes.Buffer
}

// line writes one with its label.
func (t *text) line(label, format string, args ...any) {
	fmt.Fprintf(t, "%-13s %s\n", label, fmt.Sprintf(format, args...))
}

func (t *text) head() {
	fmt.Fprintf(t, "%s\n%s\n\n", printable(t.Settings.URL), fold(t.settings(), ", "))
	if t.Ended != "" {
		t.line("ended", "%s", printable(t.Ended))
	}
	if all := t.Counts.Plus(t.WarmUp); all.CutOff+all.NotStarted > 0 {
		t.line("unfinished", "%d cut off while being opened, %d not started", all.CutOff, all.NotStarted)
	}
	if w := t.WarmUp; w.Started > 0 || w.Sent > 0 {
		t.line("warm-up", "%d opened, %d failed, %s in %s, not counted below", w.Opened, w.Failed, counted(w.Sent, "message", "messages"), seconds(min(t.Settings.WarmUp, t.Elapsed)))
		t.reasons(t.WarmUpFailures)
	}
}

func (t *text) connections() {
	c := &t.Counts
	rate := ""
	if opened := t.OpeningRate(); opened > 0 {
		rate = fmt.Sprintf(", %s a second", perSecond(opened))
	}
	t.line("opened", "%d of %d in %s%s", c.Opened, c.Planned, seconds(t.Opening()), rate)
	t.line("failed", "%d%s%s", c.Failed, share(c.Failed, c.Opened+c.Failed), t.failedAgain())
	t.reasons(t.Failures)
	if c.Dropped > 0 {
		t.line("dropped", "%d of %d that were open", c.Dropped, t.Droppable())
		t.reasons(t.Drops)
	}
	if a := c.Reconnect; a.Started > 0 {
		t.line("reconnected", "%d of %d, %d failed", a.Opened, a.Started, a.Failed)
	}
	if t.Held < t.Settings.Hold {
		t.line("held", "%s of %v", seconds(t.Held), t.Settings.Hold)
	}
	if rate := t.rate(); rate > 0 {
		t.line("arrivals", "%s a second planned, %s reached", perSecond(rate), perSecond(t.Reached()))
	}
	if c.Late > 0 || t.rate() > 0 {
		t.line("late", "%d%s, by more than %v, at most by %s", c.Late, share(c.Late, c.Started), measure.LateAfter, short(t.Latency[measure.Delay].OK.Max()))
	}
	if c.Late > 0 {
		t.line("", "%d for the limit in flight, %d for a processor, %d for storm itself",
			c.LateForLimit, c.LateForMachine, c.Late-c.LateForLimit-c.LateForMachine)
	}
}

func (t *text) exchange() {
	c := &t.Counts
	if c.Sent > 0 {
		const mib = 1 << 20
		rates := ""
		if took := t.Exchanging().Seconds(); took > 0 {
			rates = fmt.Sprintf(", %s/s, %.2f MiB/s out, %.2f in", perSecond(t.MessageRate()),
				float64(c.OctetsOut)/mib/took, float64(c.OctetsIn)/mib/took)
		}
		answered := fmt.Sprintf("%d answered", c.Answered)
		if t.Settings.NoReply {
			answered = "no reply awaited"
		}
		t.line("messages", "%d sent, %s%s", c.Sent, answered, rates)
	}
	if c.SentLate > 0 {
		t.line("sent late", "%d%s, by more than %v", c.SentLate, share(c.SentLate, c.Sent), measure.LateAfter)
		t.line("", "%d held back, %d for a processor, %d for storm itself",
			c.SentLateForLimit, c.SentLateForMachine, c.SentLate-c.SentLateForLimit-c.SentLateForMachine)
	}
	if c.NotSent > 0 {
		t.line("not sent", "%s, due or left when the connection ended", counted(c.NotSent, "message", "messages"))
	}
	if c.Unanswered > 0 {
		t.line("unanswered", "%s%s", counted(c.Unanswered, "message", "messages"), share(c.Unanswered, c.Sent))
	}
	if c.Wrong > 0 {
		t.line("wrong", "%s%s", counted(c.Wrong, "reply", "replies"), share(c.Wrong, c.Sent))
		t.reasons(t.Wrongs)
	}
	if c.Unasked > 0 {
		t.line("unasked", "%s", counted(c.Unasked, "message", "messages"))
	}
	if c.Pings > 0 {
		t.line("pings", "%d sent, %d answered", c.Pings, c.Pongs)
	}
	t.closes()
	if s := t.Server; s != nil {
		t.line("server", "counted %d opened, %d refused, %d at once, %s", s.Opened, s.Refused, s.Peak, counted(s.Messages, "message", "messages"))
	}
	t.chosen("subprotocol", t.Subprotocols)
	t.chosen("extension", t.Extensions)
}

// closes says what the server closed with, and how often it did not answer a close.
func (t *text) closes() {
	var codes []string
	for _, code := range slices.Sorted(maps.Keys(t.CloseCodes)) {
		codes = append(codes, fmt.Sprintf("%d with %d", t.CloseCodes[code], code))
	}
	if n := t.Counts.Unclean; n > 0 { // those that were dropped have their reasons
		codes = append(codes, fmt.Sprintf("%d without a close from the server", n))
	}
	if len(codes) > 0 {
		t.line("closed", "%s", strings.Join(codes, ", "))
	}
}

// share is n of so many as it stands behind n, unless it is 0.
func share(n, of int64) string {
	if n == 0 {
		return ""
	}
	return ", " + percent(n, of)
}

// shownReasons is how many reasons the text has; the other reports have all.
const shownReasons = 8

// shownBody is how much of a body it has, in characters.
const shownBody = 68

// reasons lists the most frequent first, each with its example.
func (t *text) reasons(all measure.Reasons) {
	for i, r := range all {
		if i == shownReasons {
			fmt.Fprintf(t, "%10s  %s, see --json or --html\n", "", counted(len(all)-i, "more reason", "more reasons"))
			break
		}
		fmt.Fprintf(t, "%10d  %s\n", r.Count, printable(r.Reason))
		if r.Example.Text != "" {
			fmt.Fprintf(t, "%12s%s\n", "", printable(r.Example.Text))
		}
		if body := []rune(printable(r.Example.Body)); len(body) > 0 {
			fmt.Fprintf(t, "%12s%s\n", "", string(body[:min(len(body), shownBody)]))
		}
	}
}

func (t *text) chosen(what string, count map[string]int64) {
	for _, name := range byCount(count) {
		t.line(what, "%d chose %s", count[name], printable(name))
	}
}

func byCount(count map[string]int64) []string {
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
}

// latencies writes the table of the phases that there are.
func (t *text) latencies(title string, of func(measure.Latency) *measure.Histogram) {
	var rows bytes.Buffer
	for p := range measure.NumPhases {
		h := of(t.Latency[p])
		if h.Count() == 0 {
			continue
		}
		fmt.Fprintf(&rows, "%-15s", p)
		for _, q := range percentiles {
			fmt.Fprintf(&rows, " %8s", millis(h.At(q.q)))
		}
		fmt.Fprintf(&rows, " %8s  %s\n", millis(h.Max()), about[p])
	}
	if rows.Len() > 0 {
		fmt.Fprintf(t, "\n%-15s %8s %8s %8s %8s %8s\n%s", title, "p50", "p90", "p99", "p99.9", "max", &rows)
	}
}

func (t *text) warn() {
	for _, w := range t.warnings() {
		fmt.Fprintf(t, "\n%s\n", fold(strings.Fields(w), " "))
	}
}

func (t *text) thresholds() {
	for i, o := range t.Thresholds {
		if i == 0 {
			fmt.Fprintln(t)
		}
		verdict := string(o.Verdict)
		if o.Verdict == threshold.Broken {
			verdict = "BROKEN"
		}
		t.line(verdict, "%s", strings.TrimRight(fmt.Sprintf("%-30s %s", printable(o.Threshold), o.Measured), " "))
	}
}

// fold joins a list to lines.
func fold(list []string, separator string) string {
	var b strings.Builder
	room := columns
	for i, item := range list {
		switch room -= len([]rune(item)) + len(separator); {
		case i == 0:
		case room < 0:
			b.WriteString(strings.TrimRight(separator, " ") + "\n")
			room = columns - len([]rune(item)) - len(separator)
		default:
			b.WriteString(separator)
		}
		b.WriteString(item)
	}
	return b.String()
}

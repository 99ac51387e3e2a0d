package report

// The tables of the page: Latencies; Intervals, which is the run in rows; Facts,
// the counts, with what fills them below: facts, chosen and endings.

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// A table is rows below a head. Without a head a row is a name, a count, and what
// that is.
type table struct {
	Title string
	Head  []string
	Rows  [][]string
}

// Latencies are the tables of what succeeded and of what failed.
func (p *page) Latencies() (all []table) {
	for _, t := range []struct {
		title string
		of    func(measure.Latency) *measure.Histogram
	}{
		{"succeeded, in ms", func(l measure.Latency) *measure.Histogram { return l.OK }},
		{"failed, in ms", func(l measure.Latency) *measure.Histogram { return l.Failed }},
	} {
		rows := table{Title: t.title, Head: []string{"", "count", "min", "mean"}}
		for _, q := range percentiles {
			rows.Head = append(rows.Head, q.name)
		}
		rows.Head = append(rows.Head, "max", "")
		for phase := range measure.NumPhases {
			h := t.of(p.Latency[phase])
			if h.Count() == 0 {
				continue
			}
			row := []string{phase.String(), fmt.Sprint(h.Count()), millis(h.Min()), millis(h.Mean())}
			for _, q := range percentiles {
				row = append(row, millis(h.At(q.q)))
			}
			rows.Rows = append(rows.Rows, append(row, millis(h.Max()), about[phase]))
		}
		if len(rows.Rows) > 0 {
			all = append(all, rows)
		}
	}
	return all
}

// Intervals is the run in a table.
func (p *page) Intervals() table {
	s := p.Series.Folded(hoverRows)
	t := table{Head: []string{"from", "planned", "started", "opened", "failed", "late", "dropped", "dialled again", "opened", "failed", "open", "handshake p50", "p99"}}
	talks := p.Counts.Sent+p.WarmUp.Sent > 0
	if talks {
		t.Head = append(t.Head, "sent", "answered", "message p50", "p99")
	}
	at := func(h *measure.Histogram, q float64) string {
		if h.Count() == 0 {
			return ""
		}
		return millis(h.At(q))
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		c := &r.Counts
		row := []string{instant(&s, i)}
		for _, n := range []int64{c.Planned, c.Started, c.Opened, c.Failed, c.Late, c.Dropped, c.Reconnect.Started, c.Reconnect.Opened, c.Reconnect.Failed, r.Open} {
			row = append(row, fmt.Sprint(n))
		}
		h := r.Latency[measure.Handshake].OK
		row = append(row, at(h, 50), at(h, 99))
		if talks {
			m := r.Latency[measure.Message].OK
			row = append(row, fmt.Sprint(c.Sent), fmt.Sprint(c.Answered), at(m, 50), at(m, 99))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Title = fmt.Sprintf("The run in %s of %v, latencies in ms", counted(len(t.Rows), "interval", "intervals"), s.Interval)
	return t
}

// Facts are the counts that are not 0, with what they are of.
func (p *page) Facts() []table {
	c, w := &p.Counts, &p.WarmUp
	late := fmt.Sprintf("began more than %v after they were due: %d waited for the limit in flight, %d for a processor, %d for storm itself",
		measure.LateAfter, c.LateForLimit, c.LateForMachine, c.Late-c.LateForLimit-c.LateForMachine)
	took := p.Exchanging().Seconds()
	all := []table{
		facts("Connections",
			fact{"planned", c.Planned, p.plannedRate()},
			fact{"started", c.Started, fmt.Sprintf("%s a second", perSecond(p.Reached()))},
			fact{"opened", c.Opened, ""},
			fact{"failed", c.Failed, percent(c.Failed, c.Opened+c.Failed) + " of those that were opened or failed"},
			fact{"cut off", c.CutOff, "the run ended while they were being opened"},
			fact{"not started", c.NotStarted, "the run ended before"},
			fact{"late", c.Late, late},
			fact{"dropped", c.Dropped, "were open, and ended otherwise than planned"},
			fact{"closed", c.Closed, fmt.Sprintf("were open, and closed by storm, %d without a close from the server", c.Unclean)},
			fact{"dialled again", c.Reconnect.Started, fmt.Sprintf("%d opened, %d failed, %d cut off", c.Reconnect.Opened, c.Reconnect.Failed, c.Reconnect.CutOff)},
			fact{"warm-up", w.Started, fmt.Sprintf("started in %v, in no other count: %d opened, %d failed, %s", p.Settings.WarmUp, w.Opened, w.Failed, counted(w.Sent, "message", "messages"))},
		),
		facts("Messages",
			fact{"sent", c.Sent, rate(c.OctetsOut, took)},
			fact{"sent late", c.SentLate, fmt.Sprintf("more than %v after they were due: %d were held back, %d waited for a processor, %d for storm itself",
				measure.LateAfter, c.SentLateForLimit, c.SentLateForMachine, c.SentLate-c.SentLateForLimit-c.SentLateForMachine)},
			fact{"not sent", c.NotSent, "due, or left of a number, when the connection ended"},
			fact{"answered", c.Answered, rate(c.OctetsIn, took)},
			fact{"wrong", c.Wrong, "the reply was another one"},
			fact{"unanswered", c.Unanswered, "when the run or the connection ended"},
			fact{"unasked", c.Unasked, "from the server, replies to nothing"},
			fact{"pings", c.Pings, fmt.Sprintf("%d answered", c.Pongs)},
		),
	}
	if s := p.Server; s != nil {
		all = append(all, facts("What the embedded server counted",
			fact{"opened", s.Opened, ""}, fact{"refused", s.Refused, "handshakes"}, fact{"at once", s.Peak, "open, at most"},
			fact{"messages", s.Messages, "sent back"}, fact{"pings", s.Pings, "answered"}))
	}
	all = append(all, p.endings(), chosen("Subprotocols that servers chose", p.Subprotocols), chosen("Extensions that servers chose", p.Extensions))
	return slices.DeleteFunc(all, func(t table) bool { return len(t.Rows) == 0 })
}

// A fact is a count and what it is of.
type fact struct {
	name  string
	count int64
	about string
}

func facts(title string, all ...fact) table {
	t := table{Title: title}
	for _, f := range all {
		if f.count != 0 {
			t.Rows = append(t.Rows, []string{f.name, fmt.Sprint(f.count), f.about})
		}
	}
	return t
}

func (p *page) plannedRate() string {
	if rate := p.rate(); rate > 0 {
		return perSecond(rate) + " a second"
	}
	return ""
}

// rate is so many octets in some seconds.
func rate(octets int64, took float64) string {
	const mib = 1 << 20
	text := fmt.Sprintf("%.2f MiB", float64(octets)/mib)
	if took > 0 {
		text += fmt.Sprintf(", %.2f MiB/s", float64(octets)/mib/took)
	}
	return text
}

// shownNames bounds lists of what servers made up.
const shownNames = 40

func chosen(title string, count map[string]int64) table {
	t := table{Title: title}
	names := byCount(count)
	for _, name := range names[:min(len(names), shownNames)] {
		t.Rows = append(t.Rows, []string{clip(name), fmt.Sprint(count[name]), ""})
	}
	return t.more(len(names))
}

// endings are the close codes of the servers, the most frequent first.
func (p *page) endings() table {
	t := table{Title: "Close codes of the server"}
	codes := slices.SortedFunc(maps.Keys(p.CloseCodes), func(a, b uint16) int {
		return cmp.Or(cmp.Compare(p.CloseCodes[b], p.CloseCodes[a]), cmp.Compare(a, b))
	})
	for _, code := range codes[:min(len(codes), shownNames)] {
		t.Rows = append(t.Rows, []string{fmt.Sprint(code), fmt.Sprint(p.CloseCodes[code]), closeNames[code]})
	}
	return t.more(len(codes))
}

// more says that there were so many in all.
func (t table) more(all int) table {
	if left := all - len(t.Rows); left > 0 {
		t.Rows = append(t.Rows, []string{fmt.Sprintf("%d more", left), "", "see --json"})
	}
	return t
}

// closeNames are those of RFC 6455, section 7.4.1, and of IANA's registry.
var closeNames = map[uint16]string{
	1000: "normal closure", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
	1007: "invalid payload data", 1008: "policy violation", 1009: "message too big", 1010: "mandatory extension",
	1011: "internal error", 1012: "service restart", 1013: "try again later", 1014: "bad gateway",
}

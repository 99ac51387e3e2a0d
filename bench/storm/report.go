package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// writeText writes the report for people, which fits a screen. settings is the
// plan in words.
func (s *summary) writeText(w io.Writer, settings string) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s\n\n", s.URL, fold(settings+", engine "+s.Engine))
	if s.Interrupted {
		fmt.Fprintf(&b, "interrupted   %d cut off while being opened, %d not started\n", s.CutOff, s.NotStarted)
	}
	fmt.Fprintf(&b, "opened        %d of %d in %.3f s%s\n", s.Opened, s.N, s.ElapsedS, s.rate())
	fmt.Fprintf(&b, "failed        %d\n", s.Failed)
	s.reasons(&b, s.Failures)
	if s.Dropped > 0 {
		fmt.Fprintf(&b, "dropped       %d of the opened, by the server\n", s.Dropped)
		s.reasons(&b, s.Drops)
	}
	if s.HeldS < s.HoldS {
		fmt.Fprintf(&b, "held          %.3f s of %v s\n", s.HeldS, s.HoldS)
	}
	if s.Rate > 0 {
		fmt.Fprintf(&b, "arrivals      %v a second planned, %v reached\n", s.Rate, math.Round(s.Reached*1000)/1000)
		fmt.Fprintf(&b, "late          %d by more than %v: %d waited for -c, %d for storm itself\n",
			s.Late, lateAfter, s.LateForC, s.Late-s.LateForC)
	}
	if s.Messages > 0 {
		fmt.Fprintf(&b, "messages      %d sent, %d answered%s\n", s.Messages, s.Answered, s.throughput())
		if s.WrongReplies > 0 {
			fmt.Fprintf(&b, "wrong         %d replies\n", s.WrongReplies)
			s.reasons(&b, s.Wrongs)
		}
	}
	if s.Server != nil {
		fmt.Fprintf(&b, "server        counted %v\n", s.Server)
	}
	chosen(&b, "subprotocol", s.Subprotocols)
	chosen(&b, "extension", s.Extensions)

	if s.Handshake != nil {
		fmt.Fprintf(&b, "\n%-10s %9s %9s %9s %9s %9s\n", "ms", "p50", "p90", "p99", "p99.9", "max")
		s.Handshake.row(&b, "handshake", "dial to open")
		s.Upgrade.row(&b, "upgrade", "request to verdict")
		if s.Intended != nil {
			s.Intended.row(&b, "intended", "planned to open")
		}
		for _, row := range []struct {
			l          *latency
			name, what string
		}{{s.Message, "message", "write to reply"}, {s.MessageDue, "due", "due to reply"}, {s.Ping, "ping", "ping to pong"}} {
			if row.l != nil {
				row.l.row(&b, row.name, row.what)
			}
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// columns is the width of the report where that is not up to the server.
const columns = 80

// fold breaks a list into lines.
func fold(list string) string {
	var b strings.Builder
	room := columns
	for i, item := range strings.Split(list, ", ") {
		switch room -= len(item) + len(", "); {
		case i == 0:
		case room < 0:
			b.WriteString(",\n")
			room = columns - len(item) - len(", ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(item)
	}
	return b.String()
}

func (s *summary) rate() string {
	if s.ElapsedS == 0 || s.Opened == 0 {
		return ""
	}
	return fmt.Sprintf(", %.0f a second", float64(s.Opened)/s.ElapsedS)
}

func (s *summary) throughput() string {
	if s.ExchangedS <= 0 {
		return ""
	}
	const mib = 1 << 20
	return fmt.Sprintf(", %.0f a second, %.3g MiB/s out, %.3g MiB/s in",
		float64(s.Answered)/s.ExchangedS, float64(s.OctetsOut)/mib/s.ExchangedS, float64(s.OctetsIn)/mib/s.ExchangedS)
}

// shownReasons is how many reasons the text has; the JSON report has all.
const shownReasons = 8

// reasons lists the most frequent first, each with its example.
func (s *summary) reasons(w io.Writer, count map[string]int) {
	names := byCount(count)
	for i, name := range names {
		if i == shownReasons {
			fmt.Fprintf(w, "%10s  %d more reasons, see --json\n", "", len(names)-i)
			break
		}
		fmt.Fprintf(w, "%10d  %s\n%12s%s\n", count[name], name, "", s.Examples[name])
	}
}

func chosen(w io.Writer, what string, count map[string]int) {
	for _, name := range byCount(count) {
		fmt.Fprintf(w, "%-13s %d chose %s\n", what, count[name], name)
	}
}

func byCount(count map[string]int) []string {
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
}

func (l *latency) row(w io.Writer, name, what string) {
	fmt.Fprintf(w, "%-10s", name)
	for _, us := range []int64{l.P50, l.P90, l.P99, l.P999, l.Max} {
		fmt.Fprintf(w, " %9.3f", float64(us)/1000)
	}
	fmt.Fprintf(w, "  %s\n", what)
}

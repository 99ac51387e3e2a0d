package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// table prints what was measured, in Markdown.
func table(w io.Writer, chosen []tool, outcomes [][]outcome) {
	fmt.Fprintln(w, "| | opened | a second | CPU, s | CPU, µs each | memory, MiB | memory, KiB each | counts agree | p99, ms | max, ms | of | failed |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|---|---|")
	for i, t := range chosen {
		o := slices.DeleteFunc(slices.Clone(outcomes[i]), func(o outcome) bool { return !o.measured })
		opened := func(o outcome) float64 { return float64(o.server.Opened) }
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %d of %d | %s | %s | %s | %s |\n", t.name,
			spread(o, "%.0f", opened),
			spread(o, "%.0f", func(o outcome) float64 { return o.server.rate() }),
			spread(o, "%.2f", func(o outcome) float64 { return o.cpu.Seconds() }),
			spread(o, "%.0f", func(o outcome) float64 { return o.cpu.Seconds() * 1e6 / opened(o) }),
			spread(o, "%.0f", func(o outcome) float64 { return float64(o.memory) / (1 << 20) }),
			spread(o, "%.1f", func(o outcome) float64 { return float64(o.memory) / (1 << 10) / float64(o.server.Peak) }),
			agreeing(o), len(outcomes[i]),
			spread(o, "%.0f", func(o outcome) float64 { return o.said.p99.Seconds() * 1e3 }),
			spread(o, "%.0f", func(o outcome) float64 { return o.said.max.Seconds() * 1e3 }),
			t.latency, failing(outcomes[i]))
	}
}

func agreeing(outcomes []outcome) (n int) {
	for _, o := range outcomes {
		if o.agrees() {
			n++
		}
	}
	return n
}

// failing is how often a tool failed, and how it did the first time; "" if it did not.
func failing(outcomes []outcome) (cell string) {
	var n int
	var first string
	for _, o := range outcomes {
		if o.failed == nil {
			continue
		}
		if n++; n == 1 {
			first, _, _ = strings.Cut(o.failed.Error(), "\n")
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d: %s", n, len(outcomes), strings.ReplaceAll(first, "|", `\|`))
}

// spread is the median of a figure, and its least and most where they differ from
// it; a figure that a tool does not have is 0. It is "" of no outcome.
func spread(outcomes []outcome, format string, figure func(outcome) float64) string {
	values := make([]float64, len(outcomes))
	for i, o := range outcomes {
		values[i] = figure(o)
	}
	slices.Sort(values)
	if len(values) == 0 || values[len(values)-1] == 0 {
		return ""
	}
	text := func(v float64) string { return fmt.Sprintf(format, v) }
	least, median, most := text(values[0]), text(values[len(values)/2]), text(values[len(values)-1])
	if least == most {
		return median
	}
	return fmt.Sprintf("%s (%s to %s)", median, least, most)
}

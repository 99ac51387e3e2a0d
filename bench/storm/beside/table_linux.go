package main

import (
	"fmt"
	"io"
	"slices"
)

// table prints what was measured, in Markdown.
func table(w io.Writer, chosen []tool, outcomes [][]outcome) {
	fmt.Fprintln(w, "| | opened | a second | CPU, s | CPU, µs each | memory, MiB | memory, KiB each | counts agree | p99, ms | max, ms | of |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|---|")
	for i, t := range chosen {
		o := outcomes[i]
		opened := func(o outcome) float64 { return float64(o.server.Opened) }
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %d of %d | %s | %s | %s |\n", t.name,
			spread(o, "%.0f", opened),
			spread(o, "%.0f", func(o outcome) float64 { return o.server.rate() }),
			spread(o, "%.2f", func(o outcome) float64 { return o.cpu.Seconds() }),
			spread(o, "%.0f", func(o outcome) float64 { return o.cpu.Seconds() * 1e6 / opened(o) }),
			spread(o, "%.0f", func(o outcome) float64 { return float64(o.memory) / (1 << 20) }),
			spread(o, "%.1f", func(o outcome) float64 { return float64(o.memory) / (1 << 10) / float64(o.server.Peak) }),
			agreeing(o), len(o),
			spread(o, "%.0f", func(o outcome) float64 { return o.said.p99.Seconds() * 1e3 }),
			spread(o, "%.0f", func(o outcome) float64 { return o.said.max.Seconds() * 1e3 }),
			t.latency)
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

// spread is the median of a figure, and its least and most where they differ from
// it; a figure that a tool does not have is 0.
func spread(outcomes []outcome, format string, figure func(outcome) float64) string {
	values := make([]float64, len(outcomes))
	for i, o := range outcomes {
		values[i] = figure(o)
	}
	slices.Sort(values)
	if values[len(values)-1] == 0 {
		return ""
	}
	text := func(v float64) string { return fmt.Sprintf(format, v) }
	least, median, most := text(values[0]), text(values[len(values)/2]), text(values[len(values)-1])
	if least == most {
		return median
	}
	return fmt.Sprintf("%s (%s to %s)", median, least, most)
}

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// writeVerdicts writes a table for each package, and reports how many
// benchmarks failed.
func writeVerdicts(w io.Writer, verdicts []verdict) (failed int) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	pkg := "\x00" // none
	for _, v := range verdicts {
		b := v.old
		if b == nil {
			b = v.new
		}
		if b.pkg != pkg {
			pkg = b.pkg
			t.Flush()
			fmt.Fprintf(w, "\npkg: %s\n", pkg)
			fmt.Fprintln(t, "benchmark\told\tnew\tchange\tB/op\tallocs/op\t")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", b.name, v.time, v.bytes, v.allocs, v.result())
		if len(v.failed) > 0 {
			failed++
		}
	}
	t.Flush()
	return failed
}

func (v *verdict) result() string {
	switch {
	case v.old == nil:
		return "new"
	case len(v.failed) > 0:
		return "FAIL " + strings.Join(v.failed, ", ")
	case v.faster:
		return "faster"
	}
	return "ok"
}

// String fills the columns old, new and change.
func (c change) String() string {
	if !c.judged {
		return "-\t-\t-"
	}
	return fmt.Sprintf("%.3f ± %s\t%.3f ± %s\t%s",
		c.old.Center, c.old.PctRangeString(), c.new.Center, c.new.PctRangeString(), c.compared.FormatDelta(c.old.Center, c.new.Center))
}

func (a amount) String() string {
	if !a.judged {
		return "-"
	}
	format := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	if a.old == a.new {
		return format(a.new)
	}
	return format(a.old) + " → " + format(a.new)
}

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"
)

// A step is one benchmark at one n and at the next larger one.
type step struct {
	small, large *row
	growth       benchmath.Summary // how many times as long each of the n takes
}

// steps finds the benchmarks that differ in nothing but n.
func (rec *record) steps() ([]step, error) {
	var (
		names  []string // in the order of the record
		byName = map[string][]*row{}
	)
	for _, b := range rec.rows {
		if b.n == 0 {
			continue
		}
		name := b.pkg + "\x00" + b.name
		if byName[name] == nil {
			names = append(names, name)
		}
		byName[name] = append(byName[name], b)
	}
	var steps []step
	for _, name := range names {
		sizes := byName[name]
		slices.SortFunc(sizes, func(a, b *row) int { return cmp.Compare(a.n, b.n) })
		if len(sizes) == 1 {
			return nil, fmt.Errorf("%s: Benchmark%s: n=%d and no other", rec.file, sizes[0].name, sizes[0].n)
		}
		for i := range sizes[1:] {
			s := step{small: sizes[i], large: sizes[i+1]}
			if err := s.measure(); err != nil {
				return nil, fmt.Errorf("%s: Benchmark%s: %w", rec.file, s.small.name, err)
			}
			steps = append(steps, s)
		}
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("%s: no benchmark has n= in its name", rec.file)
	}
	return steps, nil
}

func (s *step) measure() error {
	if len(s.small.time) == 0 || len(s.large.time) == 0 {
		return errors.New("no time")
	}
	ratios := divide(s.large.time, s.small.time)
	each := float64(s.small.n) / float64(s.large.n)
	s.growth = benchmath.AssumeNothing.Summary(sample(scaled(ratios, each)), 1-significance.CompareAlpha)
	if len(s.growth.Warnings) > 0 {
		return s.growth.Warnings[0] // too few
	}
	return nil
}

// writeSteps writes the table of the growth, and reports how many steps grew
// by more than the limit with significance: where the whole confidence interval
// lies above it.
func writeSteps(w io.Writer, steps []step, limit float64) (failed int) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "benchmark\tn\ttime/n\tthen n\ttime/n\tgrowth\t")
	for i := range steps {
		s := &steps[i]
		result := "ok"
		if s.growth.Lo > 1+limit {
			result = "FAIL"
			failed++
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%d\t%s\t%.2f ± %s\t%s\n", s.small.name,
			s.small.n, each(s.small), s.large.n, each(s.large), s.growth.Center, s.growth.PctRangeString(), result)
	}
	t.Flush()
	return failed
}

func each(b *row) string {
	return fmt.Sprintf("%.3g ns", 1e9*median(values(b.time))/float64(b.n))
}

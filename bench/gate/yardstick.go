package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// yardsticks is what a file of them says: which benchmarks' times are divided
// by which benchmark's. The first line that matches counts.
type yardsticks []struct {
	filter *benchproc.Filter
	name   string // of the yardstick, without Benchmark
}

// readYardsticks reads lines of a filter, blanks, and a yardstick's name.
// Blank lines are skipped, and those that begin with #.
func readYardsticks(file string) (yardsticks, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var y yardsticks
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		cut := strings.LastIndexAny(line, " \t")
		if cut < 0 {
			return nil, fmt.Errorf("%s:%d: want a filter and a yardstick's name", file, n)
		}
		f, err := benchproc.NewFilter(line[:cut])
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		y = append(y, struct {
			filter *benchproc.Filter
			name   string
		}{f, line[cut+1:]})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(y) == 0 {
		return nil, fmt.Errorf("%s: no yardsticks", file)
	}
	return y, nil
}

// of returns the name of the yardstick for a result; a yardstick has none.
func (y yardsticks) of(result *benchfmt.Result, name string) (string, error) {
	if y.has(name) {
		return "", nil
	}
	for _, line := range y {
		if match, err := line.filter.Match(result); err != nil {
			return "", err
		} else if match.Any() {
			return line.name, nil
		}
	}
	return "", nil
}

// has reports whether a benchmark is a yardstick.
func (y yardsticks) has(name string) bool {
	for _, line := range y {
		if line.name == name {
			return true
		}
	}
	return false
}

// ratios returns the times of b in units of its yardstick in the same record.
func (rec *record) ratios(b *row) ([]float64, error) {
	for _, y := range rec.rows {
		if y.name == b.yardstick && len(y.time) > 0 {
			return divide(b.time, y.time), nil
		}
	}
	return nil, fmt.Errorf("%s: Benchmark%s: no time of Benchmark%s, its yardstick", rec.file, b.name, b.yardstick)
}

// divide divides each run by those of another benchmark that are nearest to it
// in the record: by the median of a series that no other benchmark interrupts,
// of two equally near the later one. Runs side by side have met the same machine.
func divide(runs, by []run) []float64 {
	var series [][]run
	for i, r := range by {
		if i == 0 || r.at != by[i-1].at+1 {
			series = append(series, nil)
		}
		last := &series[len(series)-1]
		*last = append(*last, r)
	}
	ratios := make([]float64, len(runs))
	for i, r := range runs {
		nearest := series[0]
		for _, s := range series[1:] {
			if distance(r, s) <= distance(r, nearest) {
				nearest = s
			}
		}
		ratios[i] = r.value / median(values(nearest))
	}
	return ratios
}

func distance(r run, series []run) int {
	return max(series[0].at-r.at, r.at-series[len(series)-1].at)
}

func values(runs []run) []float64 {
	v := make([]float64, len(runs))
	for i, r := range runs {
		v[i] = r.value
	}
	return v
}

package main

// From a record to what a chart shows: read, which charts there are, and table
// with what it is made of.

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
)

// A cell is one value of one benchmark: Handshake of an implementation in a
// shape, in a unit.
type cell struct{ name, impl, shape, unit string }

// A record is the medians of a file of benchmark results.
type record struct {
	cells   []cell // in the order of the file
	medians map[cell]float64
}

// read reads every benchmark that names an implementation.
func read(file string) (*record, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rec := &record{medians: map[cell]float64{}}
	values := map[cell][]float64{}
	for results := benchfmt.NewReader(in, file); ; {
		if !results.Scan() {
			if err := results.Err(); err != nil {
				return nil, err
			}
			break
		}
		switch r := results.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, r
		case *benchfmt.Result:
			for _, v := range r.Values {
				c := cellOf(r, v.Unit)
				if c.impl == "" {
					continue
				}
				if values[c] == nil {
					rec.cells = append(rec.cells, c)
				}
				values[c] = append(values[c], v.Value)
			}
		}
	}
	for c, v := range values {
		sample := benchmath.NewSample(v, &benchmath.DefaultThresholds)
		rec.medians[c] = benchmath.AssumeNothing.Summary(sample, 0.95).Center
	}
	return rec, nil
}

// cellOf takes a benchmark's name apart. Its shape is what it has besides
// impl and the number of processors.
func cellOf(r *benchfmt.Result, unit string) cell {
	base, parts := r.Name.Parts()
	c := cell{name: string(base), unit: unit}
	var shape []string
	for _, part := range parts {
		if impl, ok := strings.CutPrefix(string(part), "/impl="); ok {
			c.impl = impl
		} else if part[0] == '/' {
			shape = append(shape, string(part[1:]))
		}
	}
	c.shape = strings.Join(shape, " ")
	return c
}

// A chart shows one unit of one benchmark.
type chart struct {
	file, title, axis string
	name, unit        string
	scale             float64 // of the unit
	floor             string  // what this implementation takes is not shown
	hidden            []string
	log               bool
}

var floors = []string{"fake", "fixed"}

var charts = []chart{
	{"handshake", "Client handshake in memory", "µs, without the connection's cost (logarithmic)", "Handshake", "sec/op", 1e6, "fake", floors, true},
	{"memory", "Memory of an idle connection", "KiB", "Idle", "B/conn", 1. / 1024, "", nil, false},
	{"allocations", "Allocations of a client handshake", "allocations", "Handshake", "allocs/op", 1, "", floors, false},
}

// A table is what a chart shows: for each implementation a value in each shape
// that it has.
type table struct {
	chart
	impls  []string // the best first
	shapes []string
	values map[string]map[string]float64 // by implementation and shape
}

// table takes the chart's values out of a record. The implementations are in
// the order of their least values.
func (c chart) table(rec *record) (*table, error) {
	t := &table{chart: c, values: map[string]map[string]float64{}}
	for _, k := range rec.cells {
		if k.name != c.name || k.unit != c.unit || slices.Contains(c.hidden, k.impl) {
			continue
		}
		v, err := c.value(rec.medians, k)
		if err != nil {
			return nil, err
		}
		if t.values[k.impl] == nil {
			t.values[k.impl] = map[string]float64{}
		}
		t.values[k.impl][k.shape] = v
		if !slices.Contains(t.shapes, k.shape) {
			t.shapes = append(t.shapes, k.shape)
		}
	}
	if len(t.shapes) == 0 {
		return nil, fmt.Errorf("no Benchmark%s/impl= with %s", c.name, c.unit)
	}
	t.impls = slices.SortedFunc(maps.Keys(t.values), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.least(a), t.least(b)), cmp.Compare(a, b))
	})
	return t, nil
}

func (t *table) least(impl string) float64 {
	return slices.Min(slices.Collect(maps.Values(t.values[impl])))
}
func (t *table) most(impl string) float64 {
	return slices.Max(slices.Collect(maps.Values(t.values[impl])))
}

func (c chart) value(medians map[cell]float64, k cell) (float64, error) {
	v := medians[k]
	if c.floor != "" {
		floor, ok := medians[cell{c.name, c.floor, k.shape, c.unit}]
		if !ok {
			return 0, fmt.Errorf("impl=%s has no %s with %s in Benchmark%s", c.floor, c.unit, k.shape, c.name)
		}
		if v -= floor; v <= 0 {
			return 0, fmt.Errorf("impl=%s takes no more than impl=%s with %s in Benchmark%s", k.impl, c.floor, k.shape, c.name)
		}
	}
	return v * c.scale, nil
}

package main

// Reading: what a record holds (record, row, run), the reader, and what it makes
// of a result (add), its configuration (configure) and its values (addValue).

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// A record is what one file of benchmark results holds.
type record struct {
	file   string
	config map[string]string // of the machine, see machineKeys
	rows   []*row            // in the order of the file
	byKey  map[benchproc.Key]*row
}

// machineKeys tell records of different machines apart.
var machineKeys = []string{"goos", "goarch", "cpu", "toolchain"}

// A row is all runs of one benchmark.
type row struct {
	key       benchproc.Key
	pkg, name string
	yardstick string // the name of its yardstick; "": none
	measures  bool   // it is a yardstick itself
	n         int    // the value of the name's n, where growth is asked for
	runs      int
	time      []run
	bytes     []float64 // of the runs that have the unit
	allocs    []float64
}

// A run is one measurement of a benchmark, at is its place in the record.
type run struct {
	at    int
	value float64
}

// A reader reads records. Rows of all records of one reader have comparable
// keys.
type reader struct {
	filter     *benchproc.Filter
	key        *benchproc.Projection
	yardsticks yardsticks
}

// newReader makes a reader that tells benchmarks apart by keys, a projection of
// pkg, .fullname and perhaps /n. The number of processors that go test puts
// behind a name is not part of it.
func newReader(filter, keys string, y yardsticks) (*reader, error) {
	f, err := benchproc.NewFilter(filter)
	if err != nil {
		return nil, fmt.Errorf("-filter: %w", err)
	}
	var p benchproc.ProjectionParser
	key, err := p.Parse(keys, f)
	if err != nil {
		return nil, err
	}
	if _, err := p.Parse("/gomaxprocs", f); err != nil { // what is projected here .fullname lacks
		return nil, err
	}
	return &reader{f, key, y}, nil
}

// read reads a record. Lines that are neither results nor configuration are
// skipped, as benchfmt does it; a malformed result is an error that names its
// file and line.
func (r *reader) read(file string) (*record, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rec := &record{file: file, config: map[string]string{}, byKey: map[benchproc.Key]*row{}}
	results := benchfmt.NewReader(in, file)
	for at := 0; results.Scan(); at++ {
		switch result := results.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, result
		case *benchfmt.Result:
			if err := r.add(rec, result, at); err != nil {
				return nil, err
			}
		}
	}
	if err := results.Err(); err != nil {
		return nil, err
	}
	if len(rec.rows) == 0 {
		return nil, fmt.Errorf("%s: no benchmark results", file)
	}
	return rec, nil
}

// add adds a result if it is one to be judged or a yardstick.
func (r *reader) add(rec *record, result *benchfmt.Result, at int) error {
	key := r.key.Project(result)
	fields := r.key.Fields()
	name := key.Get(fields[1])
	match, err := r.filter.Match(result)
	if !match.Any() && !r.yardsticks.has(name) {
		return err
	}
	for _, k := range machineKeys {
		if err := rec.configure(k, result); err != nil {
			return err
		}
	}
	b := rec.byKey[key]
	if b == nil {
		b = &row{key: key, pkg: key.Get(fields[0]), name: name, measures: r.yardsticks.has(name)}
		if len(fields) > 2 {
			b.n, _ = strconv.Atoi(key.Get(fields[2])) // 0: it does not grow
		}
		if b.yardstick, err = r.yardsticks.of(result, name); err != nil {
			return err
		}
		rec.byKey[key] = b
		rec.rows = append(rec.rows, b)
	}
	b.runs++
	for _, v := range result.Values {
		if err := b.addValue(result, v, at); err != nil {
			return err
		}
	}
	return nil
}

// configure notes what the record says of its machine. One record is of one.
func (rec *record) configure(key string, result *benchfmt.Result) error {
	value := result.GetConfig(key)
	if before, ok := rec.config[key]; ok && before != value {
		return errorAt(result, "%s: %q, before it was %q: one record is of one machine", key, value, before)
	}
	rec.config[key] = value
	return nil
}

// addValue keeps the values of the units that are judged. benchfmt has turned
// ns/op into sec/op, unless that is the same: 0.
func (b *row) addValue(result *benchfmt.Result, v benchfmt.Value, at int) error {
	switch v.Unit {
	case "sec/op", "ns/op":
		if !(v.Value > 0) || math.IsInf(v.Value, 0) {
			return errorAt(result, "Benchmark%s: %v %s is no time", result.Name, v.Value, v.Unit)
		}
		b.time = append(b.time, run{at, v.Value})
		return nil
	case "B/op":
		b.bytes = append(b.bytes, v.Value)
	case "allocs/op":
		b.allocs = append(b.allocs, v.Value)
	default:
		return nil
	}
	if !(v.Value >= 0) || math.IsInf(v.Value, 0) {
		return errorAt(result, "Benchmark%s: %v %s is no amount", result.Name, v.Value, v.Unit)
	}
	return nil
}

func errorAt(result *benchfmt.Result, format string, args ...any) error {
	file, line := result.Pos()
	return fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...))
}

// machine describes the record's machine, as far as it says.
func (rec *record) machine() string {
	var s []string
	for _, k := range machineKeys {
		if v := rec.config[k]; v != "" {
			s = append(s, v)
		}
	}
	return strings.Join(s, ", ")
}

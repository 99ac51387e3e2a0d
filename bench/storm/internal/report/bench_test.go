package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

func TestBench(t *testing.T) { golden(t, ".bench", (*Report).Bench) }

// The lines are those of go.dev/design/14313-benchmark-format: configuration, or a
// name, a count, and pairs of value and unit.
func TestBenchFormat(t *testing.T) {
	line := regexp.MustCompile(`^(?:[a-z]+: \S.*|Benchmark\S+\t\d+(?:\t\d+ \S+)+)$`)
	var b bytes.Buffer
	if err := everything.Bench(&b); err != nil {
		t.Fatal(err)
	}
	results := 0
	for text := range strings.Lines(b.String()) {
		if !line.MatchString(strings.TrimSuffix(text, "\n")) {
			t.Errorf("%q is no line of the format", text)
		}
		if strings.HasPrefix(text, "Benchmark") {
			results++
		}
	}
	if results < 5 {
		t.Errorf("%d results", results)
	}
}

package report

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// A line of percentiles has every step at the level that the histogram says, and
// ends with the greatest.
func TestPercentilePlot(t *testing.T) {
	c := percentilePlot("", "", []distribution{{"a", "c1", spread(1000, ms, 10*ms)}, {"b", "c2", measure.Of(2 * ms)}})
	if len(c.Lines) != 2 || c.Lines[1].Path != "M0 800H1000" || !strings.HasSuffix(c.Lines[0].Path, "V0H1000") {
		t.Errorf("%+v", c.Lines)
	}
	for i, want := range map[int][]string{0: {"p5  a 1ms  b 2ms"}, 21: {"p89  a 6.65ms  b 2ms"}, 79: {"p99.974  a 10ms  b 2ms"}} {
		if got := c.Columns[i].Lines; !slices.Equal(got, want) {
			t.Errorf("column %d: %q, want %q", i, got, want)
		}
	}
}

func TestPercentileNear(t *testing.T) {
	for nines, want := range map[float64]string{0: "p0", 0.3: "p50", 1: "p90", 1.5: "p96.8", 2.5: "p99.68", 5.3: "p99.99950"} {
		q, got := percentileNear(nines)
		if number, err := strconv.ParseFloat(want[1:], 64); got != want || q != number || err != nil {
			t.Errorf("%v nines: %v, %s, want %s", nines, q, got, want)
		}
	}
}

// What is read off stands in one line, or in two, where there is more.
func TestReading(t *testing.T) {
	if got := reading("p50", []string{"a 1", "b 2", "c 3"}); !slices.Equal(got, []string{"p50  a 1  b 2  c 3"}) {
		t.Errorf("%q", got)
	}
	if got := reading("p50", []string{"a 1", "b 2", "c 3", "d 4"}); !slices.Equal(got, []string{"d 4", "p50  a 1  b 2  c 3"}) {
		t.Errorf("%q", got)
	}
}

// Where nothing was timed, a line over time has a gap, and what was timed is in it.
func TestTimelines(t *testing.T) {
	r := *nothing.Result
	r.Counts.Planned, r.Elapsed = 40, 4*s
	r.Series.Rows = []measure.Row{
		{Counts: measure.Counts{Planned: 10, Started: 10}, Open: 10, Latency: measure.Latencies{measure.Handshake: timed(10 * ms)}},
		{Counts: measure.Counts{Planned: 10, Started: 5}, Open: 15},
		{Counts: measure.Counts{Planned: 10, Started: 20}, Open: 20, Latency: measure.Latencies{measure.Handshake: timed(20 * ms)}},
		{Counts: measure.Counts{Planned: 10}},
	}
	charts := (&page{&Report{Result: &r}}).Timelines()
	var got []string
	for _, c := range charts {
		for _, l := range c.Lines {
			got = append(got, c.Title+", "+l.Name+": "+l.Path)
		}
	}
	want := []string{
		"Connections a second, started: M0 500H250V750H500V0H750V1000H1000",
		"Connections a second, planned: M0 500H1000",
		"Handshake, p50: M0 500H250M500 0H750",
		"Handshake, p99: M0 500H250M500 0H750",
		"Handshake, max: M0 500H250M500 0H750",
		"Open connections, open: M0 500H250V250H500V0H750V1000H1000",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	r.Elapsed = 3500 * ms // the last row is a part of a second
	if open := (&page{&Report{Result: &r}}).Timelines()[2]; open.Lines[0].Path != "M0 500H286V250H571V0H857V1000H1000" {
		t.Errorf("of 3.5 s: %s", open.Lines[0].Path)
	}
	if len(charts) > 0 && (len(charts[0].Columns) != 4 || !slices.Equal(charts[0].Columns[2].Lines, []string{"2s  started 20  planned 10"})) {
		t.Errorf("read off: %+v", charts[0].Columns)
	}
}

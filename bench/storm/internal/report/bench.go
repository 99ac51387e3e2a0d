package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// Bench writes the figures in Go's benchmark format, so that benchstat compares
// runs: a line for each phase that was timed, of what succeeded, with its mean,
// and one for the counts of the run.
func (r *Report) Bench(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "url: %s\nengine: %s\n", oneWord(r.Settings.URL), oneWord(r.Settings.Engine))
	for p := range measure.NumPhases {
		h := r.Latency[p].OK
		if h.Count() == 0 {
			continue
		}
		fmt.Fprintf(&b, "BenchmarkStorm/phase=%s\t%d\t%d ns/op", p, h.Count(), h.Mean().Nanoseconds())
		for _, q := range percentiles {
			fmt.Fprintf(&b, "\t%d %s-ns", h.At(q.q).Nanoseconds(), q.name)
		}
		fmt.Fprintf(&b, "\t%d max-ns\n", h.Max().Nanoseconds())
	}
	c := &r.Counts
	fmt.Fprintf(&b, "BenchmarkStorm/counts\t1\t%d opened\t%d failed\t%d dropped\t%d late\t%d sent_late\t%d not_sent\t%d answered\t%d wrong\t%d unanswered\n",
		c.Opened, c.Failed, c.Dropped, c.Late, c.SentLate, c.NotSent, c.Answered, c.Wrong, c.Unanswered)
	_, err := b.WriteTo(w)
	return err
}

// oneWord is text without what would end a line or hide one.
func oneWord(text string) string { return strings.Join(strings.Fields(printable(text)), " ") }

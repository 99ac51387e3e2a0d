package report

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// HDR writes an interval log of HdrHistogram, format 1.3, in the order of time: a
// line for every interval of the run and every phase that was timed in it. The tag
// of a line is the phase, with _failed for those that failed. Timestamps are in
// seconds from StartTime. Values are in nanoseconds, and the maximum of a line in
// milliseconds, as the tools have it that read such logs.
func (r *Report) HDR(w io.Writer) error {
	b := bufio.NewWriter(w)
	start := r.Started.UTC()
	fmt.Fprintf(b, "#[storm: %s]\n", oneWord(r.Settings.URL))
	fmt.Fprintf(b, "#[Histogram log format version 1.3]\n")
	fmt.Fprintf(b, "#[StartTime: %d.%03d (seconds since epoch), %s]\n", start.Unix(), start.Nanosecond()/1e6, start.Format(time.RFC3339))
	fmt.Fprintf(b, `"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"`+"\n")
	for i := range r.Series.Rows {
		begin := time.Duration(i) * r.Series.Interval
		length := r.Series.Interval
		if rest := r.Elapsed - begin; 0 < rest && rest < length { // the run ended within
			length = rest
		}
		line := func(tag string, h *measure.Histogram) {
			if h.Count() > 0 {
				fmt.Fprintf(b, "Tag=%s,%.3f,%.3f,%.3f,%s\n", tag, begin.Seconds(), length.Seconds(), float64(h.Max())/1e6, h.HDR())
			}
		}
		for p := range measure.NumPhases {
			latency := &r.Series.Rows[i].Latency[p]
			line(p.String(), latency.OK)
			line(p.String()+"_failed", latency.Failed)
		}
	}
	return b.Flush()
}

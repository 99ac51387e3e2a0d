package report

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// CSV writes a row for every interval of the run, of a second unless the run was
// very long, below a row of names. Counts are of the interval, but open, which is
// at its end; percentiles and max are in milliseconds, of what succeeded in it, and empty
// if nothing did. second is where it begins.
func (r *Report) CSV(w io.Writer) error {
	c := csv.NewWriter(w)
	names := []string{"second", "planned", "started", "opened", "failed", "cut_off", "late",
		"dropped", "reconnects", "reconnected", "reconnects_failed", "closed", "open",
		"sent", "sent_late", "not_sent", "answered", "wrong", "unasked", "octets_out", "octets_in", "pings", "pongs"}
	timed := []measure.Phase{measure.Handshake, measure.Service, measure.Message, measure.MessageService, measure.Ping}
	quantiles := []struct {
		name string
		q    float64
	}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"max", 100}}
	for _, p := range timed {
		for _, q := range quantiles {
			names = append(names, p.String()+"_"+q.name+"_ms")
		}
	}
	c.Write(names)
	for i := range r.Series.Rows {
		row := &r.Series.Rows[i]
		n := &row.Counts
		line := []string{strconv.FormatFloat(float64(i)*r.Series.Interval.Seconds(), 'f', -1, 64)}
		for _, count := range []int64{n.Planned, n.Started, n.Opened, n.Failed, n.CutOff, n.Late,
			n.Dropped, n.Reconnect.Started, n.Reconnect.Opened, n.Reconnect.Failed, n.Closed, row.Open,
			n.Sent, n.SentLate, n.NotSent, n.Answered, n.Wrong, n.Unasked, n.OctetsOut, n.OctetsIn, n.Pings, n.Pongs} {
			line = append(line, strconv.FormatInt(count, 10))
		}
		for _, p := range timed {
			for _, q := range quantiles {
				text := ""
				if h := row.Latency[p].OK; h.Count() > 0 {
					text = millis(h.At(q.q))
				}
				line = append(line, text)
			}
		}
		c.Write(line)
	}
	c.Flush()
	return c.Error()
}

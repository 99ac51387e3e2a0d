package report

import (
	"math"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plot"
)

// A track is one line over time.
type track struct {
	name, kind string
	of         func(r *measure.Row, seconds float64) float64 // NaN: nothing in this row
	always     bool                                          // even if it is 0 all the time
}

// perSecondOf is a track of a count.
func perSecondOf(name, kind string, always bool, count func(c *measure.Counts) int64) track {
	return track{name, kind, func(r *measure.Row, seconds float64) float64 { return float64(count(&r.Counts)) / seconds }, always}
}

// percentileOf is a track of a latency.
func percentileOf(name, kind string, phase measure.Phase, q float64) track {
	return track{name, kind, func(r *measure.Row, _ float64) float64 {
		if h := r.Latency[phase].OK; h.Count() > 0 {
			return float64(h.At(q))
		}
		return math.NaN()
	}, false}
}

// timelines are all plots over time that there can be.
var timelines = []struct {
	title, about string
	latency      bool
	tracks       []track
}{
	{"Connections a second", "started, opened, and planned where there is a rate", false, []track{
		perSecondOf("started", "c1 band", true, func(c *measure.Counts) int64 { return c.Started }),
		perSecondOf("opened", "c3", false, func(c *measure.Counts) int64 { return c.Opened + c.Reconnect.Opened }),
		perSecondOf("planned", "plan", false, func(c *measure.Counts) int64 { return c.Planned }),
	}},
	{"Handshake", "from the planned start until open, of what was opened in each interval", true, []track{
		percentileOf("p50", "c1", measure.Handshake, 50),
		percentileOf("p99", "c2", measure.Handshake, 99),
		percentileOf("max", "c4", measure.Handshake, 100),
	}},
	{"Open connections", "at the end of each interval", false, []track{
		{"open", "c1", func(r *measure.Row, _ float64) float64 { return float64(r.Open) }, true},
	}},
	{"What went wrong, a second", "connections that failed, at first or again, were dropped or were late; wrong replies", false, []track{
		perSecondOf("failed", "c2", false, func(c *measure.Counts) int64 { return c.Failed + c.Reconnect.Failed }),
		perSecondOf("dropped", "c4", false, func(c *measure.Counts) int64 { return c.Dropped }),
		perSecondOf("late", "c5", false, func(c *measure.Counts) int64 { return c.Late }),
		perSecondOf("wrong", "c1", false, func(c *measure.Counts) int64 { return c.Wrong }),
	}},
	{"Messages a second", "sent, sent late, and answered", false, []track{
		perSecondOf("sent", "c1 band", false, func(c *measure.Counts) int64 { return c.Sent }),
		perSecondOf("sent late", "c5", false, func(c *measure.Counts) int64 { return c.SentLate }),
		perSecondOf("answered", "c3", false, func(c *measure.Counts) int64 { return c.Answered }),
	}},
	{"Message", "from when it was due until its reply, of what was answered in each interval", true, []track{
		percentileOf("p50", "c1", measure.Message, 50),
		percentileOf("p99", "c2", measure.Message, 99),
		percentileOf("max", "c4", measure.Message, 100),
	}},
}

// Timelines are the plots over time.
func (p *page) Timelines() (all []chart) {
	fine, coarse := p.Series.Folded(mostRows), p.Series.Folded(hoverRows)
	if len(fine.Rows) == 0 {
		return nil
	}
	for _, t := range timelines {
		if c, ok := p.timePlot(&fine, &coarse, t.latency, t.tracks); ok {
			c.Title, c.About = t.title, t.about
			c.Shade = c.X.At(p.Settings.WarmUp.Seconds())
			all = append(all, c)
		}
	}
	return all
}

// timePlot has the tracks that there is something in; ok is false if there is none.
func (p *page) timePlot(fine, coarse *measure.Series, latency bool, tracks []track) (c chart, ok bool) {
	length := fine.Interval.Seconds()
	end := min(p.Elapsed.Seconds(), float64(len(fine.Rows))*length) // within the last row
	c.X = plot.Seconds(max(end, length))
	least, most := math.Inf(1), 0.0
	var shown []track
	var lines [][]plot.Piece
	for _, t := range tracks {
		pieces, any := make([]plot.Piece, len(fine.Rows)), t.always
		for i := range fine.Rows {
			v := t.of(&fine.Rows[i], length)
			pieces[i] = plot.Piece{From: float64(i) * length, To: float64(i+1) * length, Level: v}
			if v > 0 {
				any, least, most = true, min(least, v), max(most, v)
			}
		}
		if any {
			shown, lines = append(shown, t), append(lines, pieces)
		}
	}
	if len(shown) == 0 {
		return c, false
	}
	c.Y = plot.Linear(most, plot.Count)
	if latency {
		c.Y = latencyAxis(least, most)
	}
	for i, t := range shown {
		c.Add(t.name, t.kind, lines[i])
	}
	c.Spread(apart)
	c.Columns = readings(coarse, &c.X, latency, shown)
	return c, true
}

// readings are what stands above a plot while one points at it.
func readings(s *measure.Series, x *plot.Axis, latency bool, tracks []track) (all []column) {
	length := s.Interval.Seconds()
	for i := range s.Rows {
		var values []string
		for _, t := range tracks {
			switch v := t.of(&s.Rows[i], length); {
			case math.IsNaN(v):
			case latency:
				values = append(values, t.name+" "+short(time.Duration(v)))
			default:
				values = append(values, t.name+" "+perSecond(v))
			}
		}
		from, to := x.At(float64(i)*length), x.At(float64(i+1)*length)
		all = append(all, column{from, to - from, reading(instant(s, i), values)})
	}
	return all
}

// instant is when a row begins.
func instant(s *measure.Series, row int) string {
	return (time.Duration(row) * s.Interval).String()
}

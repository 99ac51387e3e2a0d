package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plot"
)

const (
	mostRows   = 600 // of a line over time
	hoverRows  = 150 // that can be read off it, and stand in the table
	mostSteps  = 300 // of a line of percentiles
	hoverSteps = 80
	apart      = 7.0 // names, in percent of the height
)

// A chart is a Plot with its words.
type chart struct {
	plot.Plot
	Title, About string
	Shade        float64 // percent of the width that is the warm-up
	Columns      []column
}

// A column is a place where the values are read off, in one line or two.
type column struct {
	At, Width float64
	Lines     []string
}

// Middle is that of c.
func (c column) Middle() float64 { return c.At + c.Width/2 }

// reading puts values below what they are of, as wide as a phone.
func reading(of string, values []string) []string {
	const most = 3
	first := strings.Join(append([]string{of}, values[:min(len(values), most)]...), "  ")
	if len(values) <= most {
		return []string{first}
	}
	return []string{strings.Join(values[most:], "  "), first} // from below
}

// Distributions are the plots of percentiles, of the phases that there are.
func (p *page) Distributions() (all []chart) {
	ok := func(l measure.Latency) *measure.Histogram { return l.OK }
	failed := func(l measure.Latency) *measure.Histogram { return l.Failed }
	for _, d := range []struct {
		title, about string
		of           func(measure.Latency) *measure.Histogram
		phases       []measure.Phase
	}{
		{"Handshake", "until open: from the planned start, and from the actual one (service)", ok, []measure.Phase{measure.Handshake, measure.Service}},
		{"Parts of the handshake", "waiting for the dial, and what comes behind it", ok,
			[]measure.Phase{measure.Delay, measure.DNS, measure.Connect, measure.TLS, measure.Upgrade}},
		{"Message", "until the reply: from when it was due, and from its write (service)", ok, []measure.Phase{measure.Message, measure.MessageService}},
		{"First message", "from open until the server's first message", ok, []measure.Phase{measure.FirstMessage}},
		{"Ping", "from ping to pong", ok, []measure.Phase{measure.Ping}},
		{"Handshakes that failed", "until the failure: from the planned start, and from the actual one (service)", failed,
			[]measure.Phase{measure.Handshake, measure.Service}},
	} {
		var lines []distribution
		for i, phase := range d.phases {
			if h := d.of(p.Latency[phase]); h.Count() > 0 {
				lines = append(lines, distribution{lineName(phase), fmt.Sprintf("c%d", i+1), h})
			}
		}
		if len(lines) > 0 {
			all = append(all, percentilePlot(d.title, d.about, lines))
		}
	}
	return all
}

// lineName is that of a phase beside the others of its plot.
func lineName(p measure.Phase) string {
	switch p {
	case measure.MessageService:
		return "service"
	case measure.FirstMessage:
		return "message"
	}
	return p.String()
}

// A distribution is one line of percentiles.
type distribution struct {
	name, kind string
	h          *measure.Histogram
}

func percentilePlot(title, about string, lines []distribution) chart {
	var n int64
	least, most := time.Duration(math.MaxInt64), time.Duration(0)
	for _, l := range lines {
		n = max(n, l.h.Count())
		least, most = min(least, l.h.Min()), max(most, l.h.Max())
	}
	c := chart{Title: title, About: about}
	c.X = plot.Percentiles(n)
	c.Y = latencyAxis(float64(least), float64(most))
	for _, l := range lines {
		c.Add(l.name, l.kind, levels(l.h, c.X.Nines()))
	}
	c.Spread(apart)
	for i := range hoverSteps {
		q, name := percentileNear((float64(i) + 0.5) / hoverSteps * c.X.Nines())
		var values []string
		for _, l := range lines {
			values = append(values, l.name+" "+short(l.h.At(q)))
		}
		c.Columns = append(c.Columns, column{100 * float64(i) / hoverSteps, 100.0 / hoverSteps, reading(name, values)})
	}
	return c
}

// latencyAxis is logarithmic where values differ so much that the small ones would
// lie on the ground.
func latencyAxis(least, most float64) plot.Axis {
	least = max(least, 1e3)
	most *= 0.999 // histograms have up to that more than was recorded
	if most > 20*least {
		return plot.Log(least, most, plot.Duration)
	}
	return plot.Linear(most, plot.Duration)
}

// levels are the percentiles in the middle of steps that are equally wide in nines.
func levels(h *measure.Histogram, nines float64) []plot.Piece {
	pieces := make([]plot.Piece, mostSteps)
	at := func(step float64) float64 { return plot.Percentile(step / mostSteps * nines) }
	for i := range pieces {
		step := float64(i)
		pieces[i] = plot.Piece{From: at(step), To: at(step + 1), Level: float64(h.At(at(step + 0.5)))}
	}
	return pieces
}

// percentileNear is a percentile in as many digits as its nines are worth, and what
// it is called.
func percentileNear(nines float64) (q float64, name string) {
	text := strconv.FormatFloat(plot.Percentile(nines), 'f', max(int(math.Ceil(nines))-1, 0), 64)
	q, _ = strconv.ParseFloat(text, 64)
	return q, "p" + text
}

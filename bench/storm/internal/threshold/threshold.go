// Package threshold says whether a run was good enough.
//
//	handshake.p99<50ms     a percentile of a phase; min, mean and max as well
//	failed<0.1%            a share
//	opened>=1000           a count
//	rate>=990/s            a rate
//
// The operators are <, <=, >, >= and ==. Latencies are those of what succeeded.
package threshold

import (
	"fmt"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// A Threshold is what a figure of a result must keep to.
type Threshold struct {
	text   string
	metric metric
	op     string
	limit  float64 // in the unit of the metric
}

// String returns what was parsed.
func (t *Threshold) String() string { return t.text }

// A Verdict is what comes of a Threshold.
type Verdict string

const (
	OK          Verdict = "ok"
	Broken      Verdict = "broken"
	NotMeasured Verdict = "not measured" // nothing has happened that it could be about
)

// An Outcome is a Threshold applied to a result.
type Outcome struct {
	Threshold string  `json:"threshold"`
	Verdict   Verdict `json:"verdict"`
	Measured  string  `json:"measured"` // "" if it was not
	// Value is Measured as a number: nanoseconds, a share of 1, a count or a
	// number a second.
	Value float64 `json:"value"`
}

// Check applies t to r.
func (t *Threshold) Check(r *measure.Result) Outcome {
	v, ok := t.metric.of(r)
	switch {
	case !ok:
		return Outcome{t.text, NotMeasured, "", 0}
	case t.holds(v):
		return Outcome{t.text, OK, t.metric.unit.format(v), v}
	default:
		return Outcome{t.text, Broken, t.metric.unit.format(v), v}
	}
}

func (t *Threshold) holds(v float64) bool {
	switch t.op {
	case "<":
		return v < t.limit
	case "<=":
		return v <= t.limit
	case ">":
		return v > t.limit
	case ">=":
		return v >= t.limit
	default:
		return v == t.limit
	}
}

// Check applies all of them.
func Check(thresholds []*Threshold, r *measure.Result) []Outcome {
	outcomes := make([]Outcome, len(thresholds))
	for i, t := range thresholds {
		outcomes[i] = t.Check(r)
	}
	return outcomes
}

// Exit statuses.
const (
	ExitBroken      = 99 // as k6 has it
	ExitNotMeasured = 4
)

// Status returns the exit status that outcomes ask for, 0 if all are OK.
func Status(outcomes []Outcome) int {
	status := 0
	for _, o := range outcomes {
		switch o.Verdict {
		case Broken:
			return ExitBroken
		case NotMeasured:
			status = ExitNotMeasured
		}
	}
	return status
}

// A unit is what a figure is counted in.
type unit uint8

const (
	nanoseconds unit = iota
	share            // of 1
	count
	perSecond
)

func (u unit) format(v float64) string {
	switch u {
	case nanoseconds:
		return duration(time.Duration(v))
	case share:
		return fmt.Sprintf("%.4g%%", v*100)
	case perSecond:
		return fmt.Sprintf("%.6g/s", v)
	default:
		return fmt.Sprintf("%.0f", v)
	}
}

// duration cuts d to the digits that a histogram has.
func duration(d time.Duration) string {
	step := time.Duration(1)
	for d/step >= 10000 {
		step *= 10
	}
	return d.Round(step).String()
}

package plan

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A stage is a part of a schedule in which the rate, in arrivals a second, goes
// in a straight line from one value to another.
type stage struct {
	from, to float64
	length   time.Duration
}

// arrivals is the integral of the rate over the first t of the stage.
func (s stage) arrivals(t time.Duration) float64 {
	x := t.Seconds()
	return x * (s.from + (s.to-s.from)*x/s.length.Seconds()/2)
}

// after is how long the stage takes to have x arrivals: the inverse of arrivals.
func (s stage) after(x float64) time.Duration {
	if x <= 0 {
		return 0
	}
	// The root of (to-from)/length/2 t² + from t - x, in the form that neither
	// divides by a slope of 0 nor cancels.
	slope := (s.to - s.from) / s.length.Seconds()
	t := 2 * x / (s.from + math.Sqrt(max(s.from*s.from+2*slope*x, 0)))
	return min(time.Duration(math.Round(t*1e9)), s.length)
}

func (s stage) String() string {
	if s.from == s.to {
		return rateText(s.to) + ":" + durationText(s.length)
	}
	return strconv.FormatFloat(s.from, 'g', -1, 64) + ":" + rateText(s.to) + ":" + durationText(s.length)
}

func (s stage) words() string {
	if s.from == s.to {
		return rateText(s.to) + " for " + durationText(s.length)
	}
	return rateText(s.from) + " to " + rateText(s.to) + " over " + durationText(s.length)
}

const stageWanted = "want RATE:DURATION, FROM:TO:DURATION or hold:DURATION, as in 0:1000/s:30s"

// parseStages reads --stage. An element may have several, with commas.
func parseStages(list []string) (stages []stage, err error) {
	last := 0.0
	for i, text := range split(list) {
		s, problem := parseStage(text, last, i == 0)
		if problem != "" {
			return nil, usagef("--stage, number %d: %q: %s", i+1, text, problem)
		}
		last = s.to
		stages = append(stages, s)
	}
	return stages, nil
}

func parseStage(text string, last float64, first bool) (s stage, problem string) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return s, stageWanted
	}
	end := len(parts) - 1
	length, err := time.ParseDuration(strings.TrimSpace(parts[end]))
	switch {
	case err != nil:
		return s, strconv.Quote(parts[end]) + " is no duration; " + stageWanted
	case length <= 0 || length > longest:
		return s, "a stage lasts longer than 0, and a year at most"
	}
	to := strings.TrimSpace(parts[end-1])
	if to == "hold" {
		switch {
		case first:
			return s, "there is no stage before whose rate could be held"
		case len(parts) == 3:
			return s, "hold takes a duration only"
		}
		return stage{last, last, length}, ""
	}
	rate, unit, problem := parseRate(to, time.Second)
	if problem != "" {
		return s, problem
	}
	s = stage{rate, rate, length}
	if len(parts) == 3 {
		if from := strings.TrimSpace(parts[0]); from == "" {
			s.from = last
		} else if s.from, _, problem = parseRate(from, unit); problem != "" {
			return s, problem
		}
	}
	return s, ""
}

// highestRate keeps arrivals apart by a nanosecond.
const highestRate = 1e9

// parseRate reads "500", "500/s", "30/m" or "10/h". unit is that of a bare number.
func parseRate(text string, unit time.Duration) (perSecond float64, _ time.Duration, problem string) {
	number, per, ok := strings.Cut(text, "/")
	if ok {
		switch per {
		case "s":
			unit = time.Second
		case "m":
			unit = time.Minute
		case "h":
			unit = time.Hour
		default:
			return 0, 0, strconv.Quote("/"+per) + " is no unit of a rate; want /s, /m or /h"
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil && !math.IsInf(n, 0) {
		return 0, 0, strconv.Quote(text) + " is no rate; want a number of arrivals, as in 500 or 500/s or 30/m"
	}
	perSecond = n / unit.Seconds()
	if !(perSecond >= 0) || perSecond > highestRate {
		return 0, 0, strconv.Quote(text) + " is out of range; at least 0, at most 1e9 a second"
	}
	return perSecond, unit, ""
}

// rateText has a rate in the unit in which it is a short number.
func rateText(perSecond float64) string {
	for _, u := range []struct {
		name string
		per  float64
	}{{"/s", 1}, {"/m", 60}, {"/h", 3600}} {
		// What was n/60 times 60 may be off by the last bit.
		n := math.Round(perSecond*u.per*1e9) / 1e9
		if text := strconv.FormatFloat(n, 'g', -1, 64); len(text) <= 6 && n/u.per == perSecond {
			return text + u.name
		}
	}
	return strconv.FormatFloat(perSecond, 'g', -1, 64) + "/s"
}

// durationText is d without the zeros that time.Duration puts behind: 1m, not 1m0s.
func durationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// split cuts elements at commas, and leaves out what is empty.
func split(list []string) (all []string) {
	for _, text := range list {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				all = append(all, part)
			}
		}
	}
	return all
}

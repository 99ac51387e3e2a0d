package threshold

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// An Error says what is wrong with the text of a threshold, and where.
type Error struct {
	Text   string
	Offset int // in octets
	What   string
}

func (e *Error) Error() string {
	return fmt.Sprintf("'%s', character %d: %s", e.Text, len([]rune(e.Text[:e.Offset]))+1, e.What)
}

// Parse reads a threshold. The error is an *Error; it is for the caller to put
// the name of the flag before it.
func Parse(text string) (*Threshold, error) {
	p := parser{text: text}
	t, err := p.threshold()
	if err != nil {
		return nil, err
	}
	return t, nil
}

// A parser reads from text[at:].
type parser struct {
	text string
	at   int
}

func (p *parser) errorf(at int, format string, args ...any) error {
	return &Error{p.text, at, fmt.Sprintf(format, args...)}
}

func (p *parser) blanks() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// word takes what is up to one of stop.
func (p *parser) word(stop string) (word string, at int) {
	p.blanks()
	at = p.at
	p.at = len(p.text)
	if i := strings.IndexAny(p.text[at:], stop); i >= 0 {
		p.at = at + i
	}
	return strings.TrimRight(p.text[at:p.at], " "), at
}

// threshold = name [ "." figure ] operator value
func (p *parser) threshold() (*Threshold, error) {
	name, nameAt := p.word(".<>=")
	figure, figureAt := "", p.at
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		figure, figureAt = p.word("<>=")
		if figure == "" {
			return nil, p.errorf(figureAt, "no figure behind the dot; want %s", figures)
		}
	}
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	value, valueAt := p.word("")
	if value == "" {
		return nil, p.errorf(valueAt, "no value behind %s", op)
	}
	t := &Threshold{text: p.text, op: op}
	if phase, ok := measure.ParsePhase(name); ok {
		return t, p.latency(t, phase, figure, figureAt, value, valueAt)
	}
	if figure != "" {
		if p.known(name) {
			return nil, p.errorf(figureAt, "%s is one number and has no %s", name, figure)
		}
		return nil, p.errorf(nameAt, "%q is not timed; want one of %s", name, strings.Join(Names()[:measure.NumPhases], ", "))
	}
	if c := find(counts, func(c *counted) bool { return c.name == name }); c != nil {
		return t, p.count(t, c, value, valueAt)
	}
	if m := find(rates, func(m *rated) bool { return m.name == name }); m != nil {
		return t, p.rate(t, m, value, valueAt)
	}
	return nil, p.errorf(nameAt, "%q is not measured; want one of %s", name, strings.Join(Names(), ", "))
}

func (p *parser) known(name string) bool {
	return find(counts, func(c *counted) bool { return c.name == name }) != nil ||
		find(rates, func(m *rated) bool { return m.name == name }) != nil
}

func (p *parser) operator() (string, error) {
	for _, op := range []string{"<=", ">=", "==", "<", ">"} {
		if strings.HasPrefix(p.text[p.at:], op) {
			p.at += len(op)
			return op, nil
		}
	}
	return "", p.errorf(p.at, "no operator; want <, <=, >, >= or ==")
}

const figures = "p50, p99.9 or another percentile, min, mean or max"

func (p *parser) latency(t *Threshold, phase measure.Phase, figure string, figureAt int, value string, valueAt int) error {
	if figure == "" {
		return p.errorf(figureAt, "which figure of %s? Want %s: %s.p99", phase, figures, phase)
	}
	of, err := p.figure(figure, figureAt)
	if err != nil {
		return err
	}
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		if _, number := strconv.ParseFloat(value, 64); number == nil {
			return p.errorf(valueAt+len(value), "no unit; want ns, us, ms, s, m or h")
		}
		return p.errorf(valueAt, "%q is not a duration; want 50ms, say", value)
	case d < 0:
		return p.errorf(valueAt, "a negative duration")
	}
	t.metric, t.limit = latency(phase, of), float64(d)
	return nil
}

// figure reads what is to be taken of a histogram.
func (p *parser) figure(figure string, at int) (func(h *measure.Histogram) float64, error) {
	switch figure {
	case "min":
		return func(h *measure.Histogram) float64 { return float64(h.Min()) }, nil
	case "mean":
		return func(h *measure.Histogram) float64 { return float64(h.Mean()) }, nil
	case "max":
		return func(h *measure.Histogram) float64 { return float64(h.Max()) }, nil
	}
	digits, isPercentile := strings.CutPrefix(figure, "p")
	q, err := strconv.ParseFloat(digits, 64)
	switch {
	case !isPercentile || err != nil || strings.ContainsAny(digits, "eExX_+"):
		return nil, p.errorf(at, "%q; want %s", figure, figures)
	case !(q >= 0 && q <= 100):
		return nil, p.errorf(at, "percentile %s; they are from 0 to 100, as in p99.9", digits)
	}
	return func(h *measure.Histogram) float64 { return float64(h.At(q)) }, nil
}

func (p *parser) count(t *Threshold, c *counted, value string, at int) (err error) {
	number, isShare := strings.CutSuffix(value, "%")
	t.metric = c.metric(count)
	if isShare {
		t.metric = c.metric(share)
	}
	if t.limit, err = p.number(strings.TrimRight(number, " "), at, c.name+" is a count, or a share in %"); err != nil {
		return err
	}
	switch {
	case isShare && t.limit > 100:
		return p.errorf(at, "more than 100%%")
	case isShare:
		t.limit /= 100
	case t.limit != math.Trunc(t.limit):
		return p.errorf(at, "%s is a count: a whole number, or a share in %%", c.name)
	}
	return nil
}

func (p *parser) rate(t *Threshold, m *rated, value string, at int) (err error) {
	number, ok := strings.CutSuffix(value, "/s")
	if !ok {
		return p.errorf(at+len(value), "%s is a number a second; want /s at the end", m.name)
	}
	t.metric = m.metric()
	t.limit, err = p.number(strings.TrimRight(number, " "), at, m.name+" is a number a second")
	return err
}

func (p *parser) number(text string, at int, what string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsInf(v, 0) || math.IsNaN(v):
		return 0, p.errorf(at, "%q is not a number; %s", text, what)
	case v < 0:
		return 0, p.errorf(at, "a negative number; %s", what)
	}
	return v, nil
}

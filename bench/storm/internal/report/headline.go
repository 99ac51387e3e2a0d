package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/threshold"
)

// A notice is what a reader has to know before all else.
type notice struct{ Tone, Title, Text string }

func (p *page) Notices() (all []notice) {
	switch {
	case p.Interrupted:
		all = append(all, notice{"bad", "Interrupted before its end.", sentence(p.Ended) + " What was measured until then is below."})
	case p.Ended != "":
		all = append(all, notice{"bad", "Ended before its time.", sentence(p.Ended)})
	}
	switch c := p.Counts.Plus(p.WarmUp); {
	case c.Started == 0:
		all = append(all, notice{"note", "Nothing was measured.", "No connection was started."})
	case c.Opened == 0:
		all = append(all, notice{"bad", "No connection was opened.", ""})
	}
	for _, w := range p.warnings() {
		all = append(all, notice{"note", "", w})
	}
	return all
}

// sentence makes one of a clause.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[n:], ".") + "."
}

// A figure is one of the few that are large.
type figure struct{ Tone, Name, Value, Note string }

func (p *page) Figures() []figure {
	c := &p.Counts
	opened := figure{"", "opened", fmt.Sprint(c.Opened), fmt.Sprintf("of %d in %s", c.Planned, seconds(p.Opening()))}
	if rate := p.OpeningRate(); rate > 0 {
		opened.Note += fmt.Sprintf(", %s/s", perSecond(rate))
	}
	failed := figure{"", "failed", fmt.Sprint(c.Failed), percent(c.Failed, c.Opened+c.Failed) + " of those that were opened or failed" + p.failedAgain()}
	if c.Failed+c.Reconnect.Failed > 0 {
		failed.Tone = "bad"
	}
	all := []figure{opened, failed}
	if c.Dropped > 0 {
		all = append(all, figure{"bad", "dropped", fmt.Sprint(c.Dropped), fmt.Sprintf("of %d that were open, otherwise than planned", p.Droppable())})
	}
	if c.Late > 0 || p.rate() > 0 {
		all = append(all, figure{"", "late", fmt.Sprint(c.Late), fmt.Sprintf("%s began more than %v after they were due", percent(c.Late, c.Started), measure.LateAfter)})
	}
	for _, phase := range []measure.Phase{measure.Handshake, measure.Message} {
		if h := p.Latency[phase].OK; h.Count() > 0 {
			all = append(all, figure{"", phase.String() + " p99", short(h.At(99)), fmt.Sprintf("p50 %s, max %s, %s", short(h.At(50)), short(h.Max()), about[phase])})
		}
	}
	if c.Sent > 0 {
		f := figure{"", "messages", fmt.Sprint(c.Answered), fmt.Sprintf("answered of %d", c.Sent)}
		if p.Settings.NoReply {
			f.Value, f.Note = fmt.Sprint(c.Sent), "sent, no reply awaited"
		}
		if rate := p.MessageRate(); rate > 0 {
			f.Note += fmt.Sprintf(", %s/s", perSecond(rate))
		}
		all = append(all, f)
	}
	return all
}

// Verdict is what the thresholds say together.
func (p *page) Verdict() notice {
	n := len(p.Thresholds)
	broken, unmeasured := 0, 0
	for _, o := range p.Thresholds {
		switch o.Verdict {
		case threshold.Broken:
			broken++
		case threshold.NotMeasured:
			unmeasured++
		}
	}
	switch {
	case broken > 0:
		return notice{"bad", fmt.Sprintf("%d of %d broken", broken, n), ""}
	case unmeasured > 0:
		return notice{"note", fmt.Sprintf("%d of %d not measured", unmeasured, n), ""}
	}
	return notice{"good", "all hold", ""}
}

// Tone is that of a verdict, and its sign.
func (p *page) Tone(o threshold.Outcome) notice {
	switch o.Verdict {
	case threshold.OK:
		return notice{"good", "✓", ""}
	case threshold.Broken:
		return notice{"bad", "✗", ""}
	}
	return notice{"note", "?", ""}
}

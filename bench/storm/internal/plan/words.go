package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// String has the plan in words, for the head of a report: a line about the load,
// and, if there is something to say, one about the messages.
func (p *Plan) String() string {
	text := strings.Join(p.loadWords(), ", ")
	if words := p.messageWords(); len(words) > 0 {
		text += "\n" + strings.Join(words, ", ")
	}
	return text
}

func (p *Plan) loadWords() (words []string) {
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	s := &p.Arrivals
	switch {
	case s.Len() == Unlimited:
		add("connections for %s", durationText(p.Duration))
	default:
		add("%s", count(s.Len(), "connection"))
		if s.Closed() && p.Duration > 0 {
			add("for %s at most", durationText(p.Duration))
		}
	}
	if !s.Closed() {
		spacing := "evenly spaced"
		if p.Poisson {
			spacing = fmt.Sprintf("at random (seed %d)", p.Seed)
		}
		rates := s.words()
		if len(s.stages) == 1 && s.stages[0].length == longest {
			rates = rateText(s.stages[0].to)
		}
		add("arriving %s at %s", spacing, rates)
	}
	if c := p.Concurrency; c == 0 && s.Closed() {
		add("all at once")
	} else if c > 0 {
		add("at most %d at work", c)
	}
	switch {
	case p.Lifetime == 0 && p.NoReply:
		add("each closed when its messages are sent")
	case p.Lifetime == 0 && p.Talks():
		add("each closed when its messages are answered")
	case p.Lifetime == 0:
		add("each closed when it is open")
	case p.Lifetime > 0:
		add("each closed after %s", durationText(p.Lifetime))
	}
	if p.Warmup > 0 {
		add("warm-up %s", durationText(p.Warmup))
	}
	if p.Hold > 0 {
		add("hold %s", durationText(p.Hold))
	}
	if p.Backoff != (Backoff{}) {
		add("reconnecting after %s", pauses(p.Backoff))
	}
	if f := p.Failures; f.Ratio > 0 {
		add("stopping above %v %% failures", f.Ratio*100)
	} else if f.Count > 0 {
		add("stopping above %s", count(f.Count, "failure"))
	}
	add("timeout %s", durationText(p.Timeout))
	if p.TimeLimit > 0 {
		add("ending after %s", durationText(p.TimeLimit))
	}
	return words
}

func (p *Plan) messageWords() (words []string) {
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	kind := "text"
	if p.Binary {
		kind = "binary"
	}
	what := fmt.Sprintf("of %s", count(len(p.AppendMessage(nil, 0, 0)), "octet"))
	if p.Payload != "" {
		what = "from " + strconv.Quote(p.Payload)
	}
	switch {
	case p.Endless:
		add("%s messages %s on each until it is closed", kind, what)
	case p.Messages > 0:
		add("%d %s message%s %s on each", p.Messages, kind, plural(p.Messages), what)
	}
	if p.MessageRate > 0 {
		add("%s, answered or not", rateText(p.MessageRate))
	}
	switch {
	case p.NoReply:
		add("no reply awaited")
	case p.EchoCheck:
		add("replies compared")
	}
	if p.PingInterval > 0 {
		add("a ping every %s", durationText(p.PingInterval))
	}
	return words
}

func pauses(b Backoff) string {
	if b.First == b.Longest {
		return durationText(b.First)
	}
	return durationText(b.First) + " to " + durationText(b.Longest)
}

func count(n int, what string) string { return fmt.Sprintf("%d %s%s", n, what, plural(n)) }

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

package report

import (
	"fmt"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// A trouble is one kind of what went wrong.
type trouble struct {
	Title, About string
	Reasons      []reason
	More         []string // of reasons that are shown by name alone
}

// A reason is one of them, with its example.
type reason struct {
	Name, Count, Share string
	At                 string
	Text, URL, Rule    string
	Status             int
	Header             []measure.Header
	Body               string
	MoreHeaders        int
}

const (
	shownExamples = 20
	shownHeaders  = 16
)

// Troubles are all kinds that there were.
func (p *page) Troubles() (all []trouble) {
	for _, t := range []struct {
		title, about string
		reasons      measure.Reasons
	}{
		{"Handshakes that failed", "of all handshakes that failed, those of reconnects among them", p.Failures},
		{"Handshakes that failed in the warm-up", "in no other figure", p.WarmUpFailures},
		{"Connections that were dropped", "open, and ended otherwise than planned", p.Drops},
		{"Wrong replies", "replies that were not what was to come", p.Wrongs},
	} {
		if len(t.reasons) == 0 {
			continue
		}
		of := t.reasons.Total()
		shown := trouble{Title: t.title, About: fmt.Sprintf("%d, %s", of, t.about)}
		for i, r := range t.reasons {
			if i < shownExamples {
				shown.Reasons = append(shown.Reasons, example(&r, of))
			} else {
				shown.More = append(shown.More, fmt.Sprintf("%d %s", r.Count, clip(r.Reason)))
			}
		}
		all = append(all, shown)
	}
	return all
}

func example(r *measure.Reason, of int64) reason {
	e := &r.Example
	shown := reason{
		Name: clip(r.Reason), Count: fmt.Sprint(r.Count), Share: percent(r.Count, of), At: e.At.Round(time.Millisecond).String(),
		Text: clip(e.Text), URL: clip(e.URL), Rule: clip(e.Rule), Status: e.Status, Body: clip(e.Body),
	}
	n := min(len(e.Header), shownHeaders)
	for _, h := range e.Header[:n] {
		shown.Header = append(shown.Header, measure.Header{Name: clip(h.Name), Value: clip(h.Value)})
	}
	shown.MoreHeaders = len(e.Header) - n
	return shown
}

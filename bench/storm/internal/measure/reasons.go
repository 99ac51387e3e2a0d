package measure

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// Reasons is why things went wrong: one entry for each reason, the most frequent
// first.
type Reasons []Reason

// A Reason is one of a bounded set of names, which are the same in every run.
type Reason struct {
	Reason  string  `json:"reason"`
	Count   int64   `json:"count"`
	Example Example `json:"example"` // the first
}

// An Example is one thing that went wrong, for people. Nothing in it was sent in
// confidence.
type Example struct {
	At     time.Duration `json:"at_ns"`            // set by the Shard
	Text   string        `json:"text"`             // a sentence
	URL    string        `json:"url,omitempty"`    // without userinfo and query; if there are several
	Status int           `json:"status,omitempty"` // of the response, 0 for none
	Header []Header      `json:"header,omitempty"` // of the response, credentials masked
	Body   string        `json:"body,omitempty"`   // of the response: how it begins
	Rule   string        `json:"rule,omitempty"`   // that the server broke, with its section
}

// Header is a field of a response.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Total is how many there are of all reasons.
func (r Reasons) Total() (n int64) {
	for _, reason := range r {
		n += reason.Count
	}
	return n
}

// A tally counts reasons while a run goes on.
type tally map[string]*Reason

// maxReasons bounds a tally; what comes behind is counted as OtherReason.
const maxReasons = 200

// OtherReason is what reasons count as when there are too many.
const OtherReason = "other reasons"

func (t tally) count(reason string, at time.Duration, example func() Example) {
	if t[reason] == nil && len(t) >= maxReasons {
		reason = OtherReason
	}
	known := t[reason]
	if known == nil {
		e := example()
		e.At = at
		known = &Reason{Reason: reason, Example: e}
		t[reason] = known
	}
	known.Count++
}

// sum puts reasons of several tallies together. Which come first makes no
// difference.
func sum(all ...Reasons) Reasons {
	t := tally{}
	for _, reasons := range all {
		for _, r := range reasons {
			known := t[r.Reason]
			if known == nil {
				known = &Reason{Reason: r.Reason, Example: r.Example}
				t[r.Reason] = known
			} else if r.Example.before(&known.Example) {
				known.Example = r.Example
			}
			known.Count += r.Count
		}
	}
	return t.reasons()
}

func (t tally) reasons() Reasons {
	reasons := make(Reasons, 0, len(t))
	for _, r := range t {
		reasons = append(reasons, *r)
	}
	slices.SortFunc(reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return reasons
}

// before puts the earlier example first; of two at the same time it does not
// matter which, as long as it is always the same.
func (e *Example) before(other *Example) bool {
	if e.At != other.At {
		return e.At < other.At
	}
	a, _ := json.Marshal(e) // has nothing that could fail
	b, _ := json.Marshal(other)
	return string(a) < string(b)
}

package measure

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// PlanError says which of the results that were to be merged is of another plan
// than the first, and what differs.
type PlanError struct {
	Index int
	What  string
}

func (e *PlanError) Error() string {
	return fmt.Sprintf("result %d is of another plan than the first: %s", e.Index+1, e.What)
}

// SameError says which two of the results that were to be merged are of the same run.
type SameError struct{ Index, Before int }

func (e *SameError) Error() string {
	return fmt.Sprintf("results %d and %d are of the same run", e.Before+1, e.Index+1)
}

// ErrNoResults is the error of merging nothing.
var ErrNoResults = errors.New("no results to merge")

// Merge adds results up. All must be of the same plan, and each of another run; the
// error is a *PlanError or a *SameError if they are not. It makes no difference in
// which order they come, or whether some were merged before; which runs these are of
// is not known, then. The results are not changed.
func Merge(results ...*Result) (*Result, error) {
	if len(results) == 0 {
		return nil, ErrNoResults
	}
	first := results[0]
	sum := &Result{
		Version: Version, Settings: first.Settings, Started: first.Started,
		Subprotocols: map[string]int64{}, Extensions: map[string]int64{}, CloseCodes: map[uint16]int64{},
	}
	sum.LastStarted, sum.FirstEnded = first.common()
	sum.Settings.Values = slices.Clone(first.Settings.Values)
	for i, r := range results {
		if r.Settings.Digest != first.Settings.Digest {
			return nil, &PlanError{i, difference(&first.Settings, &r.Settings)}
		}
		if before := slices.IndexFunc(results[:i], r.same); before >= 0 {
			return nil, &SameError{i, before}
		}
		sum.merge(r)
	}
	sum.Series.count()
	if !sum.Counts.sound() || !sum.WarmUp.sound() {
		return nil, errors.New("the sum of the results is too large")
	}
	return sum, nil
}

// same reports whether other is of the same run, or of the same runs merged: no two
// runs begin and take as long to the nanosecond.
func (r *Result) same(other *Result) bool {
	return r.Started.Equal(other.Started) && r.Elapsed == other.Elapsed && r.Runs == other.Runs &&
		r.Marks == other.Marks && r.Counts == other.Counts && r.WarmUp == other.WarmUp
}

func (r *Result) merge(other *Result) {
	r.Settings.merge(&other.Settings)
	r.Runs += other.Runs
	if other.Started.Before(r.Started) {
		r.Started = other.Started
	}
	began, ended := other.common()
	if began.After(r.LastStarted) {
		r.LastStarted = began
	}
	if ended.Before(r.FirstEnded) {
		r.FirstEnded = ended
	}
	r.Elapsed, r.Held = max(r.Elapsed, other.Elapsed), max(r.Held, other.Held)
	r.Ended = union(r.Ended, other.Ended)
	r.Interrupted = r.Interrupted || other.Interrupted
	r.Marks.add(&r.Counts, &other.Marks, &other.Counts)
	r.Counts.add(&other.Counts)
	r.WarmUp.add(&other.WarmUp)
	r.Latency.add(&other.Latency)
	r.Failures = sum(r.Failures, other.Failures)
	r.WarmUpFailures = sum(r.WarmUpFailures, other.WarmUpFailures)
	r.Drops = sum(r.Drops, other.Drops)
	r.Wrongs = sum(r.Wrongs, other.Wrongs)
	addTo(r.Subprotocols, other.Subprotocols)
	addTo(r.Extensions, other.Extensions)
	addTo(r.CloseCodes, other.CloseCodes)
	r.Series.add(&other.Series)
	if s := other.Server; s != nil {
		if r.Server == nil {
			r.Server = &Server{Closes: map[uint16]int64{}}
		}
		r.Server.Opened += s.Opened
		r.Server.Refused += s.Refused
		r.Server.Peak += s.Peak
		r.Server.Messages += s.Messages
		r.Server.Pings += s.Pings
		addTo(r.Server.Closes, s.Closes)
	}
}

// merge puts what may differ in one plan side by side.
func (s *Settings) merge(other *Settings) {
	s.URL, s.Engine = union(s.URL, other.URL), union(s.Engine, other.Engine)
	s.Storm, s.Machine = union(s.Storm, other.Storm), union(s.Machine, other.Machine)
	for _, v := range other.Values {
		if i := slices.IndexFunc(s.Values, func(x Setting) bool { return x.Name == v.Name }); i >= 0 {
			s.Values[i].Value = union(s.Values[i].Value, v.Value)
		} else {
			s.Values = append(s.Values, v)
		}
	}
}

const separator = " | "

// union puts two lists together, without what is empty or there twice.
func union(a, b string) string {
	all := append(strings.Split(a, separator), strings.Split(b, separator)...)
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
	return strings.Join(all, separator)
}

// difference says in words what differs between two plans.
func difference(a, b *Settings) string {
	values := func(s *Settings) map[string]string {
		m := map[string]string{"URL": s.URL}
		for _, v := range s.Values {
			m[v.Name] = v.Value
		}
		return m
	}
	before, after := values(a), values(b)
	names := []string{"URL"}
	for _, v := range slices.Concat(a.Values, b.Values) {
		names = append(names, v.Name)
	}
	for _, name := range names {
		x, in := before[name]
		y, too := after[name]
		switch {
		case !too && in:
			return fmt.Sprintf("%s is not set, but %s in the first", name, x)
		case too && !in:
			return fmt.Sprintf("%s is %s, but not set in the first", name, y)
		case x != y:
			return fmt.Sprintf("%s is %s, but %s in the first", name, y, x)
		}
	}
	return "what differs is not shown, a credential or the contents of a file"
}

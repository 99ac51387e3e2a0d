package measure

import (
	"sync"
	"time"
)

// LateAfter is how far behind its due time a connection may start, or a message
// be sent, before it counts as late: timers of ordinary systems stay well within it.
const LateAfter = 10 * time.Millisecond

// Config is what a Recorder knows of the run before it starts.
type Config struct {
	Settings Settings
	Start    time.Time // with its monotonic reading
	Shards   int

	// Planned is how many connections are due from the start on and before t. It
	// is nil in a closed model.
	Planned func(t time.Duration) int64
	// Total is how many are to be started in all; 0 if that is not known before.
	Total int64

	// WarmUp is how long a run takes until it counts: what began before is counted
	// apart, and in no histogram. A connection begins when it is due, a message as
	// well; a drop, a close and what nobody asked for when it happens.
	WarmUp time.Duration
}

// A Recorder collects what its Shards are told. Its methods may be called by any
// goroutine, while the Shards are written to.
type Recorder struct {
	config Config
	shards []*Shard

	mu      sync.Mutex // comes behind that of a Shard
	series  Series     // of the seconds that are over
	latency Latencies  // of them together
	last    Row        // of the last of them
	second  int64      // which that is
}

// NewRecorder returns a Recorder of a run that starts at c.Start.
func NewRecorder(c Config) *Recorder {
	r := &Recorder{config: c, second: -1}
	for range c.Shards {
		r.shards = append(r.shards, newShard(r))
	}
	return r
}

// Shard returns the Shard number i of Config.Shards, for one goroutine.
func (r *Recorder) Shard(i int) *Shard { return r.shards[i] }

// put adds what a Shard has of a second that is over.
func (r *Recorder) put(second int64, row *Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.series.at(second).add(row)
	r.latency.add(&row.Latency)
	if second > r.second {
		r.second, r.last = second, Row{}
	}
	if second == r.second {
		r.last.add(row)
	}
}

// Live is how a run stands.
type Live struct {
	Elapsed time.Duration
	Counts  Counts // so far, those of the warm-up among them
	Last    Row    // the last second that is over
	// Handshake and Message are of the whole run so far, but for this second.
	Handshake, Message *Histogram
}

// Live says how the run stands.
func (r *Recorder) Live(now time.Time) *Live {
	l := &Live{Elapsed: max(now.Sub(r.config.Start), 0)}
	for _, s := range r.shards {
		s.enter(now)
		l.Counts.add(&s.counts)
		l.Counts.add(&s.warmUp)
		s.mu.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	last := l.Elapsed.Truncate(time.Second) - time.Second
	if r.second >= int64(last/time.Second) {
		l.Last = r.last.clone()
	}
	l.Last.Open = l.Counts.Open()
	l.Last.Counts.Planned = r.due(last, last+time.Second)
	l.Counts.Planned = r.planned(l.Elapsed, l.Counts.Started)
	l.Handshake, l.Message = r.latency[Handshake].OK.clone(), r.latency[Message].OK.clone()
	return l
}

// due is how many connections are due between two times; in a closed model none
// are.
func (r *Recorder) due(from, to time.Duration) int64 {
	if r.config.Planned == nil || from < 0 {
		return 0
	}
	return r.config.Planned(to) - r.config.Planned(from)
}

// planned is how many there are to be in all; if there is no end to them, until t.
func (r *Recorder) planned(t time.Duration, started int64) int64 {
	switch {
	case r.config.Total > 0:
		return r.config.Total
	case r.config.Planned != nil:
		return max(r.config.Planned(t), started)
	}
	return started
}

// Due is how many connections are due at now, without those of the warm-up; not ok
// in a closed model.
func (r *Recorder) Due(now time.Time) (n int64, ok bool) {
	if r.config.Planned == nil {
		return 0, false
	}
	return max(r.config.Planned(now.Sub(r.config.Start))-r.config.Planned(r.config.WarmUp), 0), true
}

// Result returns what was measured until e.At. It may be called while the run
// goes on, to look at it, and goes on then.
func (r *Recorder) Result(e End) *Result {
	res := r.result(e)
	r.mu.Lock()
	defer r.mu.Unlock()
	res.Latency, res.Series = *r.latency.clone(), r.series.clone()
	r.planRows(&res.Series, res.Elapsed)
	return res
}

// Totals is Result without its Series, which may be long: for those who look often.
func (r *Recorder) Totals(now time.Time) *Result {
	res := r.result(End{At: now})
	r.mu.Lock()
	defer r.mu.Unlock()
	res.Latency = *r.latency.clone()
	return res
}

// result is a Result without what r itself has.
func (r *Recorder) result(e End) *Result {
	res := &Result{
		Version: Version, Settings: r.config.Settings, Runs: 1,
		Started: r.config.Start.UTC().Round(0), Elapsed: max(e.At.Sub(r.config.Start), 0), Held: e.Held,
		Ended: e.Why, Interrupted: e.Interrupted, Server: e.Server,
		Subprotocols: map[string]int64{}, Extensions: map[string]int64{}, CloseCodes: map[uint16]int64{},
	}
	for _, s := range r.shards {
		s.enter(e.At)
		s.result(res)
		s.mu.Unlock()
	}
	r.plan(res)
	return res
}

// planRows fills s up, and says in its rows how many connections were planned.
func (r *Recorder) planRows(s *Series, elapsed time.Duration) {
	s.at(int64(max(elapsed-1, 0) / time.Second))
	for i := range s.Rows {
		row := time.Duration(s.seconds()) * time.Second
		first := time.Duration(i) * row
		s.Rows[i].Counts.Planned = r.due(first, min(first+row, elapsed))
	}
	s.count()
}

// plan says in res how many connections were planned.
func (r *Recorder) plan(res *Result) {
	c, w := &res.Counts, &res.WarmUp
	all := r.planned(res.Elapsed, c.Started+w.Started)
	w.Planned = w.Started
	if r.config.Planned != nil && r.config.WarmUp > 0 {
		w.Planned = max(r.config.Planned(r.config.WarmUp), w.Started)
	}
	w.Planned = min(w.Planned, all)
	c.Planned = all - w.Planned
	for _, c := range []*Counts{c, w} {
		c.NotStarted = c.Planned - c.Started
		c.Unanswered = r.config.Settings.awaited(c) - c.Answered - c.Wrong
	}
}

// result adds what s has to res. The second that is not over goes to the Recorder
// as well, which takes it in parts.
func (s *Shard) result(res *Result) {
	if s.interval.filled {
		s.recorder.put(s.interval.second, s.interval.take())
	}
	res.Marks.add(&res.Counts, &s.marks, &s.counts)
	res.Counts.add(&s.counts)
	res.WarmUp.add(&s.warmUp)
	res.Failures = sum(res.Failures, s.failures.reasons())
	res.WarmUpFailures = sum(res.WarmUpFailures, s.warmUpFailures.reasons())
	res.Drops = sum(res.Drops, s.drops.reasons())
	res.Wrongs = sum(res.Wrongs, s.wrongs.reasons())
	addTo(res.Subprotocols, s.subprotocols)
	addTo(res.Extensions, s.extensions)
	addTo(res.CloseCodes, s.closeCodes)
}

func addTo[K comparable](to, from map[K]int64) {
	for name, n := range from {
		to[name] += n
	}
}

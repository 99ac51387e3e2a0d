package measure

import (
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/session/dial"
)

// A Shard is told what happens, by one goroutine, in the order of time. Its lock
// is free but for the moments in which the Recorder is read. The functions that
// make an Example are called only for the first of a reason.
type Shard struct {
	recorder *Recorder

	mu       sync.Mutex
	interval interval
	counts   Counts // behind the warm-up
	warmUp   Counts
	marks    Marks

	failures, drops, wrongs  tally
	warmUpFailures           tally
	subprotocols, extensions map[string]int64
	closeCodes               map[uint16]int64
}

func newShard(r *Recorder) *Shard {
	return &Shard{
		recorder: r,
		failures: tally{}, drops: tally{}, wrongs: tally{}, warmUpFailures: tally{},
		subprotocols: map[string]int64{}, extensions: map[string]int64{},
		closeCodes: map[uint16]int64{},
	}
}

// enter locks s, and begins another second if at is in one. The earlier ones go
// to the Recorder.
func (s *Shard) enter(at time.Time) {
	s.mu.Lock()
	second := int64(s.since(at) / time.Second)
	if second <= s.interval.second {
		return
	}
	if s.interval.filled {
		s.recorder.put(s.interval.second, s.interval.take())
	}
	s.interval.second = second
}

func (s *Shard) since(t time.Time) time.Duration { return max(t.Sub(s.recorder.config.Start), 0) }

// count has add change the counts that something belongs to that began at begin,
// and reports whether that was behind the warm-up.
func (s *Shard) count(begin time.Time, add func(c *Counts)) (counts bool) {
	s.interval.filled = true
	add(&s.interval.counts)
	if s.since(begin) < s.recorder.config.WarmUp {
		add(&s.warmUp)
		return false
	}
	add(&s.counts)
	return true
}

// An Attempt is the opening of one connection.
type Attempt struct {
	Due   time.Time // when it was to start; in a closed model, when it did
	Again bool      // after a drop
}

// Wait is what an Attempt or a message had to wait for.
type Wait uint8

const (
	ForStorm   Wait = iota // itself: it had other things to do
	ForLimit               // of those in flight, be it only for those before it
	ForMachine             // others had the processors
)

// count counts one that is late.
func (w Wait) count(late, forLimit, forMachine *int64) {
	*late++
	switch w {
	case ForLimit:
		*forLimit++
	case ForMachine:
		*forMachine++
	}
}

// Start: the attempt begins. If it is late, that is due to w.
func (s *Shard) Start(at time.Time, a Attempt, w Wait) {
	s.enter(at)
	defer s.mu.Unlock()
	if a.Again {
		s.count(a.Due, func(c *Counts) { c.Reconnect.Started++ })
		return
	}
	delay := at.Sub(a.Due)
	if s.count(a.Due, func(c *Counts) {
		c.Started++
		if delay > LateAfter {
			w.count(&c.Late, &c.LateForLimit, &c.LateForMachine)
		}
	}) {
		s.interval.record(Delay, ok, delay)
		s.marks.start(s.since(at), s.counts.Started == 1)
	}
}

// Open: the handshake has succeeded, at t.Done. The subprotocol is the one that
// the server chose, "" for none, and the extensions are those of the offers that
// it chose.
func (s *Shard) Open(a Attempt, t *dial.Timing, subprotocol string, extensions []string) {
	s.enter(t.Done)
	defer s.mu.Unlock()
	if !s.count(a.Due, func(c *Counts) {
		if a.Again {
			c.Reconnect.Opened++
		} else {
			c.Opened++
		}
	}) {
		return
	}
	s.opening(t.Done, a)
	s.interval.record(Handshake, ok, t.Done.Sub(a.Due))
	s.interval.record(Service, ok, t.Done.Sub(t.Start))
	s.parts(t)
	s.interval.record(Upgrade, ok, t.Done.Sub(t.Written))
	if subprotocol != "" {
		s.subprotocols[subprotocol]++
	}
	for _, x := range extensions {
		s.extensions[x]++
	}
}

// parts records those parts of an opening that succeeded, but for Upgrade. It
// returns the end of the last.
func (s *Shard) parts(t *dial.Timing) (end time.Time) {
	end = t.Start
	for _, part := range []struct {
		phase Phase
		done  time.Time
	}{{DNS, t.DNSDone}, {Connect, t.Connected}, {TLS, t.TLSDone}} {
		if part.done.IsZero() {
			continue
		}
		s.interval.record(part.phase, ok, part.done.Sub(end))
		end = part.done
	}
	return end
}

// opening notes that an attempt is over.
func (s *Shard) opening(at time.Time, a Attempt) {
	if !a.Again {
		s.marks.LastOpening = max(s.marks.LastOpening, s.since(at))
	}
}

// Failure is a connection that did not open.
type Failure struct {
	Phase   Phase // in which it failed: DNS, Connect, TLS or Upgrade
	Reason  string
	Timing  dial.Timing // as far as it went
	Example func() Example
}

// Fail: the connection will not open.
func (s *Shard) Fail(at time.Time, a Attempt, f *Failure) {
	s.enter(at)
	defer s.mu.Unlock()
	if !s.count(a.Due, func(c *Counts) {
		if a.Again {
			c.Reconnect.Failed++
		} else {
			c.Failed++
		}
	}) {
		s.warmUpFailures.count(f.Reason, s.since(at), f.Example)
		return
	}
	s.opening(at, a)
	s.failures.count(f.Reason, s.since(at), f.Example)
	s.interval.record(Handshake, failed, at.Sub(a.Due))
	if f.Timing.Start.IsZero() {
		return
	}
	s.interval.record(Service, failed, at.Sub(f.Timing.Start))
	end := s.parts(&f.Timing)
	if !f.Timing.Written.IsZero() {
		end = f.Timing.Written
	}
	s.interval.record(f.Phase, failed, at.Sub(end))
}

// CutOff: the run ended while the connection was being opened.
func (s *Shard) CutOff(at time.Time, a Attempt) {
	s.enter(at)
	defer s.mu.Unlock()
	if s.count(a.Due, func(c *Counts) {
		if a.Again {
			c.Reconnect.CutOff++
		} else {
			c.CutOff++
		}
	}) {
		s.opening(at, a)
	}
}

package measure

import (
	"errors"
	"fmt"
	"time"
)

// A Result is what a run has measured. It is not changed once it is made.
type Result struct {
	Version  int      `json:"version"` // of this format: Version
	Settings Settings `json:"settings"`
	Runs     int      `json:"runs"` // how many were merged; 1 for one

	Started     time.Time     `json:"started"`               // of the first
	LastStarted time.Time     `json:"last_started,omitzero"` // of those that were merged; zero for one
	FirstEnded  time.Time     `json:"first_ended,omitzero"`  // of those that were merged; zero for one
	Elapsed     time.Duration `json:"elapsed_ns"`            // of the longest
	Held        time.Duration `json:"held_ns"`               // after the last was opened
	Ended       string        `json:"ended"`                 // why, in words; "" if as planned
	Interrupted bool          `json:"interrupted"`

	Counts Counts `json:"counts"`
	Marks  Marks  `json:"marks"`
	// WarmUp is of what began in the warm-up, and in none of the other figures, and
	// WarmUpFailures of the handshakes among that.
	WarmUp         Counts  `json:"warm_up"`
	WarmUpFailures Reasons `json:"warm_up_failures"`

	Latency Latencies `json:"latency_ns"`

	Failures Reasons `json:"failures"` // of handshakes
	Drops    Reasons `json:"drops"`
	Wrongs   Reasons `json:"wrong_replies"`

	Subprotocols map[string]int64 `json:"subprotocols"` // that servers chose
	Extensions   map[string]int64 `json:"extensions"`
	CloseCodes   map[uint16]int64 `json:"close_codes"` // of the servers

	Series Series  `json:"series"`
	Server *Server `json:"server,omitempty"` // nil without the embedded server
}

// Version is that of the format that this package writes, and reads.
const Version = 1

// Settings are the plan, for people and for Merge.
type Settings struct {
	URL    string    `json:"url"`    // without userinfo and query
	Engine string    `json:"engine"` // that ran
	Digest string    `json:"digest"` // of what must be the same in results that are merged
	Values []Setting `json:"values"` // credentials masked
	// Storm is the version that ran, and Machine what it ran on.
	Storm   string `json:"storm"`
	Machine string `json:"machine"`
	// Rate is the planned one of each run, in connections a second, when it is
	// constant; else 0. Hold is how long connections were to be held.
	Rate   float64       `json:"rate"`
	Hold   time.Duration `json:"hold_ns"`
	WarmUp time.Duration `json:"warm_up_ns"`
	// NoReply is that no message was to be answered.
	NoReply bool `json:"no_reply"`
}

// awaited is how many of the messages that c counts were to be answered.
func (s *Settings) awaited(c *Counts) int64 {
	if s.NoReply {
		return 0
	}
	return c.Sent
}

// Setting is one flag and what it was set to.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Server is what the embedded server has counted.
type Server struct {
	Opened   int64            `json:"opened"`
	Refused  int64            `json:"refused"`  // handshakes
	Peak     int64            `json:"peak"`     // most open at once; of merged results, at most that many
	Messages int64            `json:"messages"` // sent back
	Pings    int64            `json:"pings"`    // answered
	Closes   map[uint16]int64 `json:"closes"`   // how storm's connections ended, 1006 without a close
}

// End says when a run ended, and why.
type End struct {
	At          time.Time
	Why         string // "" if as planned
	Interrupted bool
	Held        time.Duration
	Server      *Server
}

// Marks are instants of a run, of what began behind the warm-up. They are 0 if
// what they mark never was.
type Marks struct {
	FirstStart  time.Duration `json:"first_start_ns"`
	LastStart   time.Duration `json:"last_start_ns"`
	LastOpening time.Duration `json:"last_opening_ns"` // the last opened, failed, or was cut off
	FirstSent   time.Duration `json:"first_sent_ns"`   // message
	LastReply   time.Duration `json:"last_reply_ns"`   // or message, if no reply was awaited
}

func (m *Marks) start(at time.Duration, first bool) {
	if first || at < m.FirstStart {
		m.FirstStart = at
	}
	m.LastStart = max(m.LastStart, at)
}

func (m *Marks) send(at time.Duration, first bool) {
	if first || at < m.FirstSent {
		m.FirstSent = at
	}
}

// add adds those of others; c and d are what was counted with m and with other.
func (m *Marks) add(c *Counts, other *Marks, d *Counts) {
	if d.Started > 0 {
		m.start(other.FirstStart, c.Started == 0)
	}
	if d.Sent > 0 {
		m.send(other.FirstSent, c.Sent == 0)
	}
	m.LastStart = max(m.LastStart, other.LastStart)
	m.LastOpening = max(m.LastOpening, other.LastOpening)
	m.LastReply = max(m.LastReply, other.LastReply)
}

// Apart is how long after the end of one of the runs another began, by the clocks of
// their machines; 0 if there was a time at which all of them went on.
func (r *Result) Apart() time.Duration {
	began, ended := r.common()
	return max(began.Sub(ended), 0)
}

// common is when the last of the runs began, and when the first of them ended.
func (r *Result) common() (began, ended time.Time) {
	if r.LastStarted.IsZero() {
		return r.Started, r.Started.Add(r.Elapsed)
	}
	return r.LastStarted, r.FirstEnded
}

// Opening is how long the opening took, from the first start on, 0 if there was
// none.
func (r *Result) Opening() time.Duration { return max(r.Marks.LastOpening-r.Marks.FirstStart, 0) }

// OpeningRate is how many connections a second were opened, 0 for fewer than two of
// a run.
func (r *Result) OpeningRate() float64 { return r.perSecond(r.Counts.Opened, r.Opening()) }

// Reached is how many connections a second were started in fact, 0 for fewer than
// two of a run.
func (r *Result) Reached() float64 {
	return r.perSecond(r.Counts.Started, r.Marks.LastStart-r.Marks.FirstStart)
}

// perSecond is the rate of n connections, the last of which was span behind the
// first: but for the first of each run all of them in span, so that what is at the
// planned rate is not above it.
func (r *Result) perSecond(n int64, span time.Duration) float64 {
	if n -= int64(r.Runs); n < 1 || span <= 0 {
		return 0
	}
	return float64(n) / span.Seconds()
}

// Droppable is how many connections there were to be dropped behind the warm-up: those
// that were opened behind it, and those that were open at its end.
func (r *Result) Droppable() int64 {
	return r.Counts.Opened + r.Counts.Reconnect.Opened + max(r.WarmUp.Open(), 0)
}

// Exchanging is how long messages were exchanged, 0 if there were none.
func (r *Result) Exchanging() time.Duration { return max(r.Marks.LastReply-r.Marks.FirstSent, 0) }

// Awaited is how many of the messages sent were to be answered.
func (r *Result) Awaited() int64 { return r.Settings.awaited(&r.Counts) }

// MessageRate is how many messages a second were answered, or, if no reply was awaited,
// sent. It is 0 if there were none.
func (r *Result) MessageRate() float64 {
	n := r.Counts.Answered
	if r.Settings.NoReply {
		n = r.Counts.Sent
	}
	if took := r.Exchanging(); took > 0 {
		return float64(n) / took.Seconds()
	}
	return 0
}

// Share is n of the connections that were started and have opened or failed, 0 to
// 1; ok is false if there were none.
func (r *Result) Share(n int64) (share float64, ok bool) {
	of := r.Counts.Opened + r.Counts.Failed
	if of == 0 {
		return 0, false
	}
	return float64(n) / float64(of), true
}

// Check returns an error if the result of a run that is over does not add up.
func (r *Result) Check() error {
	c, w := &r.Counts, &r.WarmUp
	if !c.sound() || !w.sound() {
		return errors.New("a count is negative or too large")
	}
	if err := errors.Join(c.balance(r.Settings.awaited(c)), w.balance(r.Settings.awaited(w))); err != nil {
		return err
	}
	all := c.Plus(*w)
	failed, replied := c.Failed+c.Reconnect.Failed, r.Latency[Message].OK.Count()
	for _, same := range []struct {
		a, b string
		x, y int64
	}{
		{"opened", "dropped and closed", all.Opened + all.Reconnect.Opened, all.Dropped + all.Closed},
		{"opened", "timed", c.Opened + c.Reconnect.Opened, r.Latency[Handshake].OK.Count()},
		{"failed", "timed", failed, r.Latency[Handshake].Failed.Count()},
		{"failed", "with a reason", failed, r.Failures.Total()},
		{"dropped", "with a reason", c.Dropped, r.Drops.Total()},
		{"wrong", "with a reason", c.Wrong, r.Wrongs.Total()},
		{"answered", "timed", c.Answered, replied},
		{"wrong", "timed", c.Wrong, r.Latency[Message].Failed.Count()},
	} {
		if same.x != same.y {
			return fmt.Errorf("%d %s, %d %s", same.x, same.a, same.y, same.b)
		}
	}
	return r.Series.check()
}

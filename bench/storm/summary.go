package main

import (
	"encoding/json"
	"io"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A summary is what a run has measured, as the JSON report has it. The counts
// are of connections: n = opened + failed + cut_off + not_started.
type summary struct {
	URL         string  `json:"url"` // without userinfo and query
	Engine      string  `json:"engine"`
	N           int     `json:"n"`
	C           int     `json:"c"`    // 0: no limit
	Rate        float64 `json:"rate"` // 0: as fast as c allows
	TimeoutS    float64 `json:"timeout_s"`
	HoldS       float64 `json:"hold_s"` // as planned
	HeldS       float64 `json:"held_s"` // in fact, less if interrupted or all were dropped
	Interrupted bool    `json:"interrupted"`

	ElapsedS   float64 `json:"elapsed_s"` // of the opening
	Opened     int     `json:"opened"`
	Failed     int     `json:"failed"`
	CutOff     int     `json:"cut_off"` // in flight when interrupted
	NotStarted int     `json:"not_started"`
	Reached    float64 `json:"reached_rate"` // arrivals a second in fact; 0 without a rate
	Late       int     `json:"late"`         // of the started
	LateForC   int     `json:"late_for_c"`   // of the late, that waited for c; the others for storm itself
	Dropped    int     `json:"dropped"`      // of the opened

	Failures     map[string]int    `json:"failures"` // by reason, as are drops and examples
	Drops        map[string]int    `json:"drops"`
	Examples     map[string]string `json:"examples"`
	Subprotocols map[string]int    `json:"subprotocols"`
	Extensions   map[string]int    `json:"extensions"`

	Handshake *latency `json:"handshake_us"` // of the opened; nil if there are none
	Upgrade   *latency `json:"upgrade_us"`
	Intended  *latency `json:"intended_us"` // nil without a rate

	Messages     int            `json:"messages"` // sent
	Answered     int            `json:"answered"` // of them
	WrongReplies int            `json:"wrong_replies"`
	Wrongs       map[string]int `json:"wrongs"`         // by reason
	OctetsOut    int64          `json:"octets_out"`     // of the messages sent
	OctetsIn     int64          `json:"octets_in"`      // of the replies
	ExchangedS   float64        `json:"exchanged_s"`    // from the first message to the last reply
	Message      *latency       `json:"message_us"`     // from the write to the reply; nil without replies
	MessageDue   *latency       `json:"message_due_us"` // from when it was due; nil without a rate
	Ping         *latency       `json:"ping_us"`

	Server *serverCounts `json:"server"` // nil without the embedded server
}

// latency is in microseconds.
type latency struct {
	P50  int64 `json:"p50"`
	P90  int64 `json:"p90"`
	P99  int64 `json:"p99"`
	P999 int64 `json:"p999"`
	Max  int64 `json:"max"`
}

func newLatency(h *hdrhistogram.Histogram) *latency {
	if h.TotalCount() == 0 {
		return nil
	}
	return &latency{
		P50:  h.ValueAtQuantile(50),
		P90:  h.ValueAtQuantile(90),
		P99:  h.ValueAtQuantile(99),
		P999: h.ValueAtQuantile(99.9),
		Max:  h.Max(),
	}
}

// summary is taken when the run is over: it shares the maps.
func (r *run) summary(interrupted bool) *summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &summary{
		URL: r.plan.show, Engine: r.engine.name(),
		N: r.plan.n, C: r.plan.c, Rate: r.plan.rate,
		TimeoutS: r.plan.timeout.Seconds(), HoldS: r.plan.hold.Seconds(), HeldS: r.held.Seconds(),
		Interrupted: interrupted,

		ElapsedS: r.opening.Seconds(),
		Opened:   r.opened, Failed: r.failed, CutOff: r.cutOff, NotStarted: r.plan.n - r.started,
		Reached: r.reached(), Late: r.late, LateForC: r.lateForC, Dropped: r.dropped,
		Failures: r.failures, Drops: r.drops, Examples: r.examples,
		Subprotocols: r.subprotocols, Extensions: r.extensions,
		Handshake: newLatency(r.handshake), Upgrade: newLatency(r.upgrade), Intended: newLatency(r.intended),

		Messages: r.sentMessages, Answered: r.answered, WrongReplies: r.wrongReplies, Wrongs: r.wrongs,
		OctetsOut: r.octetsOut, OctetsIn: r.octetsIn, ExchangedS: r.lastAnswer.Sub(r.firstSent).Seconds(),
		Message: newLatency(r.roundTrip), MessageDue: newLatency(r.intendedTrip), Ping: newLatency(r.pings),
	}
}

// reached is the rate of the arrivals.
func (r *run) reached() float64 {
	if r.plan.rate == 0 || r.last == 0 {
		return 0
	}
	return float64(r.started-1) / r.last.Seconds()
}

// status is the exit status of a run that was not interrupted. A connection that
// opens is to stay open until the end of the run.
func (s *summary) status() int {
	if s.Failed > 0 || s.Dropped > 0 || s.WrongReplies > 0 {
		return exitFailed
	}
	return 0
}

func (s *summary) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

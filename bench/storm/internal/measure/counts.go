package measure

import (
	"fmt"
)

// Counts are of connections unless said otherwise. When a run is over
//
//	Planned = Started + NotStarted
//	Started = Opened + Failed + CutOff
//	Reconnect.Started = Reconnect.Opened + Reconnect.Failed + Reconnect.CutOff
//	Sent = Answered + Wrong + Unanswered, if replies were awaited
//
// and, with those of the warm-up added,
//
//	Opened + Reconnect.Opened = Dropped + Closed
//
// While it goes on, what is missing is in flight.
type Counts struct {
	Planned    int64 `json:"planned"` // arrivals
	Started    int64 `json:"started"` // of the planned
	Opened     int64 `json:"opened"`  // of the started
	Failed     int64 `json:"failed"`
	CutOff     int64 `json:"cut_off"` // the run ended while they were being opened
	NotStarted int64 `json:"not_started"`

	Late           int64 `json:"late"`             // of the started, by more than LateAfter
	LateForLimit   int64 `json:"late_for_limit"`   // of the late, those that waited for the limit of connections in flight
	LateForMachine int64 `json:"late_for_machine"` // those for a processor of this machine; the others waited for storm itself

	Reconnect Attempts `json:"reconnect"` // after a drop

	Dropped int64 `json:"dropped"` // were open, and ended otherwise than planned
	Closed  int64 `json:"closed"`  // were open, and closed by storm
	Unclean int64 `json:"unclean"` // of the closed, without a close from the server

	Sent               int64 `json:"sent"`                  // messages, as are those below
	SentLate           int64 `json:"sent_late"`             // by more than LateAfter
	SentLateForLimit   int64 `json:"sent_late_for_limit"`   // of the late, those that were held back by those before them
	SentLateForMachine int64 `json:"sent_late_for_machine"` // those for a processor of this machine; the others waited for storm itself
	// NotSent were due, but held back until the run was over or the connection ended;
	// of a number of messages for each connection, it is all that were left then.
	NotSent int64 `json:"not_sent"`

	Answered   int64 `json:"answered"`
	Wrong      int64 `json:"wrong"`      // with a reply other than the expected one
	Unanswered int64 `json:"unanswered"` // when the run was over or the connection ended, if replies were awaited
	Unasked    int64 `json:"unasked"`    // from the server, replies to nothing

	OctetsOut int64 `json:"octets_out"` // of the messages sent
	OctetsIn  int64 `json:"octets_in"`  // of the messages received

	Pings int64 `json:"pings"`
	Pongs int64 `json:"pongs"` // answers to pings
}

// Attempts are of connections that were opened again.
type Attempts struct {
	Started int64 `json:"started"`
	Opened  int64 `json:"opened"`
	Failed  int64 `json:"failed"`
	CutOff  int64 `json:"cut_off"`
}

// InFlight is how many are being opened.
func (c *Counts) InFlight() int64 {
	return c.Started - c.Opened - c.Failed - c.CutOff +
		c.Reconnect.Started - c.Reconnect.Opened - c.Reconnect.Failed - c.Reconnect.CutOff
}

// Open is how many are open, if c counts from the start on.
func (c *Counts) Open() int64 { return c.Opened + c.Reconnect.Opened - c.Dropped - c.Closed }

// fields are all of them.
func (c *Counts) fields() [29]*int64 {
	return [...]*int64{
		&c.Planned, &c.Started, &c.Opened, &c.Failed, &c.CutOff, &c.NotStarted,
		&c.Late, &c.LateForLimit, &c.LateForMachine,
		&c.Reconnect.Started, &c.Reconnect.Opened, &c.Reconnect.Failed, &c.Reconnect.CutOff,
		&c.Dropped, &c.Closed, &c.Unclean,
		&c.Sent, &c.SentLate, &c.SentLateForLimit, &c.SentLateForMachine, &c.NotSent,
		&c.Answered, &c.Wrong, &c.Unanswered, &c.Unasked, &c.OctetsOut, &c.OctetsIn,
		&c.Pings, &c.Pongs,
	}
}

func (c *Counts) add(other *Counts) {
	to := c.fields()
	for i, n := range other.fields() {
		*to[i] += *n
	}
}

// Plus returns the sum of both.
func (c Counts) Plus(other Counts) Counts {
	c.add(&other)
	return c
}

// maxCount keeps sums of counts that were read from somewhere within an int64,
// and each of them exact in all that reads JSON.
const maxCount = 1 << 53

func (c *Counts) sound() bool {
	for _, n := range c.fields() {
		if *n < 0 || *n > maxCount {
			return false
		}
	}
	return true
}

// balance returns an error if the counts of a run that is over do not add up. awaited
// is how many of the messages were to be answered.
func (c *Counts) balance(awaited int64) error {
	for _, sum := range []struct {
		what        string
		whole, part int64
	}{
		{"planned", c.Planned, c.Started + c.NotStarted},
		{"started", c.Started, c.Opened + c.Failed + c.CutOff},
		{"reconnect.started", c.Reconnect.Started, c.Reconnect.Opened + c.Reconnect.Failed + c.Reconnect.CutOff},
		{"sent", awaited, c.Answered + c.Wrong + c.Unanswered},
	} {
		if sum.whole != sum.part {
			return fmt.Errorf("%s is %d, its parts are %d", sum.what, sum.whole, sum.part)
		}
	}
	return nil
}

// Package report shows a measure.Result to people and to programs.
//
//	report.go     Report, and what all of its forms say in the same words
//	text.go       the summary for a terminal
//	json.go       all there is, for programs and storm merge
//	csv.go        a row for every second
//	page.go       one page of HTML, with page.html and page.css
//	headline.go   what stands first on it
//	plots.go      its plots of percentiles
//	timeline.go   its plots over time
//	tables.go     its tables
//	troubles.go   what went wrong, on it
//	bench.go      Go's benchmark format
//	hdr.go        the log format of HdrHistogram
//	live.go       how a run stands while it goes on, drawn by frame.go
//	terminal.go   and where that is shown
//	file.go       files that appear whole
package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/threshold"
)

// A Report is a result and what the thresholds say of it.
type Report struct {
	*measure.Result
	Thresholds []threshold.Outcome `json:"thresholds"`
}

// about says what is timed, for people.
var about = [measure.NumPhases]string{
	measure.Handshake:      "planned to open",
	measure.Service:        "dial to open",
	measure.Delay:          "planned to dial",
	measure.DNS:            "lookup",
	measure.Connect:        "TCP connect",
	measure.TLS:            "TLS handshake",
	measure.Upgrade:        "request to verdict",
	measure.FirstMessage:   "open to arrival",
	measure.Message:        "due to reply",
	measure.MessageService: "write to reply",
	measure.Ping:           "ping to pong",
}

// percentiles are those that every form shows.
var percentiles = []struct {
	name string
	q    float64
}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}}

// lateShare is the share of late connections or messages from which on the rate
// counts as not kept.
const lateShare = 0.01

// warnings says in sentences what a reader has to know about the figures.
func (r *Report) warnings() []string {
	var all []string
	c := &r.Counts
	if r.WarmUp.Started > 0 && c.Started == 0 {
		all = append(all, "All connections began within the warm-up: there are no figures of them.")
	}
	if own := c.Late - c.LateForLimit; many(own, c.Started) {
		all = append(all, fmt.Sprintf("The machine could not keep the rate: %s of the connections started more than %v late, at most by %s; %s. "+
			"A lower rate helps, or several machines and storm merge.",
			percent(own, c.Started), measure.LateAfter, short(r.Latency[measure.Delay].OK.Max()), why(own, c.LateForMachine)))
	}
	if many(c.LateForLimit, c.Started) {
		all = append(all, fmt.Sprintf("The limit in flight held %s of the connections back: the server opens them more slowly than planned, or the limit is too low.",
			percent(c.LateForLimit, c.Started)))
	}
	if own := c.SentLate - c.SentLateForLimit; many(own, c.Sent) {
		all = append(all, fmt.Sprintf("The machine could not keep the rate of messages: %s of them were sent more than %v late; %s. "+
			"A lower rate helps, or several machines and storm merge.",
			percent(own, c.Sent), measure.LateAfter, why(own, c.SentLateForMachine)))
	}
	if many(c.SentLateForLimit, c.Sent) {
		all = append(all, fmt.Sprintf("Of the messages, %s were held back, and sent more than %v late: the server reads or answers them more slowly than planned.",
			percent(c.SentLateForLimit, c.Sent), measure.LateAfter))
	}
	if left := missing(c); left != "" && c.Answered > 0 {
		all = append(all, left+". They have no latency: those of the others look better than what the plan asked for.")
	} else if left != "" {
		all = append(all, left+".")
	}
	if c.Unanswered > 0 && r.given("--message-rate") && !r.given("--echo-check") {
		all = append(all, "Replies are taken in the order of the messages: if one is lost, the latencies behind it are those of later replies. "+
			"With --echo-check, and {{seq}} in --payload, they are told apart.")
	}
	if c.Unasked > 0 && !r.Settings.NoReply {
		all = append(all, fmt.Sprintf("%s a reply to nothing. What comes is taken for the reply to the oldest message: with such among the replies, latencies are too short.",
			counted(c.Unasked, "message was", "messages were")))
	}
	if s := r.Server; s != nil {
		c := c.Plus(r.WarmUp)
		opened := c.Opened + c.Reconnect.Opened
		// What failed or was cut off here, the server may have opened.
		if s.Opened < opened || s.Opened > opened+c.Failed+c.CutOff+c.Reconnect.Failed+c.Reconnect.CutOff {
			all = append(all, fmt.Sprintf("The counts disagree: storm has opened %s, its server %d.", counted(opened, "connection", "connections"), s.Opened))
		}
	}
	if apart := r.Apart(); apart > 0 {
		all = append(all, fmt.Sprintf("The merged runs were not all at the same time: one began %s after another had ended. Rates, and what is open at once, are as though they had been.", short(apart)))
	}
	return all
}

// missing says how many messages have no latency.
func missing(c *measure.Counts) string {
	switch {
	case c.NotSent > 0 && c.Unanswered > 0:
		return fmt.Sprintf("%s not sent, and %d not answered", counted(c.NotSent, "message was", "messages were"), c.Unanswered)
	case c.NotSent > 0:
		return counted(c.NotSent, "message was", "messages were") + " not sent"
	case c.Unanswered > 0:
		return counted(c.Unanswered, "message was", "messages were") + " not answered"
	}
	return ""
}

// given reports whether a flag was.
func (r *Report) given(flag string) bool {
	return slices.ContainsFunc(r.Settings.Values, func(s measure.Setting) bool { return s.Name == flag })
}

// many reports whether so many are late that the rate was not kept.
func many(late, of int64) bool { return late > 0 && float64(late) >= lateShare*float64(of) }

// why is what those waited for that were late and not held back.
func why(late, forMachine int64) string {
	if forMachine > late/2 {
		return "others had its processors"
	}
	return "storm itself was too busy"
}

// failedAgain is how many failed that were dialled again, as it stands behind those that
// failed at first.
func (r *Report) failedAgain() string {
	if n := r.Counts.Reconnect.Failed; n > 0 {
		return fmt.Sprintf("; and %s to dial again", counted(n, "attempt", "attempts"))
	}
	return ""
}

// rate is the planned one of all runs together, 0 if it was not constant.
func (r *Report) rate() float64 { return r.Settings.Rate * float64(r.Runs) }

// settings are the plan in words but for its URL: "-n 100", "--rate 50", ...
func (r *Report) settings() []string {
	var all []string
	for _, s := range r.Settings.Values {
		if s.Name == "url" && s.Value == r.Settings.URL { // which is shown by itself
			continue
		}
		all = append(all, strings.TrimSpace(printable(s.Name+" "+s.Value)))
	}
	if r.Runs > 1 {
		all = append(all, fmt.Sprintf("%d runs merged", r.Runs))
	}
	return append(all, "engine "+printable(r.Settings.Engine))
}

// counted is n with the word for it.
func counted[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func percent(n, of int64) string {
	if of == 0 {
		return "0%"
	}
	return strconv.FormatFloat(float64(n)/float64(of)*100, 'g', 3, 64) + "%"
}

// short is d in three digits.
func short(d time.Duration) string {
	step := time.Duration(1)
	for d/step >= 1000 {
		step *= 10
	}
	return d.Round(step).String()
}

// millis is d in milliseconds, to be read in a column.
func millis(d time.Duration) string { return strconv.FormatFloat(float64(d)/1e6, 'f', 3, 64) }

// seconds is d with milliseconds.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) + " s" }

// perSecond is a rate in as many digits as people read.
func perSecond(v float64) string {
	if v >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64)
}

// printable puts ? for what is no character to be seen: a terminal may take it
// for a command.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}

// Package metrics shows how a run stands to Prometheus, while it goes on.
//
//	metrics.go   what there is, read from the Recorder at each scrape
//	histogram.go a histogram for Prometheus
//	server.go    where it is scraped
//
// Metrics are those of the report, by the same names where Prometheus allows, and
// without the warm-up as there: when all is over, they are equal. Only what is open
// and in flight counts all.
package metrics

import (
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// Run is a run that is shown.
type Run struct {
	Recorder *measure.Recorder
	Start    time.Time
	Version  string // of storm
	URL      string // as a report shows it
	Engine   string
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("storm_"+name, help, labels, nil)
}

// counters are those that are one of the counts.
var counters = []struct {
	desc  *prometheus.Desc
	count func(*measure.Counts) int64
}{
	{describe("connections_started_total", "Connections that began."), func(c *measure.Counts) int64 { return c.Started }},
	{describe("connections_opened_total", "Connections that opened."), func(c *measure.Counts) int64 { return c.Opened }},
	{describe("connections_failed_total", "Connections that did not open."), func(c *measure.Counts) int64 { return c.Failed }},
	{describe("connections_dropped_total", "Connections that were open, and ended otherwise than planned."), func(c *measure.Counts) int64 { return c.Dropped }},
	{describe("connections_closed_total", "Connections that were open, and that storm closed."), func(c *measure.Counts) int64 { return c.Closed }},
	{describe("reconnects_started_total", "Connections that began again."), func(c *measure.Counts) int64 { return c.Reconnect.Started }},
	{describe("reconnects_opened_total", "Connections that opened again."), func(c *measure.Counts) int64 { return c.Reconnect.Opened }},
	{describe("reconnects_failed_total", "Connections that did not open again."), func(c *measure.Counts) int64 { return c.Reconnect.Failed }},
	{describe("messages_sent_total", "Messages that were sent."), func(c *measure.Counts) int64 { return c.Sent }},
	{describe("messages_not_sent_total", "Messages that were held back until the run was over or the connection ended, or left then."), func(c *measure.Counts) int64 { return c.NotSent }},
	{describe("messages_answered_total", "Messages whose reply came."), func(c *measure.Counts) int64 { return c.Answered }},
	{describe("messages_wrong_total", "Messages whose reply was another than expected."), func(c *measure.Counts) int64 { return c.Wrong }},
	{describe("messages_unasked_total", "Messages of servers that were a reply to nothing."), func(c *measure.Counts) int64 { return c.Unasked }},
	{describe("messages_sent_bytes_total", "Octets of the messages that were sent."), func(c *measure.Counts) int64 { return c.OctetsOut }},
	{describe("messages_received_bytes_total", "Octets of the messages that came."), func(c *measure.Counts) int64 { return c.OctetsIn }},
	{describe("pings_total", "Pings that were sent."), func(c *measure.Counts) int64 { return c.Pings }},
	{describe("pongs_total", "Pings that were answered."), func(c *measure.Counts) int64 { return c.Pongs }},
}

var (
	info     = describe("info", "The version of storm, what it connects to, and the engine. Always 1.", "version", "url", "engine")
	start    = describe("start_time_seconds", "When the run began, in seconds since 1970.")
	planned  = describe("connections_planned", "Connections of the whole run; if there is no end to them, until now.")
	open     = describe("connections_open", "Connections that are open.")
	inFlight = describe("connections_in_flight", "Connections that are being opened.")
	due      = describe("connections_due_total", "Connections that were due by the plan; there is none without a rate.")
	late     = describe("connections_late_total", "Connections that began more than 10 ms after they were due, by what they waited for.", "waited_for")
	sentLate = describe("messages_late_total", "Messages that were sent more than 10 ms after they were due, by what they waited for.", "waited_for")
	failures = describe("failures_total", "Connections that did not open, or not again, by reason.", "reason")
	drops    = describe("drops_total", "Connections that were dropped, by reason.", "reason")
	closes   = describe("server_closes_total", "Close frames of servers, by status; those of applications by their thousand.", "status")
)

// phases are what is timed: a histogram each.
var phases = [measure.NumPhases]*prometheus.Desc{
	measure.Handshake:      phase(measure.Handshake, "From when a connection was due until it was open or had failed."),
	measure.Service:        phase(measure.Service, "From the start of a dial until then."),
	measure.Delay:          phase(measure.Delay, "From when a connection was due to the start of its dial."),
	measure.DNS:            phase(measure.DNS, "Looking the name up."),
	measure.Connect:        phase(measure.Connect, "Connecting, by TCP and through a proxy."),
	measure.TLS:            phase(measure.TLS, "The handshake of TLS."),
	measure.Upgrade:        phase(measure.Upgrade, "From the request until its response was judged."),
	measure.FirstMessage:   phase(measure.FirstMessage, "From open to the first message of the server."),
	measure.Message:        phase(measure.Message, "From when a message was due until its reply was there."),
	measure.MessageService: phase(measure.MessageService, "From the write of a message until then."),
	measure.Ping:           phase(measure.Ping, "From ping to pong."),
}

func phase(p measure.Phase, help string) *prometheus.Desc {
	return describe(p.String()+"_duration_seconds", help, "outcome")
}

// Describe implements prometheus.Collector.
func (r *Run) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range counters {
		ch <- c.desc
	}
	for _, d := range phases {
		ch <- d
	}
	for _, d := range []*prometheus.Desc{info, start, planned, open, inFlight, due, late, sentLate, failures, drops, closes} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (r *Run) Collect(ch chan<- prometheus.Metric) {
	now := time.Now()
	res := r.Recorder.Totals(now)
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	counter := func(d *prometheus.Desc, n int64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	gauge(info, 1, r.Version, label(r.URL), r.Engine)
	gauge(start, float64(r.Start.UnixMilli())/1e3)
	all := res.Counts.Plus(res.WarmUp)
	gauge(planned, float64(res.Counts.Planned))
	gauge(open, float64(all.Open()))
	gauge(inFlight, float64(all.InFlight()))
	if n, ok := r.Recorder.Due(now); ok {
		counter(due, n)
	}
	c := &res.Counts
	for _, x := range counters {
		counter(x.desc, x.count(c))
	}
	for _, x := range []struct {
		desc                      *prometheus.Desc
		all, forLimit, forMachine int64
	}{{late, c.Late, c.LateForLimit, c.LateForMachine}, {sentLate, c.SentLate, c.SentLateForLimit, c.SentLateForMachine}} {
		counter(x.desc, x.forLimit, "limit")
		counter(x.desc, x.forMachine, "machine")
		counter(x.desc, x.all-x.forLimit-x.forMachine, "storm")
	}
	for _, f := range res.Failures {
		counter(failures, f.Count, label(f.Reason))
	}
	for _, d := range res.Drops {
		counter(drops, d.Count, label(d.Reason))
	}
	statuses := map[string]int64{}
	for status, n := range res.CloseCodes {
		statuses[statusLabel(status)] += n
	}
	for status, n := range statuses {
		counter(closes, n, status)
	}
	for p, latency := range res.Latency {
		for outcome, h := range map[string]*measure.Histogram{"ok": latency.OK, "failed": latency.Failed} {
			if h.Count() > 0 {
				ch <- newHistogram(phases[p], h, r.Start, outcome)
			}
		}
	}
}

// statusLabel keeps apart the statuses that RFC 6455 and its registry have: of the
// others, servers can make up thousands.
func statusLabel(status uint16) string {
	if status < 3000 {
		return strconv.Itoa(int(status))
	}
	return strconv.Itoa(int(status/1000)) + "xxx"
}

// label is text as the value of a label has to be.
func label(text string) string { return strings.ToValidUTF8(text, "?") }

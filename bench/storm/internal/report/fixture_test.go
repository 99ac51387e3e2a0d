package report

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/threshold"
)

const (
	us = time.Microsecond
	ms = time.Millisecond
	s  = time.Second
)

func timed(ok ...time.Duration) measure.Latency { return measure.Latency{OK: measure.Of(ok...)} }

// spread is n durations, most of them near from and the last of them to.
func spread(n int, from, to time.Duration) *measure.Histogram {
	var all []time.Duration
	for i := range n {
		x := float64(i) / float64(max(n-1, 1))
		all = append(all, from+time.Duration(float64(to-from)*x*x*x*x))
	}
	return measure.Of(all...)
}

// everything has something of all there is.
var everything = &Report{
	Result: &measure.Result{
		Version: measure.Version,
		Settings: measure.Settings{
			URL: "wss://host.example/chat", Engine: "loop", Digest: "d1ge57",
			Values: []measure.Setting{{Name: "-n", Value: "100"}, {Name: "--rate", Value: "50/s"}, {Name: "--hold", Value: "1.5s"},
				{Name: "--header", Value: "Authorization: ***"}, {Name: "--subprotocol", Value: "mqtt"}, {Name: "--messages", Value: "9"}},
			Rate: 50, Hold: 1500 * ms, WarmUp: s,
			Storm: "v0.1.0, go1.26.0", Machine: "linux/amd64, 2 processors",
		},
		Runs: 1, Started: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		Elapsed: 3500 * ms, Held: 250 * ms, Ended: "interrupted by SIGINT", Interrupted: true,

		Counts: measure.Counts{
			Planned: 100, Started: 75, Opened: 60, Failed: 13, CutOff: 2, NotStarted: 25,
			Late: 4, LateForLimit: 2, LateForMachine: 1,
			Reconnect: measure.Attempts{Started: 3, Opened: 1, Failed: 2}, Dropped: 2, Closed: 109, Unclean: 3,
			Sent: 900, SentLate: 90, SentLateForLimit: 80, SentLateForMachine: 6, NotSent: 20, Answered: 800, Wrong: 1, Unanswered: 99, Unasked: 7,
			OctetsOut: 9 << 20, OctetsIn: 8 << 20, Pings: 5, Pongs: 4,
		},
		WarmUp:         measure.Counts{Planned: 51, Started: 51, Opened: 50, Failed: 1},
		WarmUpFailures: measure.Reasons{{Reason: "status 429", Count: 1, Example: measure.Example{At: 200 * ms, Text: "too many", Status: 429}}},
		Marks:          measure.Marks{FirstStart: s, LastStart: 2757 * ms, LastOpening: 2250 * ms, FirstSent: 1100 * ms, LastReply: 3100 * ms},
		Latency: measure.Latencies{
			measure.Handshake:      {OK: spread(61, 11*ms, 56*ms), Failed: spread(15, 2*ms, 3*ms)},
			measure.Service:        {OK: spread(61, 10*ms, 55*ms), Failed: spread(15, 1*ms, 2*ms)},
			measure.Delay:          timed(0, 5*us, 12*ms, 40*ms),
			measure.DNS:            timed(100 * us),
			measure.Connect:        {OK: measure.Of(200*us, 300*us), Failed: measure.Of(150 * us)},
			measure.TLS:            timed(3*ms, 4*ms),
			measure.Upgrade:        {OK: measure.Of(5*ms, 6*ms), Failed: measure.Of(700*us, 900*us)},
			measure.FirstMessage:   timed(2 * ms),
			measure.Message:        {OK: spread(800, 1*ms, 90*ms), Failed: measure.Of(4 * ms)},
			measure.MessageService: {OK: spread(800, 900*us, 2900*us), Failed: measure.Of(4 * ms)},
			measure.Ping:           timed(250 * us),
		},
		Failures: measure.Reasons{
			{Reason: "status 403", Count: 14, Example: measure.Example{
				At: 1200 * ms, Text: `"refused <with> 403"`, URL: "wss://host.example/chat", Status: 403,
				Header: []measure.Header{{Name: "Content-Type", Value: "text/html"}, {Name: "Set-Cookie", Value: "sid=***"}},
				Body:   "<h1>you may not</h1> " + strings.Repeat("at all ", 60),
			}},
			{Reason: "connect: refused", Count: 1, Example: measure.Example{At: 1300 * ms, Text: "nobody is there"}},
		},
		Drops: measure.Reasons{{Reason: "closed with 1001", Count: 2, Example: measure.Example{At: 2500 * ms, Text: `"going away"`}}},
		Wrongs: measure.Reasons{{Reason: "wrong reply", Count: 1, Example: measure.Example{
			At: 2600 * ms, Text: "it is another", Rule: "the reply must be what was sent"}}},

		Subprotocols: map[string]int64{"mqtt": 60},
		Extensions:   map[string]int64{"permessage-deflate": 59, "x-<b>": 1},
		CloseCodes:   map[uint16]int64{1000: 58, 1001: 2},
		Series: measure.Series{Interval: s, Rows: []measure.Row{
			{Counts: measure.Counts{Planned: 50, Started: 50, Opened: 50}, Open: 50},
			{Counts: measure.Counts{Planned: 50, Started: 40, Opened: 33, Failed: 5, Sent: 450, Answered: 400, OctetsOut: 5 << 20, OctetsIn: 4 << 20, Late: 3}, Open: 83,
				Latency: measure.Latencies{
					measure.Handshake: {OK: spread(33, 11*ms, 30*ms), Failed: spread(5, 2*ms, 3*ms)},
					measure.Message:   {OK: spread(400, 1*ms, 4*ms)}, measure.Connect: timed(200 * us),
				}},
			{Counts: measure.Counts{Planned: 50, Started: 35, Opened: 27, Failed: 8, CutOff: 2, Dropped: 2, Late: 1, Sent: 450, SentLate: 90, Answered: 400, Wrong: 1, Unasked: 7,
				OctetsOut: 4 << 20, OctetsIn: 4 << 20, Reconnect: measure.Attempts{Started: 3, Opened: 1, Failed: 2}}, Open: 109,
				Latency: measure.Latencies{
					measure.Handshake: {OK: spread(28, 13*ms, 56*ms), Failed: spread(10, 2*ms, 3*ms)},
					measure.Message:   {OK: spread(400, 1*ms, 90*ms), Failed: measure.Of(4 * ms)}, measure.Connect: timed(300 * us),
				}},
			{Counts: measure.Counts{Closed: 109}},
		}},
		Server: &measure.Server{Opened: 112, Refused: 14, Peak: 110, Messages: 801, Pings: 5, Closes: map[uint16]int64{1000: 109, 1006: 3}},
	},
	Thresholds: []threshold.Outcome{
		{Threshold: "handshake.p99<50ms", Verdict: threshold.Broken, Measured: "56.03ms", Value: 56.03e6},
		{Threshold: "opened>=50", Verdict: threshold.OK, Measured: "60", Value: 60},
		{Threshold: "first_message.p50<1s && <b>", Verdict: threshold.NotMeasured},
	},
}

// failing is a run in which nothing went well.
var failing = &Report{Result: &measure.Result{
	Version: measure.Version, Settings: measure.Settings{URL: "ws://127.0.0.1:1/", Engine: "net", Values: []measure.Setting{{Name: "-n", Value: "1"}}},
	Runs: 1, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Elapsed: 2 * ms,
	Counts:   measure.Counts{Planned: 1, Started: 1, Failed: 1},
	Failures: measure.Reasons{{Reason: "connect: refused", Count: 1, Example: measure.Example{Text: "nobody is there"}}},
	Latency: measure.Latencies{
		measure.Handshake: {Failed: measure.Of(ms)}, measure.Service: {Failed: measure.Of(ms)}, measure.Connect: {Failed: measure.Of(ms)},
	},
	Series: measure.Series{Interval: s, Rows: []measure.Row{{Counts: measure.Counts{Started: 1, Failed: 1}}}},
}}

// nothing has not even begun.
var nothing = &Report{Result: &measure.Result{Version: measure.Version, Runs: 1, Series: measure.Series{Interval: s}}}

var update = flag.Bool("update", false, "write what the reports are to testdata")

// golden compares what a form of everything and of failing is with testdata.
func golden(t *testing.T, ext string, write func(*Report, io.Writer) error) {
	t.Helper()
	for name, r := range map[string]*Report{"everything": everything, "failing": failing, "nothing": nothing} {
		var b bytes.Buffer
		if err := write(r, &b); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		file := filepath.Join("testdata", name+ext)
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s has changed; go test -update writes it\n%s", file, firstDifference(b.String(), string(want)))
		}
	}
}

// firstDifference shows two texts from where they begin to differ.
func firstDifference(got, want string) string {
	a, b := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	i := 0
	for i < len(a)-1 && i < len(b)-1 && a[i] == b[i] {
		i++
	}
	from := func(lines []string) string { return strings.Join(lines[i:min(i+5, len(lines))], "") }
	return fmt.Sprintf("line %d, got\n%s\nwant\n%s", i+1, from(a), from(b))
}

package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

func TestText(t *testing.T) { golden(t, ".txt", (*Report).Text) }

// A run without failures, with everything that is timed, fits 80 x 24.
func TestTextFitsAScreen(t *testing.T) {
	r := *everything.Result
	r.Ended, r.Interrupted, r.Failures, r.Drops, r.Wrongs, r.Server, r.Extensions = "", false, nil, nil, nil, nil, nil
	r.Counts.CutOff, r.Counts.NotStarted, r.Counts.Wrong, r.Counts.Dropped, r.Counts.Unasked, r.Counts.Late, r.Counts.Pings = 0, 0, 0, 0, 0, 0, 0
	r.Counts.LateForLimit, r.Counts.LateForMachine = 0, 0
	r.Counts.SentLate, r.Counts.SentLateForLimit, r.Counts.SentLateForMachine, r.Counts.NotSent, r.Counts.Unanswered = 0, 0, 0, 0, 0
	r.Counts.Reconnect, r.WarmUp, r.WarmUpFailures, r.Held = measure.Attempts{}, measure.Counts{}, nil, r.Settings.Hold
	for p := range r.Latency {
		r.Latency[p].Failed = nil
	}
	var b bytes.Buffer
	if err := (&Report{&r, nil}).Text(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) > 24 {
		t.Errorf("%d lines:\n%s", len(lines), b.String())
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}

func TestTextShowsTheMostFrequentReasons(t *testing.T) {
	r := *failing.Result
	r.Failures = nil
	for i, name := range []string{"j", "i", "h", "g", "f", "e", "d", "c", "b", "a"} {
		r.Failures = append(r.Failures, measure.Reason{Reason: name, Count: int64(10 - i)})
	}
	var b bytes.Buffer
	if err := (&Report{&r, nil}).Text(&b); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]bool{"10  j\n": true, " 3  c\n": true, " 2  b\n": false, "2 more reasons": true} {
		if strings.Contains(b.String(), line) != want {
			t.Errorf("%q in the text: %v, want %v:\n%s", line, !want, want, &b)
		}
	}
}

// Nothing from a server gets to the terminal as anything but characters.
func TestTextIsPrintable(t *testing.T) {
	r := *failing.Result
	r.Failures = measure.Reasons{{Reason: "a\x1b[2J", Count: 1, Example: measure.Example{Text: "b\nopened 5\u202e"}}}
	r.Subprotocols = map[string]int64{"c\x07": 1}
	r.Settings.URL = "ws://\x1b/"
	var b bytes.Buffer
	if err := (&Report{&r, nil}).Text(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a?[2J\n", "b?opened 5?\n", "chose c?\n", "ws://?/\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, &b)
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, tt := range []struct {
		name   string
		counts measure.Counts
		server *measure.Server
		want   string
	}{
		{"none", measure.Counts{Started: 1000, Opened: 1000, Late: 9}, nil, ""},
		{"storm", measure.Counts{Started: 1000, Late: 15, LateForMachine: 5, LateForLimit: 5}, nil,
			"The machine could not keep the rate: 1% of the connections started more than 10ms late, at most by 1.5s; storm itself was too busy. A lower rate helps, or several machines and storm merge."},
		{"others", measure.Counts{Started: 1000, Late: 500, LateForMachine: 400}, nil,
			"The machine could not keep the rate: 50% of the connections started more than 10ms late, at most by 1.5s; others had its processors. A lower rate helps, or several machines and storm merge."},
		{"limit", measure.Counts{Started: 1000, Late: 10, LateForLimit: 10}, nil,
			"The limit in flight held 1% of the connections back: the server opens them more slowly than planned, or the limit is too low."},
		{"messages", measure.Counts{Sent: 1000, SentLate: 9, NotSent: 0}, nil, ""},
		{"messages, storm", measure.Counts{Sent: 1000, SentLate: 30, SentLateForMachine: 10, SentLateForLimit: 9}, nil,
			"The machine could not keep the rate of messages: 2.1% of them were sent more than 10ms late; storm itself was too busy. A lower rate helps, or several machines and storm merge."},
		{"messages, limit", measure.Counts{Sent: 1000, SentLate: 10, SentLateForLimit: 10}, nil,
			"Of the messages, 1% were held back, and sent more than 10ms late: the server reads or answers them more slowly than planned."},
		{"messages, to the end", measure.Counts{Sent: 1000, Answered: 1000, NotSent: 3}, nil,
			"3 messages were not sent. They have no latency: those of the others look better than what the plan asked for."},
		{"messages, without a reply", measure.Counts{Sent: 1000, Answered: 999, Unanswered: 1}, nil,
			"1 message was not answered. They have no latency: those of the others look better than what the plan asked for."},
		{"messages, neither", measure.Counts{Sent: 20, NotSent: 1, Unanswered: 20}, nil,
			"1 message was not sent, and 20 not answered."},
		{"messages, unasked", measure.Counts{Sent: 1, Answered: 1, Unasked: 2}, nil,
			"2 messages were a reply to nothing. What comes is taken for the reply to the oldest message: with such among the replies, latencies are too short."},
		{"server", measure.Counts{Opened: 10, Failed: 1, Reconnect: measure.Attempts{Opened: 2}}, &measure.Server{Opened: 14},
			"The counts disagree: storm has opened 12 connections, its server 14."},
		{"server, with one that failed", measure.Counts{Opened: 10, Failed: 1}, &measure.Server{Opened: 11}, ""},
		{"nothing", measure.Counts{}, nil, ""},
	} {
		r := &Report{Result: &measure.Result{Counts: tt.counts, Server: tt.server}}
		r.Latency[measure.Delay] = timed(1500 * ms)
		if got := strings.Join(r.warnings(), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTextOfCloses(t *testing.T) {
	for _, tt := range []struct {
		closed, unclean, dropped int64
		codes                    map[uint16]int64
		want                     string // "" for no line
	}{
		{5, 0, 0, map[uint16]int64{1000: 3, 1001: 2}, "closed        3 with 1000, 2 with 1001\n"},
		{5, 2, 0, map[uint16]int64{1000: 3}, "closed        3 with 1000, 2 without a close from the server\n"},
		{5, 5, 0, nil, "closed        5 without a close from the server\n"},
		{0, 0, 5, nil, ""},
		{8, 0, 8, map[uint16]int64{1000: 8}, "closed        8 with 1000\n"},
		{1, 1, 5, map[uint16]int64{1001: 2}, "closed        2 with 1001, 1 without a close from the server\n"},
	} {
		r := &measure.Result{Counts: measure.Counts{Closed: tt.closed, Unclean: tt.unclean, Dropped: tt.dropped}, CloseCodes: tt.codes}
		var b bytes.Buffer
		if err := (&Report{r, nil}).Text(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), tt.want) || (tt.want == "") == strings.Contains(b.String(), "closed  ") {
			t.Errorf("%+v: want %q in\n%s", tt, tt.want, &b)
		}
	}
}

// A URL that is shown by itself is not in the plan again; several are.
func TestSettingsWithoutTheURL(t *testing.T) {
	for urls, want := range map[string]string{"ws://a/": "-r 5, engine ", "ws://a/, ws://b/": "url ws://a/, ws://b/, -r 5, engine "} {
		r := &Report{Result: &measure.Result{Settings: measure.Settings{URL: "ws://a/", Values: []measure.Setting{{Name: "url", Value: urls}, {Name: "-r", Value: "5"}}}}}
		if got := strings.Join(r.settings(), ", "); got != want {
			t.Errorf("%s: %q, want %q", urls, got, want)
		}
	}
}

// A run that ends within its warm-up says for how long that was, and that nothing is
// left.
func TestTextOfAWarmUp(t *testing.T) {
	r := &measure.Result{WarmUp: measure.Counts{Planned: 5, Started: 5, Opened: 5}, Elapsed: 2 * s, Settings: measure.Settings{WarmUp: 3600 * s}}
	var b bytes.Buffer
	if err := (&Report{r, nil}).Text(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"5 opened, 0 failed, 0 messages in 2.000 s, not counted below\n", "\nAll connections began within the warm-up: there are no figures of them.\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, &b)
		}
	}
}

// One is no plural.
func TestTextOfOne(t *testing.T) {
	r := &measure.Result{
		Counts: measure.Counts{Planned: 1, Started: 1, Opened: 1, Closed: 1, Sent: 3, Wrong: 1, Answered: 2, Unasked: 1},
		WarmUp: measure.Counts{Planned: 1, Started: 1, Opened: 1, Sent: 1, Answered: 1},
		Server: &measure.Server{Opened: 2, Messages: 1},
	}
	for i := range shownReasons + 1 {
		r.Failures = append(r.Failures, measure.Reason{Reason: string(rune('a' + i)), Count: 1})
	}
	var b bytes.Buffer
	if err := (&Report{r, nil}).Text(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"0 failed, 1 message in", "wrong         1 reply,", "unasked       1 message\n", "0 at once, 1 message\n", "1 more reason,"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, &b)
		}
	}
}

func TestFold(t *testing.T) {
	long := strings.Repeat("x", 38)
	for _, tt := range []struct {
		list []string
		want string
	}{
		{nil, ""},
		{[]string{"a", "b"}, "a, b"},
		{[]string{long, long, "a"}, long + ", " + long + ",\na"},
		{[]string{long + long + long, "a"}, long + long + long + ",\na"},
	} {
		if got := fold(tt.list, ", "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.list, got, tt.want)
		}
	}
}

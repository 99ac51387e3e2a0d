package threshold

import (
	"errors"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

const ms = time.Millisecond

var measured = &measure.Result{
	Runs: 1,
	Counts: measure.Counts{Planned: 1100, Started: 1010, Opened: 999, Failed: 1, CutOff: 10, NotStarted: 90, Late: 101, Dropped: 9,
		Closed: 30, Unclean: 3,
		Reconnect: measure.Attempts{Started: 2, Opened: 1, Failed: 1}, Sent: 500, SentLate: 25, NotSent: 125, Answered: 490, Wrong: 4, Unanswered: 6},
	WarmUp: measure.Counts{Opened: 1100, Dropped: 60, Closed: 40}, // 1000 were left of it, behind the warm-up
	Marks:  measure.Marks{FirstStart: 0, LastStart: 1009 * ms, FirstSent: 1000 * ms, LastReply: 3000 * ms},
	Latency: measure.Latencies{
		measure.Handshake: {OK: measure.Of(10*ms, 20*ms, 30*ms, 40*ms)},
		measure.Message:   {Failed: measure.Of(ms)},
	},
}

// unawaited had messages without replies.
var unawaited = &measure.Result{Counts: measure.Counts{Sent: 5}, Settings: measure.Settings{NoReply: true}}

func TestCheck(t *testing.T) {
	var nothing measure.Result
	for _, tt := range []struct {
		text     string
		r        *measure.Result
		verdict  Verdict
		measured string
	}{
		{"handshake.p50<20ms", measured, Broken, "20ms"}, // 20.004863 ms: a histogram has three digits, and says the most of those that are equal
		{"handshake.p50<20.1ms", measured, OK, "20ms"},
		{"handshake.p75<=31ms", measured, OK, "30.02ms"},
		{"handshake.p99.9 > 39ms", measured, OK, "40.01ms"},
		{"handshake.max<=1s", measured, OK, "40.01ms"},
		{"handshake.min>=0.01s", measured, Broken, "9.994ms"},
		{"handshake.mean<26ms", measured, OK, "25ms"},
		{"handshake.p0<20ms", measured, OK, "9.994ms"},
		{"message.p99<1h", measured, NotMeasured, ""}, // only such as failed
		{"handshake.p99<1h", &nothing, NotMeasured, ""},
		{"failed<0.1%", measured, Broken, "0.1%"},
		{"failed<=0.1%", measured, OK, "0.1%"},
		{"failed==1", measured, OK, "1"},
		{"failed==0", &nothing, NotMeasured, ""},
		{"failed<100%", &nothing, NotMeasured, ""},
		{"opened>=1000", measured, Broken, "999"},
		{"opened>=99%", measured, OK, "99.9%"},
		{"late<10%", measured, Broken, "10%"},
		{"late <= 101", measured, OK, "101"},
		{"not_started==0", measured, Broken, "90"},
		{"cut_off<1%", measured, OK, "0.9901%"},
		{"reconnects_failed<=50%", measured, OK, "50%"},
		{"unclean==0", measured, Broken, "3"},
		{"dropped<1%", measured, OK, "0.45%"},
		{"dropped==0", &nothing, NotMeasured, ""},
		{"sent_late<5%", measured, Broken, "5%"},
		{"not_sent<=20%", measured, OK, "20%"},
		{"not_sent==0", &nothing, NotMeasured, ""},
		{"answered>=98%", measured, OK, "98%"},
		{"wrong<1", measured, Broken, "4"},
		{"unanswered<2%", measured, OK, "1.2%"},
		{"wrong==0", &nothing, NotMeasured, ""},
		{"unanswered==0", unawaited, NotMeasured, ""},
		{"answered>0", unawaited, NotMeasured, ""},
		{"sent_late==0", unawaited, OK, "0"},
		{"rate>=1000/s", measured, OK, "1000/s"},
		{"rate>1000.5 /s", measured, Broken, "1000/s"},
		{"rate>0/s", &nothing, NotMeasured, ""},
		{"messages>=245/s", measured, OK, "245/s"},
		{"messages>=0/s", &nothing, NotMeasured, ""},
	} {
		th, err := Parse(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if o := th.Check(tt.r); o.Verdict != tt.verdict || o.Measured != tt.measured || o.Threshold != tt.text {
			t.Errorf("%s: %+v, want %s, %s", tt.text, o, tt.verdict, tt.measured)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "'', character 1: no operator; want <, <=, >, >= or =="},
		{"failed", "'failed', character 7: no operator; want <, <=, >, >= or =="},
		{"failed=1", "'failed=1', character 7: no operator; want <, <=, >, >= or =="},
		{"failed<", "'failed<', character 8: no value behind <"},
		{"failed<x%", `'failed<x%', character 8: "x" is not a number; failed is a count, or a share in %`},
		{"failed<-1", "'failed<-1', character 8: a negative number; failed is a count, or a share in %"},
		{"failed<1.5", "'failed<1.5', character 8: failed is a count: a whole number, or a share in %"},
		{"failed<101%", "'failed<101%', character 8: more than 100%"},
		{"failed<NaN", `'failed<NaN', character 8: "NaN" is not a number; failed is a count, or a share in %`},
		{"failed<1/s", `'failed<1/s', character 8: "1/s" is not a number; failed is a count, or a share in %`},
		{"failed.p99<1s", "'failed.p99<1s', character 8: failed is one number and has no p99"},
		{"fäiled<1", `'fäiled<1', character 1: "fäiled" is not measured; want one of handshake, service, delay, dns, connect, tls, upgrade, first_message, message, message_service, ping, opened, failed, cut_off, late, not_started, dropped, reconnects_failed, unclean, sent_late, not_sent, answered, wrong, unanswered, rate, messages`},
		{"lunch.p99<1s", `'lunch.p99<1s', character 1: "lunch" is not timed; want one of handshake, service, delay, dns, connect, tls, upgrade, first_message, message, message_service, ping`},
		{"handshake<1s", "'handshake<1s', character 10: which figure of handshake? Want p50, p99.9 or another percentile, min, mean or max: handshake.p99"},
		{"handshake.<1s", "'handshake.<1s', character 11: no figure behind the dot; want p50, p99.9 or another percentile, min, mean or max"},
		{"handshake.p999<1s", "'handshake.p999<1s', character 11: percentile 999; they are from 0 to 100, as in p99.9"},
		{"handshake.p-1<1s", "'handshake.p-1<1s', character 11: percentile -1; they are from 0 to 100, as in p99.9"},
		{"handshake.pNaN<1s", "'handshake.pNaN<1s', character 11: percentile NaN; they are from 0 to 100, as in p99.9"},
		{"handshake.q99<1s", `'handshake.q99<1s', character 11: "q99"; want p50, p99.9 or another percentile, min, mean or max`},
		{"handshake.p1e1<1s", `'handshake.p1e1<1s', character 11: "p1e1"; want p50, p99.9 or another percentile, min, mean or max`},
		{"handshake.p99<50", "'handshake.p99<50', character 17: no unit; want ns, us, ms, s, m or h"},
		{"handshake.p99 < fast", `'handshake.p99 < fast', character 17: "fast" is not a duration; want 50ms, say`},
		{"handshake.p99<-5ms", "'handshake.p99<-5ms', character 15: a negative duration"},
		{"rate>5", "'rate>5', character 7: rate is a number a second; want /s at the end"},
		{"rate>x/s", `'rate>x/s', character 6: "x" is not a number; rate is a number a second`},
	} {
		th, err := Parse(tt.text)
		var e *Error
		if !errors.As(err, &e) || err.Error() != tt.want || th != nil {
			t.Errorf("%s: got\n%v, want\n%s", tt.text, err, tt.want)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, tt := range []struct {
		texts []string
		want  int
	}{
		{nil, 0},
		{[]string{"failed<50%", "opened>1"}, 0},
		{[]string{"message.p99<1s", "failed<50%"}, ExitNotMeasured},
		{[]string{"message.p99<1s", "failed==0", "opened>1"}, ExitBroken},
		{[]string{"failed==0", "message.p99<1s"}, ExitBroken},
	} {
		var all []*Threshold
		for _, text := range tt.texts {
			th, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, th)
		}
		if got := Status(Check(all, measured)); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.texts, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"handshake.p99.9<50ms", "failed<=0.1%", "rate >= 990/s", "late<1%", "é.<"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		th, err := Parse(text)
		var e *Error
		switch {
		case err == nil && (th.String() != text || th.metric.of == nil):
			t.Errorf("%q: %+v", text, th)
		case err != nil && (!errors.As(err, &e) || e.Offset < 0 || e.Offset > len(text) || e.Error() == ""):
			t.Errorf("%q: %v", text, err)
		}
	})
}

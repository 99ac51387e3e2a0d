package measure

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session/dial"
)

const ms = time.Millisecond

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(d time.Duration) time.Time { return start.Add(d) }

// constant plans rate connections a second, total in all.
func constant(rate, total int64) func(time.Duration) int64 {
	return func(t time.Duration) int64 {
		return min((int64(t)*rate+int64(time.Second)-1)/int64(time.Second), total)
	}
}

func timing(begin time.Duration, dns, connect, tls, write, open time.Duration) *dial.Timing {
	t := &dial.Timing{Start: at(begin), DNSDone: at(begin + dns), Connected: at(begin + connect), Written: at(begin + write), Done: at(begin + open)}
	if tls > 0 {
		t.TLSDone = at(begin + tls)
	}
	return t
}

func example(text string) func() Example { return func() Example { return Example{Text: text} } }

// near says whether d is what a histogram makes of want.
func near(d, want time.Duration) bool { return d >= want && d <= want+want/500+1 }

func TestRun(t *testing.T) {
	r := NewRecorder(Config{Start: start, Shards: 2, Planned: constant(2, 6), Total: 6})
	a, b := r.Shard(0), r.Shard(1)
	first := Attempt{Due: at(0)}
	a.Start(at(1*ms), first, ForStorm)
	b.Start(at(520*ms), Attempt{Due: at(500 * ms)}, ForStorm) // late by storm
	a.Open(first, timing(1*ms, 2*ms, 5*ms, 0, 6*ms, 99*ms), "chat", []string{"x", "y"})
	a.First(at(150*ms), at(100*ms))
	a.Send(at(200*ms), at(190*ms), 64, ForLimit) // 10 ms: not late
	a.Answer(at(240*ms), at(190*ms), at(200*ms), 65)
	a.Send(at(300*ms), at(300*ms), 64, ForLimit)
	a.Wrong(at(400*ms), at(300*ms), at(300*ms), 10, "wrong reply", example("another"))
	a.Send(at(500*ms), at(489*ms), 64, ForStorm)
	a.Send(at(510*ms), at(490*ms), 64, ForLimit)
	a.Send(at(510*ms), at(490*ms), 64, ForMachine)
	a.NotSent(at(600*ms), 7)
	a.Unasked(at(700*ms), 1)
	a.Ping(at(800 * ms))
	a.Pong(at(810*ms), 10*ms, 4*ms) // two were due meanwhile
	b.Fail(at(1200*ms), Attempt{Due: at(500 * ms)}, &Failure{Phase: Upgrade, Reason: "status 403",
		Timing: *timing(520*ms, 0, 1*ms, 0, 2*ms, 0), Example: example("no")})
	b.Start(at(1200*ms), Attempt{Due: at(1000 * ms)}, ForLimit) // late for the limit
	a.Start(at(1500*ms), Attempt{Due: at(1500 * ms)}, ForStorm)
	a.Drop(at(2100*ms), 1001, "closed with 1001", example("gone"))
	again := Attempt{Due: at(2200 * ms), Again: true}
	a.Start(at(2300*ms), again, ForStorm)
	a.Open(again, timing(2300*ms, 1*ms, 2*ms, 0, 3*ms, 4*ms), "", nil)
	b.CutOff(at(2400*ms), Attempt{Due: at(1000 * ms)})
	a.Open(Attempt{Due: at(1500 * ms)}, timing(1500*ms, 1*ms, 2*ms, 3*ms, 4*ms, 920*ms), "", nil)
	a.Close(at(2500*ms), 1000)
	a.Close(at(2500*ms), 0)

	res := r.Result(End{At: at(2600 * ms), Why: "interrupted", Interrupted: true, Held: 5 * ms})
	if err := res.Check(); err != nil {
		t.Error(err)
	}
	want := Counts{
		Planned: 6, Started: 4, Opened: 2, Failed: 1, CutOff: 1, NotStarted: 2, Late: 2, LateForLimit: 1,
		Reconnect: Attempts{Started: 1, Opened: 1}, Dropped: 1, Closed: 2, Unclean: 1,
		Sent: 5, SentLate: 3, SentLateForLimit: 1, SentLateForMachine: 1, NotSent: 7,
		Answered: 1, Wrong: 1, Unanswered: 3, Unasked: 1, OctetsOut: 320, OctetsIn: 76, Pings: 1, Pongs: 1,
	}
	if res.Counts != want {
		t.Errorf("counts\n%+v, want\n%+v", res.Counts, want)
	}
	if want := (Marks{1 * ms, 1500 * ms, 2420 * ms, 200 * ms, 400 * ms}); res.Marks != want {
		t.Errorf("marks %+v, want %+v", res.Marks, want)
	}
	for _, tt := range []struct {
		phase  Phase
		failed bool
		want   []time.Duration
	}{
		{Handshake, false, []time.Duration{100 * ms, 104 * ms, 920 * ms}},
		{Service, false, []time.Duration{4 * ms, 99 * ms, 920 * ms}},
		{Delay, false, []time.Duration{0, 1 * ms, 20 * ms, 200 * ms}},
		{DNS, false, []time.Duration{0, 1 * ms, 1 * ms, 2 * ms}},
		{Connect, false, []time.Duration{1 * ms, 1 * ms, 1 * ms, 3 * ms}},
		{TLS, false, []time.Duration{1 * ms}},
		{Upgrade, false, []time.Duration{1 * ms, 93 * ms, 916 * ms}},
		{FirstMessage, false, []time.Duration{50 * ms}},
		{Message, false, []time.Duration{50 * ms}},
		{MessageService, false, []time.Duration{40 * ms}},
		{Ping, false, []time.Duration{2 * ms, 6 * ms, 10 * ms}},
		{Handshake, true, []time.Duration{700 * ms}},
		{Service, true, []time.Duration{680 * ms}},
		{Upgrade, true, []time.Duration{678 * ms}},
		{Message, true, []time.Duration{100 * ms}},
		{MessageService, true, []time.Duration{100 * ms}},
		{Connect, true, nil},
	} {
		h := res.Latency[tt.phase].OK
		if tt.failed {
			h = res.Latency[tt.phase].Failed
		}
		var got []time.Duration
		h.Buckets(func(v time.Duration, n int64) bool {
			for range n {
				got = append(got, v)
			}
			return true
		})
		same := len(got) == len(tt.want)
		for i := 0; same && i < len(got); i++ {
			same = near(tt.want[i], got[i]) // a bucket is named by its least value
		}
		if !same {
			t.Errorf("%v, failed %v: %v, want %v", tt.phase, tt.failed, got, tt.want)
		}
	}
	for _, tt := range []struct {
		reasons Reasons
		want    Reason
	}{
		{res.Failures, Reason{"status 403", 1, Example{At: 1200 * ms, Text: "no"}}},
		{res.Drops, Reason{"closed with 1001", 1, Example{At: 2100 * ms, Text: "gone"}}},
		{res.Wrongs, Reason{"wrong reply", 1, Example{At: 400 * ms, Text: "another"}}},
	} {
		if len(tt.reasons) != 1 || tt.reasons[0].Reason != tt.want.Reason || tt.reasons[0].Count != 1 ||
			tt.reasons[0].Example.At != tt.want.Example.At || tt.reasons[0].Example.Text != tt.want.Example.Text {
			t.Errorf("%+v, want %+v", tt.reasons, tt.want)
		}
	}
	if res.Subprotocols["chat"] != 1 || res.Extensions["x"] != 1 || res.Extensions["y"] != 1 || res.CloseCodes[1000] != 1 || res.CloseCodes[1001] != 1 || len(res.CloseCodes) != 2 {
		t.Errorf("chosen %v, %v, closed %v", res.Subprotocols, res.Extensions, res.CloseCodes)
	}
	if got, want := res.Reached(), 3/1.499; math.Abs(got-want) > 1e-9 {
		t.Errorf("reached %v, want %v", got, want)
	}

	if got, want := res.OpeningRate(), 1/2.419; math.Abs(got-want) > 1e-9 {
		t.Errorf("opened %v a second, want %v", got, want)
	}

	type row struct{ planned, started, opened, failed, open, handshakes int64 }
	var rows []row
	for _, r := range res.Series.Rows {
		rows = append(rows, row{r.Counts.Planned, r.Counts.Started, r.Counts.Opened, r.Counts.Failed, r.Open, r.Latency[Handshake].OK.Count()})
	}
	wantRows := []row{{2, 2, 1, 0, 1, 1}, {2, 2, 0, 1, 1, 0}, {2, 0, 1, 0, 0, 2}}
	if len(rows) != 3 || rows[0] != wantRows[0] || rows[1] != wantRows[1] || rows[2] != wantRows[2] {
		t.Errorf("rows %+v, want %+v", rows, wantRows)
	}
}

func TestWarmUp(t *testing.T) {
	r := NewRecorder(Config{Start: start, Shards: 1, Planned: constant(10, 20), Total: 20, WarmUp: time.Second})
	s := r.Shard(0)
	begin := func(due, took time.Duration) {
		a := Attempt{Due: at(due)}
		s.Start(at(due), a, ForStorm)
		s.Open(a, timing(due, 0, 0, 0, 0, took), "chat", nil)
	}
	begin(900*ms, 50*ms)
	s.Send(at(990*ms), at(990*ms), 1, ForStorm)
	failing := Attempt{Due: at(999 * ms)}
	s.Start(at(1500*ms), failing, ForStorm) // late, but due in the warm-up
	s.Fail(at(1600*ms), failing, &Failure{Phase: Connect, Reason: "no", Example: example("no")})
	s.Answer(at(1700*ms), at(990*ms), at(990*ms), 1)
	begin(1750*ms, 20*ms)
	s.Close(at(1800*ms), 1000)
	s.Close(at(1800*ms), 1000)

	res := r.Result(End{At: at(2 * time.Second)})
	if err := res.Check(); err != nil {
		t.Error(err)
	}
	if want := (Counts{Planned: 10, Started: 1, Opened: 1, NotStarted: 9, Closed: 2}); res.Counts != want {
		t.Errorf("counts %+v, want %+v", res.Counts, want)
	}
	want := Counts{Planned: 10, Started: 2, Opened: 1, Failed: 1, NotStarted: 8, Late: 1, Sent: 1, Answered: 1, OctetsOut: 1, OctetsIn: 1}
	if res.WarmUp != want {
		t.Errorf("warm-up %+v, want %+v", res.WarmUp, want)
	}
	if h := res.Latency[Handshake].OK; h.Count() != 1 || !near(h.Max(), 20*ms) || len(res.Failures) != 0 || len(res.WarmUpFailures) != 1 || res.WarmUpFailures[0].Reason != "no" || res.Latency[Message].OK.Count() != 0 {
		t.Errorf("%v timed, up to %v, failures %v", h.Count(), h.Max(), res.Failures)
	}
	rows := res.Series.Rows
	if len(rows) != 2 || rows[0].Counts.Opened != 1 || rows[0].Latency[Handshake].OK.Count() != 0 || rows[1].Counts.Failed != 1 || rows[1].Latency[Handshake].OK.Count() != 1 {
		t.Errorf("rows %+v", rows)
	}
	if res.Marks.FirstStart != 1750*ms {
		t.Errorf("first start behind the warm-up at %v", res.Marks.FirstStart)
	}
}

// A Result taken while the run goes on changes nothing in the last one.
func TestLookedAt(t *testing.T) {
	run := func(look bool) string {
		r := NewRecorder(Config{Start: start, Shards: 2, Planned: constant(100, 300), Total: 300})
		for i := range 300 {
			due := time.Duration(i) * 10 * ms
			s, a := r.Shard(i%2), Attempt{Due: at(due)}
			s.Start(at(due), a, ForStorm)
			s.Open(a, timing(due, 0, 1*ms, 0, 1*ms, time.Duration(i)*ms/100+2*ms), "", nil)
			s.Close(at(due+6*ms), 1000)
			if look && i%7 == 0 {
				r.Live(at(due + 6*ms))
				r.Result(End{At: at(due + 6*ms)})
			}
		}
		return encoded(t, r.Result(End{At: at(3 * time.Second)}))
	}
	if a, b := run(false), run(true); a != b {
		t.Errorf("not looked at:\n%s\nlooked at:\n%s", a, b)
	}
}

func TestLive(t *testing.T) {
	r := NewRecorder(Config{Start: start, Shards: 2, Planned: constant(2, 100), Total: 100})
	s := r.Shard(0)
	for i := range 4 {
		due := time.Duration(i) * 500 * ms
		a := Attempt{Due: at(due)}
		s.Start(at(due), a, ForStorm)
		if i < 3 {
			s.Open(a, timing(due, 0, 1*ms, 0, 1*ms, time.Duration(i+1)*10*ms), "", nil)
		}
	}
	for _, tt := range []struct {
		now                                        time.Duration
		started, open, inFlight, planned, last, ok int64
	}{
		{1600 * ms, 4, 3, 1, 2, 2, 2},
		{2500 * ms, 4, 3, 1, 2, 2, 3},
		{3500 * ms, 4, 3, 1, 2, 0, 3}, // nothing in the last second
	} {
		l := r.Live(at(tt.now))
		if l.Elapsed != tt.now || l.Counts.Planned != 100 || l.Counts.Started != tt.started || l.Counts.Open() != tt.open || l.Counts.InFlight() != tt.inFlight ||
			l.Last.Counts.Planned != tt.planned || l.Last.Counts.Started != tt.last || l.Handshake.Count() != tt.ok || l.Last.Open != tt.open {
			t.Errorf("at %v: %+v, last %+v", tt.now, l.Counts, l.Last.Counts)
		}
	}
}

// A run longer than MaxRows seconds has longer rows, and no less in them.
func TestLongSeries(t *testing.T) {
	r := NewRecorder(Config{Start: start, Shards: 1, Planned: func(t time.Duration) int64 { return int64(t / time.Second) }})
	s := r.Shard(0)
	const seconds = 2*MaxRows + 1
	for i := range seconds {
		if i > 20 && i < seconds-20 {
			continue
		}
		now := at(time.Duration(i)*time.Second + 1)
		s.Send(now, now, i, ForStorm)
		s.Answer(now.Add(2), now, now, 1)
	}
	res := r.Result(End{At: at(seconds * time.Second)})
	if res.Series.Interval != 4*time.Second || len(res.Series.Rows) != (seconds+3)/4 {
		t.Fatalf("%d rows of %v", len(res.Series.Rows), res.Series.Interval)
	}
	row := res.Series.Rows[2]
	if row.Counts.Sent != 4 || row.Counts.OctetsOut != 8+9+10+11 || row.Latency[Message].OK.Count() != 4 || row.Counts.Planned != 4 {
		t.Errorf("row 2: %+v", row.Counts)
	}
	if n := res.Latency[Message].OK.Count(); n != 41 || res.Counts.Sent != 41 {
		t.Errorf("%d of %d messages timed, want 41", n, res.Counts.Sent)
	}
}

func TestReasonsAreBounded(t *testing.T) {
	s := NewRecorder(Config{Start: start, Shards: 1}).Shard(0)
	for i := range 10 * maxReasons {
		s.Drop(at(0), 0, strings.Repeat("x", i), example(""))
	}
	res := s.recorder.Result(End{At: at(0)})
	if len(res.Drops) != maxReasons+1 || res.Drops[0].Reason != OtherReason || res.Drops[0].Count != 9*maxReasons {
		t.Errorf("%d reasons, first %+v", len(res.Drops), res.Drops[0])
	}
}

// What a histogram does not hold counts as the most, or the least, that it does.
func TestOutOfRange(t *testing.T) {
	h := Of(-time.Second, 2*Longest)
	if h.Count() != 2 || h.Min() != 0 || !near(h.Max(), Longest) {
		t.Errorf("%d, from %v to %v", h.Count(), h.Min(), h.Max())
	}
}

// A run holds connections in the hot path of a loop: telling a Shard of a message
// allocates nothing once it has its histograms.
func TestNoAllocations(t *testing.T) {
	s := NewRecorder(Config{Start: start, Shards: 1}).Shard(0)
	a, open := Attempt{Due: at(0)}, timing(0, 1, 2, 3, 4, 5)
	tell := func() {
		s.Start(at(0), a, ForStorm)
		s.Open(a, open, "chat", nil)
		s.Send(at(1), at(0), 64, ForStorm)
		s.Answer(at(2), at(0), at(1), 64)
		s.Ping(at(3))
		s.Pong(at(4), 1, 1)
	}
	if n := testing.AllocsPerRun(100, tell); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkShard(b *testing.B) {
	s := NewRecorder(Config{Start: start, Shards: 1}).Shard(0)
	b.ReportAllocs()
	now := at(0)
	for b.Loop() {
		s.Send(now, now, 64, ForStorm)
		s.Answer(now, now, now, 64)
	}
}

// Folded rows add up to what was there, and leave the Series as it is.
func TestFolded(t *testing.T) {
	var s Series
	for second := range int64(10) {
		*s.at(second) = Row{Counts: Counts{Opened: second, Closed: 1}, Latency: Latencies{Handshake: {OK: Of(time.Duration(second) * ms)}}}
	}
	s.count()
	f := s.Folded(3)
	if f.Interval != 4*time.Second || len(f.Rows) != 3 || len(s.Rows) != 10 || s.Interval != time.Second {
		t.Fatalf("%d rows of %v, from %d of %v", len(f.Rows), f.Interval, len(s.Rows), s.Interval)
	}
	for i, want := range []struct {
		opened, open, timed int64
		most                time.Duration
	}{{6, 2, 4, 3 * ms}, {22, 20, 4, 7 * ms}, {17, 35, 2, 9 * ms}} {
		r := &f.Rows[i]
		h := r.Latency[Handshake].OK
		if r.Counts.Opened != want.opened || r.Open != want.open || h.Count() != want.timed || !near(h.Max(), want.most) {
			t.Errorf("row %d: %d opened, %d open, %d timed up to %v, want %+v", i, r.Counts.Opened, r.Open, h.Count(), h.Max(), want)
		}
	}
	if n := s.Rows[0].Latency[Handshake].OK.Count(); n != 1 {
		t.Errorf("folding has changed the series: %d timed in its first row", n)
	}
	if same := s.Folded(10); same.Interval != time.Second || len(same.Rows) != 10 {
		t.Errorf("%d rows of %v, of a series that is short enough", len(same.Rows), same.Interval)
	}
}

// A run that is interrupted plans no more of its last second than has passed.
func TestPlannedOfLastRow(t *testing.T) {
	r := NewRecorder(Config{Start: start, Shards: 1, Planned: constant(100, 1000), Total: 1000})
	rows := r.Result(End{At: at(2400 * time.Millisecond)}).Series.Rows
	var planned []int64
	for _, row := range rows {
		planned = append(planned, row.Counts.Planned)
	}
	if want := []int64{100, 100, 40}; !slices.Equal(planned, want) {
		t.Errorf("planned %v, want %v", planned, want)
	}
}

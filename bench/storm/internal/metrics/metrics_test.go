package metrics

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"github.com/zeroshake/zeroshake/session/dial"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

const ms = time.Millisecond

// eventful is a run of ten seconds with something of all there is.
func eventful() *Run {
	begin := time.Now().Add(-10 * time.Second)
	at := func(d time.Duration) time.Time { return begin.Add(d) }
	example := func() measure.Example { return measure.Example{Text: "with a secret"} }
	r := measure.NewRecorder(measure.Config{
		Start: begin, Shards: 2, Total: 8, WarmUp: time.Second,
		Planned: func(t time.Duration) int64 { return min(int64((t+999*ms)/time.Second), 8) },
	})
	a, b := r.Shard(0), r.Shard(1)
	attempt := func(due, start, open time.Duration, w measure.Wait) measure.Attempt {
		x := measure.Attempt{Due: at(due)}
		a.Start(at(start), x, w)
		if open > 0 {
			a.Open(x, &dial.Timing{Start: at(start), DNSDone: at(start + ms), Connected: at(start + 2*ms), TLSDone: at(start + 5*ms),
				Written: at(start + 5*ms), Done: at(open)}, "", nil)
		}
		return x
	}
	attempt(0, 0, 9*ms, measure.ForStorm) // of the warm-up
	attempt(1100*ms, 1100*ms, 1120*ms, measure.ForStorm)
	attempt(2*time.Second, 2050*ms, 2100*ms, measure.ForLimit)
	attempt(3*time.Second, 3050*ms, 3100*ms, measure.ForMachine)
	refused := attempt(4*time.Second, 4050*ms, 0, measure.ForStorm)
	a.Fail(at(4100*ms), refused, &measure.Failure{Phase: measure.Connect, Reason: "connect: refused", Timing: dial.Timing{Start: at(4050 * ms)}, Example: example})
	attempt(5*time.Second, 5*time.Second, 0, measure.ForStorm) // is under way
	a.Send(at(5*time.Second), at(5*time.Second), 100, measure.ForLimit)
	a.Answer(at(5*time.Second+7*ms), at(5*time.Second), at(5*time.Second), 90)
	a.Send(at(5100*ms), at(5*time.Second), 100, measure.ForLimit)
	a.NotSent(at(5100*ms), 3)
	a.Wrong(at(5200*ms), at(5100*ms), at(5100*ms), 10, "wrong reply", example)
	a.Unasked(at(5300*ms), 1)
	a.First(at(5300*ms), at(3100*ms))
	attempt(6*time.Second, 6*time.Second, 6010*ms, measure.ForStorm)
	attempt(7*time.Second, 7*time.Second, 7010*ms, measure.ForStorm)
	b.Ping(at(5300 * ms))
	b.Pong(at(5301*ms), ms, 100*ms)
	b.Drop(at(6*time.Second), 1001, "closed with 1001", example)
	b.Drop(at(6*time.Second), 0, "connection\xff closed", example)
	again := measure.Attempt{Due: at(6100 * ms), Again: true}
	b.Start(at(6100*ms), again, measure.ForStorm)
	b.Fail(at(6200*ms), again, &measure.Failure{Phase: measure.Upgrade, Reason: "status 503", Example: example})
	b.Close(at(7*time.Second), 1000)
	b.Close(at(7*time.Second), 4000)
	b.Close(at(7*time.Second), 4999)
	return &Run{Recorder: r, Start: begin, Version: "v1", URL: "ws://host.example/", Engine: "loop"}
}

func TestMetrics(t *testing.T) {
	const want = `
# HELP storm_connections_closed_total Connections that were open, and that storm closed.
# TYPE storm_connections_closed_total counter
storm_connections_closed_total 3
# HELP storm_connections_dropped_total Connections that were open, and ended otherwise than planned.
# TYPE storm_connections_dropped_total counter
storm_connections_dropped_total 2
# HELP storm_connections_due_total Connections that were due by the plan; there is none without a rate.
# TYPE storm_connections_due_total counter
storm_connections_due_total 7
# HELP storm_connections_failed_total Connections that did not open.
# TYPE storm_connections_failed_total counter
storm_connections_failed_total 1
# HELP storm_connections_in_flight Connections that are being opened.
# TYPE storm_connections_in_flight gauge
storm_connections_in_flight 1
# HELP storm_connections_late_total Connections that began more than 10 ms after they were due, by what they waited for.
# TYPE storm_connections_late_total counter
storm_connections_late_total{waited_for="limit"} 1
storm_connections_late_total{waited_for="machine"} 1
storm_connections_late_total{waited_for="storm"} 1
# HELP storm_connections_open Connections that are open.
# TYPE storm_connections_open gauge
storm_connections_open 1
# HELP storm_connections_opened_total Connections that opened.
# TYPE storm_connections_opened_total counter
storm_connections_opened_total 5
# HELP storm_connections_planned Connections of the whole run; if there is no end to them, until now.
# TYPE storm_connections_planned gauge
storm_connections_planned 7
# HELP storm_connections_started_total Connections that began.
# TYPE storm_connections_started_total counter
storm_connections_started_total 7
# HELP storm_drops_total Connections that were dropped, by reason.
# TYPE storm_drops_total counter
storm_drops_total{reason="closed with 1001"} 1
storm_drops_total{reason="connection? closed"} 1
# HELP storm_failures_total Connections that did not open, or not again, by reason.
# TYPE storm_failures_total counter
storm_failures_total{reason="connect: refused"} 1
storm_failures_total{reason="status 503"} 1
# HELP storm_info The version of storm, what it connects to, and the engine. Always 1.
# TYPE storm_info gauge
storm_info{engine="loop",url="ws://host.example/",version="v1"} 1
# HELP storm_messages_answered_total Messages whose reply came.
# TYPE storm_messages_answered_total counter
storm_messages_answered_total 1
# HELP storm_messages_late_total Messages that were sent more than 10 ms after they were due, by what they waited for.
# TYPE storm_messages_late_total counter
storm_messages_late_total{waited_for="limit"} 1
storm_messages_late_total{waited_for="machine"} 0
storm_messages_late_total{waited_for="storm"} 0
# HELP storm_messages_not_sent_total Messages that were held back until the run was over or the connection ended, or left then.
# TYPE storm_messages_not_sent_total counter
storm_messages_not_sent_total 3
# HELP storm_messages_received_bytes_total Octets of the messages that came.
# TYPE storm_messages_received_bytes_total counter
storm_messages_received_bytes_total 101
# HELP storm_messages_sent_bytes_total Octets of the messages that were sent.
# TYPE storm_messages_sent_bytes_total counter
storm_messages_sent_bytes_total 200
# HELP storm_messages_sent_total Messages that were sent.
# TYPE storm_messages_sent_total counter
storm_messages_sent_total 2
# HELP storm_messages_unasked_total Messages of servers that were a reply to nothing.
# TYPE storm_messages_unasked_total counter
storm_messages_unasked_total 1
# HELP storm_messages_wrong_total Messages whose reply was another than expected.
# TYPE storm_messages_wrong_total counter
storm_messages_wrong_total 1
# HELP storm_pings_total Pings that were sent.
# TYPE storm_pings_total counter
storm_pings_total 1
# HELP storm_pongs_total Pings that were answered.
# TYPE storm_pongs_total counter
storm_pongs_total 1
# HELP storm_reconnects_failed_total Connections that did not open again.
# TYPE storm_reconnects_failed_total counter
storm_reconnects_failed_total 1
# HELP storm_reconnects_opened_total Connections that opened again.
# TYPE storm_reconnects_opened_total counter
storm_reconnects_opened_total 0
# HELP storm_reconnects_started_total Connections that began again.
# TYPE storm_reconnects_started_total counter
storm_reconnects_started_total 1
# HELP storm_server_closes_total Close frames of servers, by status; those of applications by their thousand.
# TYPE storm_server_closes_total counter
storm_server_closes_total{status="1000"} 1
storm_server_closes_total{status="1001"} 1
storm_server_closes_total{status="4xxx"} 2
`
	var names []string
	for line := range strings.Lines(want) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[1] == "TYPE" {
			names = append(names, fields[2])
		}
	}
	run := eventful()
	if err := testutil.CollectAndCompare(run, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
	problems, err := testutil.CollectAndLint(run)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

// Each phase that was timed is a histogram with as many values as a result has.
func TestPhases(t *testing.T) {
	run := eventful()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(run)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]uint64{}
	for _, f := range families {
		for _, m := range f.Metric {
			if h := m.Histogram; h != nil {
				got[f.GetName()+" "+m.Label[0].GetValue()] = h.GetSampleCount()
			}
		}
	}
	result, n := run.Recorder.Result(measure.End{At: time.Now()}), 0
	for p, latency := range result.Latency {
		for outcome, h := range map[string]*measure.Histogram{"ok": latency.OK, "failed": latency.Failed} {
			name := fmt.Sprintf("storm_%s_duration_seconds %s", measure.Phase(p), outcome)
			if got[name] != uint64(h.Count()) {
				t.Errorf("%s has %d values, want %d", name, got[name], h.Count())
			}
			if h.Count() > 0 {
				n++
			}
		}
	}
	if len(got) != n || n < int(measure.NumPhases) {
		t.Errorf("%d histograms, want %d", len(got), n)
	}
}

// Buckets of both kinds have the values that belong there, but for those so near to
// a bound that their three digits do not tell.
func TestHistogram(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	values := []time.Duration{0, 0, 1, measure.Longest}
	for range 1000 {
		values = append(values, time.Duration(rng.Int64N(int64(time.Minute))>>rng.IntN(30)))
	}
	var m dto.Metric
	if err := newHistogram(phases[0], measure.Of(values...), time.Now(), "ok").Write(&m); err != nil {
		t.Fatal(err)
	}
	between := func(from, to float64) (n uint64) { // in seconds, without from
		for _, v := range values {
			if s := v.Seconds(); s > from && s <= to {
				n++
			}
		}
		return n
	}
	near := func(n uint64, from, to float64) bool {
		return n >= between(from*1.001, to) && n <= between(from, to*1.001)
	}
	h := m.Histogram
	if h.GetSampleCount() != uint64(len(values)) || h.GetZeroCount() != 2 || len(h.Bucket) != len(bounds) {
		t.Errorf("%d values, %d of them zero, %d buckets", h.GetSampleCount(), h.GetZeroCount(), len(h.Bucket))
	}
	for _, b := range h.Bucket {
		if !near(b.GetCumulativeCount(), -1, b.GetUpperBound()) {
			t.Errorf("%d values are not more than %v, want %d", b.GetCumulativeCount(), b.GetUpperBound(), between(-1, b.GetUpperBound()))
		}
	}
	var index int
	var count, all int64
	deltas := h.PositiveDelta
	for _, span := range h.PositiveSpan {
		index += int(span.GetOffset())
		for range span.GetLength() {
			count, deltas = count+deltas[0], deltas[1:]
			if from, to := bound(index-1), bound(index); !near(uint64(count), from, to) {
				t.Errorf("%d values are from %v to %v, want %d", count, from, to, between(from, to))
			}
			all += count
			index++
		}
	}
	if all != int64(len(values)-2) || h.GetSchema() != schema {
		t.Errorf("%d values, schema %d", all, h.GetSchema())
	}
	sum := 0.0
	for _, v := range values {
		sum += v.Seconds()
	}
	if got := h.GetSampleSum(); got > sum || got < sum*.999 {
		t.Errorf("the sum is %v, want %v", got, sum)
	}
}

// bound is the upper one of a native bucket.
func bound(index int) float64 { return math.Exp2(float64(index) / (1 << schema)) }

func TestServer(t *testing.T) {
	s, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := s.listener.Addr().String()
	if _, err := Listen(addr); err == nil {
		t.Error("an address was given twice")
	}
	s.Close() // without a run
	if s, err = Listen(addr); err != nil {
		t.Fatal(err)
	}
	s.Serve(eventful())
	for url, want := range map[string]int{s.URL(): 200, strings.TrimSuffix(s.URL(), "metrics"): 404} {
		r, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		text := string(body)
		if err != nil || r.StatusCode != want ||
			want == 200 && (!strings.Contains(text, "\nstorm_connections_opened_total 5\n") || !strings.Contains(text, `storm_handshake_duration_seconds_bucket{outcome="ok",le="0.05"} 3`)) {
			t.Errorf("%s: %s, %v\n%s", url, r.Status, err, text)
		}
		if strings.Contains(text, "secret") {
			t.Errorf("%s: an example is in\n%s", url, text)
		}
	}
	s.Close()
	if _, err := http.Get(s.URL()); err == nil {
		t.Error("it answers behind its end")
	}
}

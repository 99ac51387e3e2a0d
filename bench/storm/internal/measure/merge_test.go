package measure

import (
	"bytes"
	"cmp"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func encoded(t *testing.T, r *Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A process is one of several that carry a plan out: what happens in it, whichever
// Recorder is told.
type process struct {
	planned, total int64
	events         []func(s *Shard)
	elapsed        time.Duration
}

func randomProcess(rng *rand.Rand, seconds int64) *process {
	p := &process{planned: 20 + rng.Int64N(50), elapsed: time.Duration(seconds)*time.Second + 3}
	p.total = p.planned * seconds
	reasons := []string{"status 403", "timeout", "connect: refused"}
	now := time.Duration(0)
	later := func(f func(s *Shard)) { p.events = append(p.events, f) }
	for n := rng.IntN(100); n > 0 && now < p.elapsed; n-- {
		now = min(now+time.Duration(rng.Int64N(int64(2*time.Second))), p.elapsed)
		due := max(now-time.Duration(rng.Int64N(int64(20*ms))), 0)
		a := Attempt{Due: at(due), Again: rng.IntN(4) == 0}
		now, took, reason := now, time.Duration(rng.Int64N(int64(time.Second))), reasons[rng.IntN(len(reasons))]
		later(func(s *Shard) { s.Start(at(now), a, Wait(took%3)) })
		if p.total++; a.Again {
			p.total--
		}
		switch rng.IntN(4) {
		case 0:
			later(func(s *Shard) { s.CutOff(at(now), a) })
			continue
		case 1:
			later(func(s *Shard) {
				s.Fail(at(now), a, &Failure{Phase: Connect, Reason: reason, Timing: *timing(now-took, 0, 0, 0, 0, 0), Example: example(took.String())})
			})
			continue
		}
		later(func(s *Shard) {
			s.Open(a, timing(now-took, took/8, took/4, took/2, took/2, took), reason, []string{reason})
		})
		later(func(s *Shard) { s.Send(at(now), at(due), int(took), Wait(took%3)) })
		later(func(s *Shard) { s.NotSent(at(now), int(took%3)) })
		switch rng.IntN(3) {
		case 0:
			later(func(s *Shard) { s.Answer(at(now), at(due), at(now-took/2), 3) })
		case 1:
			later(func(s *Shard) { s.Wrong(at(now), at(due), at(now-took/2), 3, reason, example(took.String())) })
		}
		if rng.IntN(2) == 0 {
			later(func(s *Shard) { s.Close(at(now), 1000) })
		} else {
			later(func(s *Shard) { s.Drop(at(now), 1001, reason, example(took.String())) })
		}
	}
	return p
}

func record(processes ...*process) *Result {
	c := Config{Start: start, Shards: 2 * len(processes), WarmUp: 2 * time.Second,
		Settings: Settings{URL: "ws://h/", Digest: "d", WarmUp: 2 * time.Second, Values: []Setting{{"--rate", "5"}}}}
	end := End{}
	for _, p := range processes {
		before := c.Planned
		c.Total += p.total
		c.Planned = func(t time.Duration) int64 {
			n := constant(p.planned, p.total)(min(t, p.elapsed))
			if before != nil {
				n += before(t)
			}
			return n
		}
		end.At = at(max(end.At.Sub(start), p.elapsed))
	}
	r := NewRecorder(c)
	for i, p := range processes {
		for j, tell := range p.events {
			tell(r.Shard(2*i + j/17%2))
		}
	}
	return r.Result(end)
}

// differing shows the first lines in which two texts differ.
func differing(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return strings.Join(a[max(i-5, 0):i+1], "\n") + "\nwant\n" + b[i]
		}
	}
	return "one is longer"
}

// Merging results gives what recording all of it together would have.
func TestMergeIsExact(t *testing.T) {
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var all []*process
		var parts []*Result
		for range 2 + rng.IntN(3) {
			seconds := 1 + rng.Int64N(20)
			if seed == 0 { // a longer Interval
				seconds = rng.Int64N(3 * MaxRows)
			}
			p := randomProcess(rng, seconds)
			all, parts = append(all, p), append(parts, record(p))
		}
		before := make([]string, len(parts))
		for i, p := range parts {
			before[i] = encoded(t, p)
			if err := p.Check(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		together := record(all...)
		together.Runs, together.LastStarted = len(parts), start
		first := slices.MinFunc(all, func(a, b *process) int { return cmp.Compare(a.elapsed, b.elapsed) })
		together.FirstEnded = start.Add(first.elapsed)
		want := encoded(t, together)

		merged, err := Merge(parts...)
		if err != nil {
			t.Fatal(err)
		}
		if got := encoded(t, merged); got != want {
			t.Fatalf("seed %d: merged and recorded together:\n%s", seed, differing(got, want))
		}
		slices.Reverse(parts)
		some, err := Merge(parts[:1]...)
		if err != nil {
			t.Fatal(err)
		}
		some, err = Merge(append([]*Result{some}, parts[1:]...)...)
		if err != nil {
			t.Fatal(err)
		}
		if got := encoded(t, some); got != want {
			t.Fatalf("seed %d: in another order:\n%s", seed, differing(got, want))
		}
		slices.Reverse(parts)
		for i, p := range parts {
			if encoded(t, p) != before[i] {
				t.Fatalf("seed %d: merging has changed result %d", seed, i)
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for seed := range uint64(10) {
		want := encoded(t, record(randomProcess(rand.New(rand.NewPCG(seed, 1)), 5)))
		r, err := Read(strings.NewReader(want))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got := encoded(t, r); got != want {
			t.Fatalf("seed %d: read\n%s\nwritten\n%s", seed, got, want)
		}
	}
}

func TestMergeRefusesOtherPlans(t *testing.T) {
	with := func(digest string, values ...Setting) *Result {
		return &Result{Runs: 1, Settings: Settings{URL: "ws://h/", Digest: digest, Values: values}}
	}
	first := with("a", Setting{"--rate", "5"}, Setting{"-n", "10"})
	for _, tt := range []struct {
		r    *Result
		want string
	}{
		{with("b", Setting{"--rate", "6"}, Setting{"-n", "10"}), "result 2 is of another plan than the first: --rate is 6, but 5 in the first"},
		{with("b", Setting{"-n", "10"}), "result 2 is of another plan than the first: --rate is not set, but 5 in the first"},
		{with("b", Setting{"--rate", "5"}, Setting{"-n", "10"}, Setting{"-c", "3"}), "result 2 is of another plan than the first: -c is 3, but not set in the first"},
		{with("b", Setting{"--rate", "5"}, Setting{"-n", "10"}), "result 2 is of another plan than the first: what differs is not shown, a credential or the contents of a file"},
	} {
		_, err := Merge(first, tt.r)
		var plan *PlanError
		if !errors.As(err, &plan) || err.Error() != tt.want || plan.Index != 1 {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
	if _, err := Merge(); err != ErrNoResults {
		t.Errorf("nothing to merge: %v", err)
	}
}

// Whether all runs went on at one time comes out of a merge in whichever order, and in
// whichever steps.
func TestMergeOfRunsApart(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		starts [3]time.Duration
		takes  time.Duration
		want   time.Duration
	}{
		{[3]time.Duration{0, 0, 0}, 10 * s, 0},
		{[3]time.Duration{0, 5 * s, 9 * s}, 10 * s, 0},
		{[3]time.Duration{0, 1, 10 * s}, 10 * s, 0},
		{[3]time.Duration{0, 1, 10*s + 1}, 10 * s, 1},
		{[3]time.Duration{0, 8 * s, 16 * s}, 10 * s, 6 * s}, // though each overlaps with the next
		{[3]time.Duration{0, 24 * time.Hour, s}, 10 * s, 24*time.Hour - 10*s},
	} {
		var runs [3]*Result
		for i, at := range tt.starts {
			p := randomProcess(rand.New(rand.NewPCG(4, uint64(i))), 1)
			runs[i] = record(p)
			runs[i].Started, runs[i].Elapsed = start.Add(at), tt.takes
			if apart := runs[i].Apart(); apart != 0 {
				t.Errorf("one run is %v apart", apart)
			}
		}
		var first string
		for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			a, b, c := runs[order[0]], runs[order[1]], runs[order[2]]
			for _, merged := range []*Result{
				merge(t, a, b, c),
				merge(t, merge(t, a, b), c),
				merge(t, a, read(t, encoded(t, merge(t, b, c)))),
				merge(t, merge(t, a), merge(t, b), merge(t, c)),
			} {
				if got := merged.Apart(); got != tt.want {
					t.Errorf("%v in the order %v: %v apart, want %v", tt.starts, order, got, tt.want)
				}
				text := encoded(t, merged)
				if first == "" {
					first = text
				}
				if text != first {
					t.Errorf("%v in the order %v: %s", tt.starts, order, differing(text, first))
				}
			}
		}
	}
}

func merge(t *testing.T, results ...*Result) *Result {
	t.Helper()
	r, err := Merge(results...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t *testing.T, json string) *Result {
	t.Helper()
	r, err := Read(strings.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A run counts once, whatever file it is in; what was merged of the same runs is
// refused as well, in whichever order.
func TestMergeRefusesTheSameRun(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	a, b, c := record(randomProcess(rng, 5)), record(randomProcess(rng, 5)), record(randomProcess(rng, 5))
	again := read(t, encoded(t, merge(t, a)))
	for _, tt := range []struct {
		results []*Result
		want    SameError
	}{
		{[]*Result{a, a}, SameError{1, 0}},
		{[]*Result{a, b, c, again}, SameError{3, 0}},
		{[]*Result{c, merge(t, a, b), merge(t, b, a)}, SameError{2, 1}},
	} {
		_, err := Merge(tt.results...)
		var same *SameError
		if !errors.As(err, &same) || *same != tt.want {
			t.Errorf("%v, want %v", err, &tt.want)
		}
	}
	if got, want := (&SameError{2, 1}).Error(), "results 2 and 3 are of the same run"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Settings that may differ within one plan are all shown.
func TestMergeShowsWhatDiffers(t *testing.T) {
	a := &Result{Runs: 1, Ended: "interrupted", Settings: Settings{Engine: "net", Storm: "v1", Machine: "b", Values: []Setting{{"--local-addr", "127.0.0.2"}}}, Server: &Server{1, 2, 3, 4, 5, map[uint16]int64{1000: 6}}}
	b := &Result{Runs: 2, Settings: Settings{Engine: "loop", Storm: "v1", Machine: "a", Values: []Setting{{"--local-addr", "127.0.0.1"}}}, Server: &Server{10, 20, 30, 40, 50, map[uint16]int64{1000: 60, 1006: 1}}}
	m, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if m.Settings.Engine != "loop | net" || m.Settings.Values[0].Value != "127.0.0.1 | 127.0.0.2" || m.Runs != 3 || m.Ended != "interrupted" || !reflect.DeepEqual(m.Server, &Server{11, 22, 33, 44, 55, map[uint16]int64{1000: 66, 1006: 1}}) {
		t.Errorf("%+v", m)
	}
	if m.Settings.Storm != "v1" || m.Settings.Machine != "a | b" {
		t.Errorf("of %q on %q", m.Settings.Storm, m.Settings.Machine)
	}
	if a.Settings.Values[0].Value != "127.0.0.2" {
		t.Error("merging has changed a result")
	}
}

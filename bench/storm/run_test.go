package main

// The run, over an engine that opens nothing:
//
//	fakeEngine                 and fakeRun
//	TestArrivals               when each starts; TestReachedRate what kept them
//	TestHeld                   how long the hold was
//	TestStall...               what a stall of the server does to the latencies
//	TestInterrupt, TestFailures...

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A fakeEngine opens connections in the time that took gives for connection k.
// In a synctest bubble all times are exact.
type fakeEngine struct {
	sink   sink
	took   func(k int) (time.Duration, error)
	begin  time.Time
	starts []time.Duration // after begin
}

func (e *fakeEngine) name() string { return "fake" }
func (e *fakeEngine) talked()      {}

func (e *fakeEngine) close() {}

func (e *fakeEngine) open(ctx context.Context, k int) {
	e.starts = append(e.starts, time.Since(e.begin))
	go func() {
		start := time.Now()
		d, err := e.took(k)
		if !sleep(ctx, d) {
			err = fmt.Errorf("fake: %w", ctx.Err())
		}
		e.sink.done(k, outcome{err: err, start: start, written: start.Add(d / 2), open: time.Now()})
	}()
}

func fakeRun(ctx context.Context, p *plan, took func(k int) (time.Duration, error)) (*summary, []time.Duration) {
	r := newRun(p)
	e := &fakeEngine{sink: r, took: took, begin: time.Now()}
	r.engine = e
	r.open(ctx)
	return r.summary(ctx.Err() != nil), e.starts
}

const ms = time.Millisecond

// near allows for the three digits of the histogram.
func near(us int64, want time.Duration) bool {
	return max(us-want.Microseconds(), want.Microseconds()-us) <= want.Microseconds()/1000+1
}

func TestArrivals(t *testing.T) {
	for _, tt := range []struct {
		name     string
		plan     plan
		took     time.Duration
		starts   []time.Duration
		late     int           // all of them for c
		intended time.Duration // max
	}{
		{"as fast as c allows", plan{n: 5, c: 2}, 30 * ms,
			[]time.Duration{0, 0, 30 * ms, 30 * ms, 60 * ms}, 0, 0},
		{"all at once", plan{n: 3}, 30 * ms, []time.Duration{0, 0, 0}, 0, 0},
		{"at the rate, however slow the server is", plan{n: 4, rate: 100}, 1000 * ms,
			[]time.Duration{0, 10 * ms, 20 * ms, 30 * ms}, 0, 1000 * ms},
		{"waiting for a slot", plan{n: 4, c: 1, rate: 100}, 50 * ms,
			[]time.Duration{0, 50 * ms, 100 * ms, 150 * ms}, 3, (150 - 30 + 50) * ms},
		{"late arrivals shift no other", plan{n: 4, c: 1, rate: 10}, 100 * ms,
			[]time.Duration{0, 100 * ms, 200 * ms, 300 * ms}, 0, 100 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, starts := fakeRun(t.Context(), &tt.plan, func(int) (time.Duration, error) { return tt.took, nil })
				if !slices.Equal(starts, tt.starts) {
					t.Errorf("started after %v, want %v", starts, tt.starts)
				}
				if s.Opened != tt.plan.n || s.Late != tt.late || s.LateForC != tt.late {
					t.Errorf("%d opened, %d late, %d for c; want %d, %d", s.Opened, s.Late, s.LateForC, tt.plan.n, tt.late)
				}
				if !near(s.Handshake.Max, tt.took) || !near(s.Upgrade.Max, tt.took/2) {
					t.Errorf("%d us, upgrade %d us; want %v and half of it", s.Handshake.Max, s.Upgrade.Max, tt.took)
				}
				if s.Intended == nil != (tt.plan.rate == 0) || s.Intended != nil && !near(s.Intended.Max, tt.intended) {
					t.Errorf("intended %+v, want %v", s.Intended, tt.intended)
				}
			})
		})
	}
}

func TestReachedRate(t *testing.T) {
	always := func(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }
	for _, tt := range []struct {
		name        string
		plan        plan
		took        func(k int) time.Duration
		blocks      time.Duration // each start
		reached     float64
		late, lateC int
	}{
		{"kept", plan{n: 5, rate: 10}, always(1000 * ms), 0, 10, 0, 0},
		{"no rate", plan{n: 5, c: 1}, always(50 * ms), 0, 0, 0, 0},
		{"one arrival", plan{n: 1, rate: 10}, always(50 * ms), 0, 0, 0, 0},
		{"c is too low", plan{n: 5, c: 1, rate: 100}, always(50 * ms), 0, 20, 4, 4},
		{"the fourth finds room, but had to wait for the third", plan{n: 4, c: 2, rate: 1000},
			func(k int) time.Duration { return 50*ms - time.Duration(k)*ms }, 10 * ms, 50, 2, 2},
		{"storm is too slow", plan{n: 5, rate: 100}, always(0), 50 * ms, 20, 4, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRun(&tt.plan)
				e := &fakeEngine{sink: r, begin: time.Now(), took: func(k int) (time.Duration, error) { return tt.took(k), nil }}
				r.engine = &slowEngine{e, tt.blocks}
				r.open(t.Context())
				if s := r.summary(false); s.Reached != tt.reached || s.Late != tt.late || s.LateForC != tt.lateC {
					t.Errorf("reached %v, late %d, for c %d", s.Reached, s.Late, s.LateForC)
				}
			})
		})
	}
}

// A slowEngine keeps the run from going on.
type slowEngine struct {
	*fakeEngine
	blocks time.Duration
}

func (e *slowEngine) open(ctx context.Context, k int) {
	e.fakeEngine.open(ctx, k)
	time.Sleep(e.blocks)
}

func TestHeld(t *testing.T) {
	for _, tt := range []struct {
		name              string
		hold, drops, want time.Duration // drops: when the last one does; 0: never
	}{
		{"none", 0, 0, 0},
		{"to the end", time.Minute, 0, time.Minute},
		{"until the last was dropped", time.Minute, 20 * time.Second, 20 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRun(&plan{n: 1, hold: tt.hold})
				r.engine = &fakeEngine{sink: r, took: func(int) (time.Duration, error) { return ms, nil }}
				r.open(t.Context())
				if tt.drops > 0 {
					time.AfterFunc(tt.drops, func() { r.drop(io.EOF) })
				}
				r.hold(t.Context())
				if s := r.summary(false); s.HeldS != tt.want.Seconds() || s.HoldS != tt.hold.Seconds() || !r.closing {
					t.Errorf("held %v s of %v s, closing %v; want %v", s.HeldS, s.HoldS, r.closing, tt.want)
				}
			})
		})
	}
}

// A server that answers in 1 ms stalls for the second second of three. Arrivals
// come each millisecond, ten at most in flight: the stall is in the service time
// of ten, but the j-th arrival behind its begin waits 1000 - j ms for its end
// and then j/10 ms for those before it.
func TestStallShowsFromTheIntendedStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		s, starts := fakeRun(t.Context(), &plan{n: 3000, c: 10, rate: 1000}, func(int) (time.Duration, error) {
			if now := time.Since(begin); now >= 1000*ms && now < 2000*ms {
				return 2000*ms - now + ms, nil
			}
			return ms, nil
		})
		if len(starts) != 3000 || s.Opened != 3000 {
			t.Errorf("%d started, %d opened", len(starts), s.Opened)
		}
		if !near(s.Handshake.P99, ms) || !near(s.Handshake.Max, 1001*ms) {
			t.Errorf("handshake %+v, want 1 ms but for ten", *s.Handshake)
		}
		const p90 = 730 * ms // j = 300: a tenth of all wait longer
		if got := time.Duration(s.Intended.P90) * time.Microsecond; got < p90-5*ms || got > p90+5*ms {
			t.Errorf("intended p90 is %v, want %v", got, p90)
		}
		if !near(s.Intended.Max, 1001*ms) {
			t.Errorf("intended %+v, want 1.001 s at most", *s.Intended)
		}
	})
}

func TestInterruptCountsWhatWasMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(25*ms, cancel)
		s, _ := fakeRun(ctx, &plan{n: 10, rate: 100}, func(k int) (time.Duration, error) {
			return time.Duration(k) * time.Second, nil // the first opens at once, the others are cut off
		})
		if !s.Interrupted || s.Opened != 1 || s.Failed != 0 || s.CutOff != 2 || s.NotStarted != 7 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestFailuresHaveNoLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := errors.New("failed")
		s, _ := fakeRun(t.Context(), &plan{n: 10, c: 1, rate: 1000}, func(k int) (time.Duration, error) {
			if k%2 == 1 {
				return time.Minute, failed
			}
			return ms, nil
		})
		if s.Opened != 5 || s.Failed != 5 || s.status() != exitFailed || !near(s.Handshake.Max, ms) {
			t.Errorf("got %+v, handshake %+v", s, *s.Handshake)
		}
		s, _ = fakeRun(t.Context(), &plan{n: 3, rate: 1}, func(int) (time.Duration, error) { return ms, failed })
		if s.Handshake != nil || s.Upgrade != nil || s.Intended != nil {
			t.Errorf("nothing opened, but there are latencies: %+v", s)
		}
	})
}

package plan

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func schedule(t *testing.T, list string, n int, random bool, seed uint64) Schedule {
	t.Helper()
	stages, err := parseStages(strings.Fields(list))
	if err != nil {
		t.Fatal(err)
	}
	return newSchedule(stages, n, random, seed)
}

func TestArrival(t *testing.T) {
	for _, tt := range []struct {
		stages string
		k      int
		want   time.Duration
	}{
		{"1:48h", 0, 0},
		{"1:48h", 1, time.Second},
		{"1:48h", 86400, 24 * time.Hour},
		{"0.5:1m", 3, 6 * time.Second},
		{"3:999h", 1, 333333333},
		{"3:999h", 2, 666666667},
		{"3:999h", 3, time.Second}, // not 999999999: nothing adds up
		{"3:999h", 3000000, 1000000 * time.Second},
		{"7:999h", 7000007, 1000001 * time.Second},
		{"20000:1m", 1, 50 * time.Microsecond},
		{"20000:1m", 20000, time.Second},
		{"30/m:1h", 1, 2 * time.Second},

		// 0:1000/s:30s has 1000/30 t²/2 arrivals until t.
		{"0:1000:30s", 0, 0},
		{"0:1000:30s", 60, 1897366596}, // sqrt(60*60/1000)
		{"0:1000:30s", 150, 3 * time.Second},
		{"0:1000:30s", 3750, 15 * time.Second},
		{"0:1000:30s", 14999, 29998999983}, // 30 sqrt(1 - 1/15000)
		{"0:1000:30s hold:1m", 15000, 30 * time.Second},
		{"0:1000:30s hold:1m", 15001, 30*time.Second + time.Millisecond},
		{"0:1000:30s hold:1m :0:30s", 75000, 90 * time.Second},
		{"0:1000:30s hold:1m :0:30s", 86250, 105 * time.Second}, // 15 s down: 11250
		{"0:1000:30s hold:1m :0:30s", 89999, 119755051026},      // 120 - 30 sqrt(1/15000)
		{"100:300:2s", 150, time.Second},                        // (100+200)/2
		{"300:100:2s", 250, time.Second},                        // (300+200)/2
		{"300:100:2s", 399, 1990049506},                         // 300 t - 50 t² = 399
		{"10:1s 0:5s 10:1s", 9, 900 * time.Millisecond},
		{"10:1s 0:5s 10:1s", 10, 6 * time.Second}, // behind the pause
		{"10:1s 0:5s 10:1s", 19, 6900 * time.Millisecond},
		{"0.1:5s 0.3:5s", 1, 6666666667}, // 0.5 and then 0.5/0.3
	} {
		s := schedule(t, tt.stages, Unlimited, false, 0)
		if got := s.Arrival(tt.k); got != tt.want {
			t.Errorf("%s, arrival %d: %v, want %v", tt.stages, tt.k, got, tt.want)
		}
	}
}

func TestLen(t *testing.T) {
	for _, tt := range []struct {
		stages    string
		n         int
		want      int
		end       time.Duration
		fractions [3]float64 // rates at 0, 1s and 10s
	}{
		{"500:30s", Unlimited, 15000, 30 * time.Second, [3]float64{500, 500, 500}},
		{"500:30s", 1000, 1000, 2 * time.Second, [3]float64{500, 500, 0}},
		{"0.1:10s", Unlimited, 1, 10 * time.Second, [3]float64{.1, .1, 0}},
		{"0.3:10s", Unlimited, 3, 10 * time.Second, [3]float64{.3, .3, 0}}, // not 4
		{"0.7:10s 0.1:30s", Unlimited, 10, 40 * time.Second, [3]float64{.7, .7, .1}},
		{"0.07:100s", Unlimited, 7, 100 * time.Second, [3]float64{.07, .07, .07}}, // not 8: the product is above 7
		{"0.25:1s", Unlimited, 1, time.Second, [3]float64{.25, 0, 0}},
		{"0:1000:30s", Unlimited, 15000, 30 * time.Second, [3]float64{0, 1000. / 30, 1000. / 3}},
		{"0:1000:30s hold:1m :0:30s", Unlimited, 90000, 2 * time.Minute, [3]float64{0, 1000. / 30, 1000. / 3}},
		{"100:1s 0:10s", Unlimited, 100, 11 * time.Second, [3]float64{100, 0, 0}},
		{"100:1s 0:10s", 100, 100, 11 * time.Second, [3]float64{100, 0, 0}},
		{"100:1s 0:10s", 50, 50, 500 * time.Millisecond, [3]float64{100, 0, 0}},
		{"0:1s", Unlimited, 0, time.Second, [3]float64{}},
		{"", 7, 7, 0, [3]float64{}},
		{"", Unlimited, Unlimited, 0, [3]float64{}},
	} {
		s := schedule(t, tt.stages, tt.n, false, 0)
		if s.Len() != tt.want || s.End() != tt.end {
			t.Errorf("%s, at most %d: %d until %v, want %d until %v", tt.stages, tt.n, s.Len(), s.End(), tt.want, tt.end)
		}
		for i, at := range []time.Duration{0, time.Second, 10 * time.Second} {
			if got := s.Rate(at); math.Abs(got-tt.fractions[i]) > 1e-12 {
				t.Errorf("%s, at most %d: rate %v at %v, want %v", tt.stages, tt.n, got, at, tt.fractions[i])
			}
		}
		if got, want := s.Planned(time.Hour), tt.want; !s.Closed() && got != want {
			t.Errorf("%s, at most %d: %d planned within the hour, want %d", tt.stages, tt.n, got, want)
		}
		if s.Closed() != (tt.stages == "") {
			t.Errorf("%s: closed: %v", tt.stages, s.Closed())
		}
	}
}

// Of any schedule, arrivals never go back, none is at the end or behind it, and
// the integral of the rate until an arrival is its number.
func TestArrivalsOfAnySchedule(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rate := func() float64 { return []float64{0, 0.01, 1, 3, 1000 * r.Float64(), 1e6 * r.Float64()}[r.IntN(6)] }
	for range 150 {
		var stages []stage
		for range 1 + r.IntN(5) {
			stages = append(stages, stage{rate(), rate(), time.Duration(1 + r.Int64N(int64(time.Hour)))})
		}
		for _, random := range []bool{false, true} {
			s := newSchedule(stages, 1+r.IntN(100000), random, 7)
			last := time.Duration(0)
			for k := 0; k < s.Len(); k += 1 + r.IntN(1+s.Len()/100) {
				at := s.Arrival(k)
				if at < last || at > s.End() || at == s.End() && s.End() > time.Millisecond && !random && s.Rate(at-1) < 1e5 {
					t.Fatalf("%v: arrival %d at %v, one before at %v, end %v", stages, k, at, last, s.End())
				}
				last = at
				if n := s.Planned(at); n > k || n < s.Len() && s.Arrival(n) < at {
					t.Fatalf("%v: %d planned before arrival %d at %v", stages, n, k, at)
				}
				if random {
					continue
				}
				integral, left := 0.0, at
				for _, stage := range stages {
					t := min(left, stage.length)
					integral += stage.arrivals(t)
					left -= t
				}
				// A nanosecond has at most 1e-3 arrivals here.
				if math.Abs(integral-float64(k)) > 2e-3 {
					t.Fatalf("%v: arrival %d at %v, where the integral is %v", stages, k, at, integral)
				}
			}
		}
	}
}

// Random arrivals are a Poisson process: gaps are exponential and do not depend on
// each other, and counts have a variance that is their mean.
func TestPoisson(t *testing.T) {
	const rate, n = 1000, 200_000
	s := schedule(t, "1000:1h", n, true, 42)
	if s.Len() != n {
		t.Fatalf("%d arrivals", s.Len())
	}
	gaps := make([]float64, n)
	counts := make([]float64, 0, n/100)
	last := time.Duration(0)
	for k := range n {
		at := s.Arrival(k)
		gaps[k] = (at - last).Seconds() * rate
		last = at
		for int(at/(100*time.Millisecond)) >= len(counts) {
			counts = append(counts, 0)
		}
		counts[len(counts)-1]++
	}
	mean, variance := moments(gaps)
	near(t, "mean gap", mean, 1, 0.01)
	near(t, "variance of the gaps", variance, 1, 0.03)
	var together float64
	for k := 1; k < n; k++ {
		together += (gaps[k] - mean) * (gaps[k-1] - mean) / n
	}
	near(t, "correlation of gaps beside each other", together, 0, 0.01)
	for _, limit := range []float64{0.1, 0.5, 1, 2, 4} {
		below := 0.0
		for _, g := range gaps {
			if g < limit {
				below++
			}
		}
		near(t, "gaps below a limit", below/n, 1-math.Exp(-limit), 0.005)
	}
	mean, variance = moments(counts[:len(counts)-1])
	near(t, "mean count of 100 ms", mean, 100, 1)
	near(t, "variance of that count over its mean", variance/mean, 1, 0.1)

	// The first gaps of the blocks come from generators with seeds side by side.
	var firsts []float64
	for k := 0; k < n; k += perBlock {
		firsts = append(firsts, gaps[k])
	}
	mean, variance = moments(firsts)
	near(t, "mean of first gaps", mean, 1, 0.06)
	near(t, "variance of first gaps", variance, 1, 0.15)
}

func TestPoissonRamp(t *testing.T) {
	s := schedule(t, "0:2000:10s", Unlimited, true, 1)
	near(t, "arrivals", float64(s.Len()), 10000, 400)
	near(t, "arrivals in the first half", float64(s.Planned(5*time.Second)), 2500, 200)
	other := schedule(t, "0:2000:10s", Unlimited, true, 2)
	again := schedule(t, "0:2000:10s", Unlimited, true, 1)
	same := 0
	for k := range min(s.Len(), other.Len()) {
		if s.Arrival(k) != again.Arrival(k) {
			t.Fatalf("arrival %d: %v, and %v with the same seed", k, s.Arrival(k), again.Arrival(k))
		}
		if s.Arrival(k) == other.Arrival(k) {
			same++
		}
	}
	if same > 10 {
		t.Errorf("%d arrivals are the same with another seed", same)
	}
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, variance
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %v, want %v within %v", what, got, want, within)
	}
}

func TestArrivalDoesNotAllocate(t *testing.T) {
	for _, random := range []bool{false, true} {
		s := schedule(t, "0:1000:30s hold:1m", Unlimited, random, 1)
		if n := testing.AllocsPerRun(100, func() { s.Arrival(70001) }); n != 0 {
			t.Errorf("random %v: %v allocations", random, n)
		}
	}
}

package plot

import (
	"math"
	"strings"
	"testing"
)

func labels(a Axis) string {
	var all []string
	for _, t := range a.Ticks {
		all = append(all, t.Label)
	}
	return strings.Join(all, ", ")
}

func TestTicks(t *testing.T) {
	for _, tt := range []struct {
		name string
		axis Axis
		want string
	}{
		{"nothing", Linear(0, Count), "0, 0.2, 0.4, 0.6, 0.8, 1"},
		{"no number", Linear(math.NaN(), Count), "0, 0.2, 0.4, 0.6, 0.8, 1"},
		{"one", Linear(1, Count), "0, 0.2, 0.4, 0.6, 0.8, 1"},
		{"a little more", Linear(11, Count), "0, 5, 10, 15"},
		{"fifty", Linear(50, Count), "0, 10, 20, 30, 40, 50"},
		{"thousands", Linear(1e6, Count), "0, 200k, 400k, 600k, 800k, 1M"},
		{"milliseconds", Linear(56e6, Duration), "0, 20 ms, 40 ms, 60 ms"},
		{"within a decade", Log(1.5e6, 9e6, Duration), "1 ms, 2 ms, 5 ms, 10 ms"},
		{"one value", Log(2e6, 2e6, Duration), "2 ms, 5 ms"},
		{"between decades", Log(900, 90e3, Duration), "1 µs, 10 µs, 100 µs"},
		{"many decades", Log(1e3, 20e9, Duration), "1 µs, 10 µs, 100 µs, 1 ms, 10 ms, 100 ms, 1 s, 10 s"},
		{"no percentile", Percentiles(0), "min, p50, p90"},
		{"of one", Percentiles(1), "min, p50, p90"},
		{"of a hundred", Percentiles(100), "min, p50, p90, p99"},
		{"of a thousand", Percentiles(1000), "min, p50, p90, p99, p99.9"},
		{"of a million", Percentiles(1e6), "min, p90, p99, p99.9, p99.99, p99.999, p99.9999"},
		{"of a billion", Percentiles(1e9), "min, p99, p99.99, p99.9999, p99.999999"},
		{"a second", Seconds(1), "0 s, 1 s"},
		{"four seconds", Seconds(4), "0 s, 1 s, 2 s, 3 s, 4 s"},
		{"a minute", Seconds(60), "0 s, 10 s, 20 s, 30 s, 40 s, 50 s, 60 s"},
		{"two minutes", Seconds(120), "0 s, 15 s, 30 s, 45 s, 60 s, 75 s, 90 s, 105 s, 120 s"},
		{"ten minutes", Seconds(600), "0 min, 2 min, 4 min, 6 min, 8 min, 10 min"},
		{"four hours", Seconds(4 * 3600), "0 min, 30 min, 60 min, 90 min, 120 min, 150 min, 180 min, 210 min, 240 min"},
		{"a day", Seconds(86400), "0 h, 3 h, 6 h, 9 h, 12 h, 15 h, 18 h, 21 h, 24 h"},
		{"a year", Seconds(365 * 86400), "0 d, 50 d, 100 d, 150 d, 200 d, 250 d, 300 d, 350 d"},
	} {
		if got := labels(tt.axis); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAt(t *testing.T) {
	linear, log, percentiles := Linear(10, Count), Log(1, 100, Count), Percentiles(250)
	for _, tt := range []struct {
		axis    *Axis
		v, want float64
	}{
		{&linear, 0, 0}, {&linear, 5, 50}, {&linear, 10, 100}, {&linear, 11, 100}, {&linear, -1, 0},
		{&log, 1, 0}, {&log, 10, 50}, {&log, 100, 100}, {&log, 0, 0},
		{&percentiles, 0, 0}, {&percentiles, 90, 100.0 / 3}, {&percentiles, 99, 200.0 / 3}, {&percentiles, 100, 100},
		{new(Axis), 7, 0},
	} {
		if got := tt.axis.At(tt.v); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v of %s: %v, want %v", tt.v, labels(*tt.axis), got, tt.want)
		}
	}
}

// What is longer than a phone has room for is marked, on long axes alone.
func TestMinor(t *testing.T) {
	for _, tt := range []struct {
		axis Axis
		want int
	}{{Percentiles(100), 0}, {Percentiles(1000), 2}, {Percentiles(1e6), 4}, {Seconds(60), 3}, {Linear(50, Count), 0}} {
		n := 0
		for _, tick := range tt.axis.Ticks {
			if tick.Minor {
				n++
			}
		}
		if n != tt.want {
			t.Errorf("%d of %s may be left out, want %d", n, labels(tt.axis), tt.want)
		}
	}
}

// Every value is within its axis, and ticks neither crowd nor lack, whatever the
// values are.
func TestAxesHoldTheirValues(t *testing.T) {
	for exp := -2; exp < 15; exp++ {
		for _, m := range []float64{1, 1.01, 1.99, 2, 3.7, 5, 9.99} {
			v := m * math.Pow(10, float64(exp))
			linear := Linear(v, Count)
			if n := len(linear.Ticks); linear.At(v) < 60 || linear.At(v*1.7) < 100 || n < 3 || n > 6 {
				t.Errorf("%v is at %v of %s", v, linear.At(v), labels(linear))
			}
			for _, span := range []float64{1, 3, 30, 1e3, 1e9} {
				log := Log(v, v*span, Count)
				if low, high := log.At(v), log.At(v*span); log.At(v/5) > 0 || log.At(v*span*5) < 100 || high < low || span >= 30 && high-low < 40 {
					t.Errorf("%v to %v are at %v to %v of %s", v, v*span, low, high, labels(log))
				}
				if n := len(log.Ticks); n < 2 || n > 11 {
					t.Errorf("%v to %v: %d ticks", v, v*span, n)
				}
			}
		}
	}
}

func TestWords(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{Count(0), "0"}, {Count(0.25), "0.25"}, {Count(9999), "9999"}, {Count(12500), "12.5k"}, {Count(2e9), "2G"},
		{Duration(0), "0"}, {Duration(20), "20 ns"}, {Duration(1500), "1.5 µs"}, {Duration(5e8), "500 ms"}, {Duration(9e10), "90 s"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

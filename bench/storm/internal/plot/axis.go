package plot

import "math"

// An Axis says where values are. The zero Axis has everything at its beginning.
type Axis struct {
	Ticks []Tick

	scale    func(v float64) float64 // to what is evenly spaced
	from, to float64                 // scaled
}

// A Tick is a value that is marked.
type Tick struct {
	At    float64 // in percent, from the beginning of the axis
	Label string
	Minor bool // its label may be left out where there is little room
}

// At is where v is, in percent from the beginning, within the axis.
func (a *Axis) At(v float64) float64 {
	if a.to <= a.from {
		return 0
	}
	at := (a.scale(v) - a.from) / (a.to - a.from)
	return 100 * max(min(at, 1), 0)
}

func (a *Axis) tick(v float64, label string, minor bool) {
	a.Ticks = append(a.Ticks, Tick{a.At(v), label, minor})
}

func same(v float64) float64 { return v }

// Linear is an axis from 0 to most or a little more, with a tick at multiples of
// 1, 2 or 5 times a power of ten.
func Linear(most float64, label func(v float64) string) Axis {
	if !(most > 0) {
		most = 1
	}
	step := ceil125(most / 5)
	n := int(math.Ceil(most/step - 1e-9))
	a := Axis{scale: same, to: float64(n) * step}
	for i := range n + 1 {
		v := float64(i) * step
		a.tick(v, label(v), false)
	}
	return a
}

// Log is a logarithmic axis that least and most are within. Both are above 0.
func Log(least, most float64, label func(v float64) string) Axis {
	low, high := floor125(least), ceil125(most)
	if high <= low {
		high = ceil125(low * 1.5)
	}
	a := Axis{scale: math.Log10, from: math.Log10(low), to: math.Log10(high)}
	decades := a.to - a.from
	for v := low; v <= high*(1+1e-9); v = ceil125(v * 1.5) {
		if decades <= 2 || isPowerOfTen(v) {
			a.tick(v, label(v), decades > 6)
		}
	}
	return a
}

// Percentiles is an axis of percentiles, each nine as wide as the one before. It
// goes on until the greatest of n values, which begins half a value before the end,
// has some room.
func Percentiles(n int64) Axis {
	a := Axis{scale: nines, to: max(math.Log10(4*float64(n)), 1)}
	decades := int(a.to)
	a.tick(0, "min", decades > 2)
	a.tick(50, "p50", decades > 2)
	if a.At(50) < 8 { // then they would touch
		a.Ticks = a.Ticks[:1]
	}
	every := (decades + 5) / 6 // labels do not get larger than what they have room for
	for i := 1; i <= decades; i++ {
		if q := Percentile(float64(i)); i%every == 0 {
			a.tick(q, percent(q, i), decades > 4 && i%2 == 0)
		}
	}
	return a
}

// nines is 1 for 90, 2 for 99, 3 for 99.9.
func nines(q float64) float64 { return -math.Log10(1 - q/100) }

// Percentile is the inverse: that of so many nines.
func Percentile(nines float64) float64 { return 100 - 100*math.Pow(10, -nines) }

// Nines is how many nines an axis of percentiles reaches to.
func (a *Axis) Nines() float64 { return a.to }

// Seconds is an axis of time from 0 to seconds, with ticks at what a clock has.
func Seconds(seconds float64) Axis {
	a := Axis{scale: same, to: seconds}
	step := clockStep(seconds / 8)
	for i := 0; float64(i)*step <= seconds*(1+1e-9); i++ {
		a.tick(float64(i)*step, clock(float64(i)*step, step), i%2 == 1)
	}
	return a
}

// clockStep is the least step that is not below least.
func clockStep(least float64) float64 {
	const minute, hour, day = 60, 3600, 86400
	for _, step := range []float64{1, 2, 5, 10, 15, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
		hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour} {
		if step >= least {
			return step
		}
	}
	return ceil125(least/day) * day
}

// ceil125 is the least 1, 2 or 5 times a power of ten that is not below v.
func ceil125(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// floor125 is the greatest that is not above v.
func floor125(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{10, 5, 2} {
		if m*power <= v*(1+1e-9) {
			return m * power
		}
	}
	return power
}

func isPowerOfTen(v float64) bool {
	l := math.Log10(v)
	return math.Abs(l-math.Round(l)) < 1e-9
}

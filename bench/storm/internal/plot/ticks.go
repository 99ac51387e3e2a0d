package plot

import (
	"math"
	"strconv"
)

// Count is a number as people read it beside a tick: 0.5, 250, 20k, 1.5M.
func Count(v float64) string {
	switch {
	case v >= 1e9:
		return digits(v/1e9) + "G"
	case v >= 1e6:
		return digits(v/1e6) + "M"
	case v >= 1e4:
		return digits(v/1e3) + "k"
	}
	return digits(v)
}

// Duration is one of nanoseconds in the unit in which it is short.
func Duration(ns float64) string {
	switch {
	case ns <= 0:
		return "0"
	case ns < 1e3:
		return digits(ns) + " ns"
	case ns < 1e6:
		return digits(ns/1e3) + " µs"
	case ns < 1e9:
		return digits(ns/1e6) + " ms"
	}
	return digits(ns/1e9) + " s"
}

// digits is v in three digits at least, without zeros at its end.
func digits(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	three, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	return strconv.FormatFloat(three, 'f', -1, 64)
}

// clock is a time in seconds in the unit of the steps.
func clock(v, step float64) string {
	unit, name := 1.0, " s"
	switch {
	case step >= 86400:
		unit, name = 86400, " d"
	case step >= 3600:
		unit, name = 3600, " h"
	case step >= 60:
		unit, name = 60, " min"
	}
	return strconv.FormatFloat(v/unit, 'f', -1, 64) + name
}

// percent is a percentile of so many nines.
func percent(q float64, nines int) string {
	return "p" + strconv.FormatFloat(q, 'f', max(nines-2, 0), 64)
}

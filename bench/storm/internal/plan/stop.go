package plan

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// FailureLimit is --stop-on-failures. The zero value is no limit.
type FailureLimit struct {
	Count int     // more than so many
	Ratio float64 // more than this part
}

// Exceeded reports whether failed of ended connections are too many. Of few
// connections a part is not judged: one failure alone is never above it.
func (f FailureLimit) Exceeded(failed, ended int) bool {
	if f.Ratio > 0 {
		return float64(failed) > max(f.Ratio*float64(ended), 1)
	}
	return f.Count > 0 && failed > f.Count
}

func parseFailureLimit(text string) (f FailureLimit, err error) {
	if text == "" {
		return f, nil
	}
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		f.Ratio, err = strconv.ParseFloat(percent, 64)
		if f.Ratio /= 100; err == nil && f.Ratio > 0 && f.Ratio < 1 {
			return f, nil
		}
	} else if f.Count, err = strconv.Atoi(text); err == nil && f.Count > 0 {
		return f, nil
	}
	return f, usagef("--stop-on-failures: %q; want a part of the connections, as in 5%%, or a number of them", text)
}

// Backoff is --reconnect. The zero value is none.
type Backoff struct{ First, Longest time.Duration }

// Pause is how long connection k waits before it is dialled again for the nth
// time (from 0) since it was last open. It doubles each time, up to Longest, and
// up to half of it is left out at random, so that not all come back together.
func (b Backoff) Pause(seed uint64, k, n int) time.Duration {
	pause := float64(b.First) * math.Pow(2, float64(min(n, 60)))
	pause = min(pause, float64(b.Longest))
	g := rand.NewPCG(seed, uint64(k)<<32^uint64(n))
	g.Uint64() // those of seeds side by side are alike at first
	return time.Duration(pause * (1 - float64(g.Uint64()>>11)*0x1p-54))
}

func parseBackoff(text string) (b Backoff, err error) {
	if text == "" {
		return b, nil
	}
	first, last, two := strings.Cut(text, ":")
	if b.First, err = time.ParseDuration(first); err == nil {
		if b.Longest = b.First; two {
			b.Longest, err = time.ParseDuration(last)
		}
	}
	if err != nil || b.First <= 0 || b.Longest < b.First || b.Longest > longest {
		return b, usagef("--reconnect: %q; want the first and the longest pause, as in 100ms:30s, or one pause", text)
	}
	return b, nil
}

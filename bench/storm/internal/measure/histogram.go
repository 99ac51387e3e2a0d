package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Histogram counts durations, to three significant digits, up to Longest. It
// takes memory for the values that it has. A nil Histogram is an empty one. Its
// methods change nothing but for add.
type Histogram struct{ packed *hdrhistogram.PackedHistogram }

// Longest is what a Histogram holds at most; longer durations count as that.
const Longest = 24 * time.Hour

const digits = 3

func newHistogram() *Histogram {
	return &Histogram{hdrhistogram.NewPacked(1, int64(Longest), digits)}
}

// Of returns the Histogram of some durations.
func Of(durations ...time.Duration) *Histogram {
	h := newHistogram()
	for _, d := range durations {
		h.packed.RecordValue(inRange(d)) // so it cannot fail
	}
	return h
}

func inRange(d time.Duration) int64 { return int64(min(max(d, 0), Longest)) }

// Count returns how many there are.
func (h *Histogram) Count() int64 {
	if h == nil {
		return 0
	}
	return h.packed.TotalCount()
}

// At returns the percentile q of 0 to 100, 0 if there are none.
func (h *Histogram) At(q float64) time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.packed.ValueAtPercentile(q))
}

// Min returns the least, 0 if there are none.
func (h *Histogram) Min() time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.packed.Min())
}

// Max returns the greatest, 0 if there are none.
func (h *Histogram) Max() time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.packed.Max())
}

// Mean returns the mean, 0 if there are none.
func (h *Histogram) Mean() time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.packed.Mean())
}

// StdDev returns the standard deviation, 0 if there are none.
func (h *Histogram) StdDev() time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.packed.StdDev())
}

// Buckets yields the values, the least first, and how many there are of each. A
// value stands for all that are equal to it in three digits.
func (h *Histogram) Buckets(yield func(value time.Duration, count int64) bool) {
	if h == nil {
		return
	}
	h.packed.ForEachBucket(func(value, count int64) bool { return yield(time.Duration(value), count) })
}

func (h *Histogram) clone() *Histogram {
	if h == nil {
		return nil
	}
	return &Histogram{h.packed.Clone()}
}

// add adds other to *h, which it makes if it is nil.
func add(h **Histogram, other *Histogram) {
	if other.Count() == 0 {
		return
	}
	if *h == nil {
		*h = newHistogram()
	}
	(*h).packed.Merge(other.packed)
}

// histogramJSON has the Histogram itself in HDR, and is read from that. All else
// is for people.
type histogramJSON struct {
	Count int64         `json:"count"`
	Min   time.Duration `json:"min"`
	Mean  time.Duration `json:"mean"`
	P50   time.Duration `json:"p50"`
	P90   time.Duration `json:"p90"`
	P99   time.Duration `json:"p99"`
	P999  time.Duration `json:"p99.9"`
	Max   time.Duration `json:"max"`
	HDR   string        `json:"hdr"` // V2, compressed, base64
}

// MarshalJSON is that of json.Marshaler.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	if h == nil {
		return []byte("null"), nil
	}
	return json.Marshal(histogramJSON{h.Count(), h.Min(), h.Mean(), h.At(50), h.At(90), h.At(99), h.At(99.9), h.Max(), h.HDR()})
}

var errGeometry = errors.New("a histogram with other buckets than storm's")

// UnmarshalJSON is that of json.Unmarshaler.
func (h *Histogram) UnmarshalJSON(b []byte) error {
	var j histogramJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	packed, err := hdrhistogram.DecodePacked([]byte(j.HDR))
	if err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	if packed.LowestTrackableValue() != 1 || packed.HighestTrackableValue() != int64(Longest) || packed.SignificantFigures() != digits {
		return errGeometry
	}
	if n := packed.TotalCount(); n > maxCount || n != j.Count {
		return fmt.Errorf("a histogram of %d values says that it has %d", n, j.Count)
	}
	packed.Compact()
	h.packed = packed
	return nil
}

// Latencies has what was timed, by Phase.
type Latencies [NumPhases]Latency

// Latency is of one Phase.
type Latency struct {
	OK     *Histogram `json:"ok,omitempty"` // nil if there are none
	Failed *Histogram `json:"failed,omitempty"`
}

func (l *Latencies) add(other *Latencies) {
	for p := range l {
		add(&l[p].OK, other[p].OK)
		add(&l[p].Failed, other[p].Failed)
	}
}

func (l *Latencies) clone() *Latencies {
	var c Latencies
	for p := range l {
		c[p] = Latency{l[p].OK.clone(), l[p].Failed.clone()}
	}
	return &c
}

// MarshalJSON is that of json.Marshaler: an object by the names of the phases
// that there are.
func (l Latencies) MarshalJSON() ([]byte, error) {
	object := map[string]Latency{}
	for p, latency := range l {
		if latency.OK.Count() > 0 || latency.Failed.Count() > 0 {
			object[Phase(p).String()] = latency
		}
	}
	return json.Marshal(object)
}

// UnmarshalJSON is that of json.Unmarshaler.
func (l *Latencies) UnmarshalJSON(b []byte) error {
	object := map[string]Latency{}
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	for name, latency := range object {
		p, ok := ParsePhase(name)
		if !ok {
			return fmt.Errorf("%.40q is not timed by storm", name)
		}
		l[p] = latency
	}
	return nil
}

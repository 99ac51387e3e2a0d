package metrics

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// histogram is one of both kinds: a native one for who asks for protobuf, and the
// buckets below for all others.
type histogram struct{ native, classic prometheus.Metric }

// bounds are those of classic buckets, in nanoseconds: from 100 us to 100 s.
var bounds = func() (all []time.Duration) {
	for d := 100 * time.Microsecond; d <= 10*time.Second; d *= 10 {
		all = append(all, d, d*5/2, d*5)
	}
	return append(all, 100*time.Second)
}()

// schema is that of the native histogram: its buckets grow by 2 to the power of
// 2 to the power of -schema, which is 9 %.
const schema = 3

// newHistogram makes one of h, whose values are 0.1 % exact. What is in a bucket
// there is taken for its least value: so the sum never goes down.
func newHistogram(d *prometheus.Desc, h *measure.Histogram, start time.Time, labels ...string) histogram {
	var (
		sum    float64
		zeros  uint64
		native = map[int]int64{}
		counts = make([]uint64, len(bounds)) // not more than each bound
	)
	h.Buckets(func(value time.Duration, count int64) bool {
		sum += value.Seconds() * float64(count)
		if value == 0 {
			zeros += uint64(count)
		} else {
			native[int(math.Ceil(math.Log2(value.Seconds())*(1<<schema)))] += count
		}
		for i, bound := range bounds {
			if value <= bound {
				counts[i] += uint64(count)
			}
		}
		return true
	})
	n := uint64(h.Count())
	classic := make(map[float64]uint64, len(bounds))
	for i, bound := range bounds {
		classic[bound.Seconds()] = counts[i]
	}
	return histogram{
		native:  prometheus.MustNewConstNativeHistogram(d, n, sum, native, nil, zeros, schema, 0, start, labels...),
		classic: prometheus.MustNewConstHistogram(d, n, sum, classic, labels...),
	}
}

// Desc implements prometheus.Metric.
func (h histogram) Desc() *prometheus.Desc { return h.native.Desc() }

// Write implements prometheus.Metric.
func (h histogram) Write(m *dto.Metric) error {
	var classic dto.Metric
	if err := h.classic.Write(&classic); err != nil {
		return err
	}
	if err := h.native.Write(m); err != nil {
		return err
	}
	m.Histogram.Bucket = classic.Histogram.Bucket
	return nil
}

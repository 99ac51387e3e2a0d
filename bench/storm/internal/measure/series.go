package measure

import (
	"fmt"
	"slices"
	"time"
)

// A Series is a run second by second. That of a run longer than MaxRows seconds
// has longer intervals, twice, four times a second and so on.
type Series struct {
	Interval time.Duration `json:"interval_ns"`
	Rows     []Row         `json:"rows"`
}

// MaxRows bounds a Series.
const MaxRows = 3600

// A Row is one interval. What belongs to it is decided by when it happened; for
// Counts.Planned, by when it was due. Counts has neither NotStarted nor
// Unanswered.
type Row struct {
	Counts  Counts    `json:"counts"`     // of this interval, those of the warm-up among them
	Open    int64     `json:"open"`       // at its end
	Latency Latencies `json:"latency_ns"` // without those of the warm-up
}

func (r *Row) add(other *Row) {
	r.Counts.add(&other.Counts)
	r.Latency.add(&other.Latency)
}

func (r *Row) clone() Row { return Row{r.Counts, r.Open, *r.Latency.clone()} }

// at returns the row of a second, for which it grows or gets longer intervals.
func (s *Series) at(second int64) *Row {
	if s.Interval == 0 {
		s.Interval = time.Second
	}
	for second/s.seconds() >= MaxRows {
		s.fold()
	}
	i := int(second / s.seconds())
	for len(s.Rows) <= i {
		s.Rows = append(s.Rows, Row{})
	}
	return &s.Rows[i]
}

func (s *Series) seconds() int64 { return int64(s.Interval / time.Second) }

// fold makes the intervals twice as long.
func (s *Series) fold() {
	half := s.Rows[:0]
	for i := range s.Rows {
		if i%2 == 0 {
			half = append(half, s.Rows[i])
		} else {
			half[i/2].add(&s.Rows[i])
		}
	}
	clear(s.Rows[len(half):])
	s.Rows = half
	s.Interval *= 2
}

// count says how many are open at the end of each row.
func (s *Series) count() {
	var all Counts
	for i := range s.Rows {
		all.add(&s.Rows[i].Counts)
		s.Rows[i].Open = all.Open()
	}
}

// Folded is s in at most so many rows, which are longer then. Nothing but Open,
// which is at the end of each, is less exact by it.
func (s *Series) Folded(rows int) Series {
	c := s.clone()
	for len(c.Rows) > rows {
		c.fold()
	}
	if len(c.Rows) < len(s.Rows) {
		c.count()
	}
	return c
}

func (s *Series) clone() Series {
	c := Series{s.Interval, make([]Row, len(s.Rows))}
	for i := range s.Rows {
		c.Rows[i] = s.Rows[i].clone()
	}
	return c
}

// add adds the rows of other, which is not changed.
func (s *Series) add(other *Series) {
	if s.Interval == 0 {
		s.Interval = other.Interval
	}
	if other.Interval < s.Interval {
		c := other.clone()
		other = &c
	}
	for other.Interval < s.Interval {
		other.fold()
	}
	for s.Interval < other.Interval {
		s.fold()
	}
	for len(s.Rows) < len(other.Rows) {
		s.Rows = append(s.Rows, Row{})
	}
	for i := range other.Rows {
		s.Rows[i].add(&other.Rows[i])
	}
}

// check refuses what no Recorder makes.
func (s *Series) check() error {
	interval := time.Second
	for interval < s.Interval && interval < 1<<62 {
		interval *= 2
	}
	if interval != s.Interval || len(s.Rows) > MaxRows {
		return fmt.Errorf("a series of %d rows of %v", len(s.Rows), s.Interval)
	}
	if i := slices.IndexFunc(s.Rows, func(r Row) bool { return !r.Counts.sound() }); i >= 0 {
		return fmt.Errorf("row %d has a count that cannot be", i)
	}
	return nil
}

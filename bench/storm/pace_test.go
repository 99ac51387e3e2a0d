package main

import (
	"testing"
	"time"
)

func TestDue(t *testing.T) {
	start := time.Now()
	for _, tt := range []struct {
		rate float64
		k    int
		want time.Duration
	}{
		{0, 0, 0},
		{0, 1000, 0},
		{1, 0, 0},
		{1, 1, time.Second},
		{1, 86400, 24 * time.Hour},
		{0.5, 3, 6 * time.Second},
		{3, 1, 333333333},
		{3, 2, 666666667},
		{3, 3, time.Second}, // not 999999999: nothing adds up
		{3, 3000000, 1000000 * time.Second},
		{7, 7000007, 1000001 * time.Second},
		{20000, 1, 50 * time.Microsecond},
		{20000, 20000, time.Second},
	} {
		if got := (pace{start, tt.rate}).due(tt.k).Sub(start); got != tt.want {
			t.Errorf("rate %v, arrival %d: due after %v, want %v", tt.rate, tt.k, got, tt.want)
		}
	}
}

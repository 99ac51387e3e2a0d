package main

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

func TestLine(t *testing.T) {
	r := &run{plan: &plan{n: 100, hold: 5 * time.Second}}
	line := r.progressLine()
	for _, tt := range []struct {
		elapsed, opening time.Duration
		counts           counts
		closing          bool
		want             string
	}{
		{4 * time.Second, 0, counts{started: 60, opened: 40, failed: 3, cutOff: 1}, false,
			"4 s: 40 of 100 opened, 3 failed, 16 in flight, 10 a second"},
		{6 * time.Second, 0, counts{started: 60, opened: 50, failed: 3, cutOff: 1}, false, // in two seconds
			"6 s: 50 of 100 opened, 3 failed, 6 in flight, 5 a second"},
		{8 * time.Second, 7 * time.Second, counts{opened: 56, failed: 3, dropped: 2}, false,
			"held 1 s of 5s: 54 open, 3 failed, 2 dropped"},
		{13 * time.Second, 7 * time.Second, counts{opened: 56, failed: 3, dropped: 2}, true,
			"closing: 54 open, 3 failed, 2 dropped"},
	} {
		r.opening, r.counts, r.closing = tt.opening, tt.counts, tt.closing
		if got := line(tt.elapsed); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		name  string
		width int // 0 for no terminal
		runs  time.Duration
		want  string
	}{
		{"nothing of a short run", 0, 900 * time.Millisecond, ""},
		{"a line each second", 0, 2500 * time.Millisecond, "line\nline\n"},
		{"one line of a terminal", 70, 500 * time.Millisecond, "\rline\x1b[K\rline\x1b[K\r\x1b[K"},
		{"cut to its width, which changes", 4, 500 * time.Millisecond, "\rlin\x1b[K\rli\x1b[K\r\x1b[K"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var b bytes.Buffer
				p := progress{w: &b}
				if width := tt.width; width > 0 {
					p.width = func() int { defer func() { width-- }(); return width }
				}
				stop := p.show(func() string { return "line" })
				time.Sleep(tt.runs)
				stop()
				if got := b.String(); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		})
	}
}

type closedPipe struct{ writes int }

func (c *closedPipe) Write([]byte) (int, error) {
	c.writes++
	return 0, io.ErrClosedPipe
}

func TestProgressEndsWhereNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w closedPipe
		stop := progress{w: &w}.show(func() string { return "line" })
		time.Sleep(5 * time.Second)
		stop()
		if w.writes != 1 {
			t.Errorf("wrote %d times", w.writes)
		}
	})
}

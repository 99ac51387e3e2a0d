package main

import (
	"fmt"
	"io"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// show writes a line every second about how a run stands, until stop is called or
// nobody reads any more.
func show(w io.Writer, r *measure.Recorder) (stop func()) {
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case now := <-t.C:
				l := r.Live(now)
				c := &l.Counts
				if _, err := fmt.Fprintf(w, "%.0f s: %d opened, %d open, %d in flight, %d failed, %d dropped, %d late, %d messages answered\n",
					l.Elapsed.Seconds(), c.Opened+c.Reconnect.Opened, c.Open(), c.InFlight(), c.Failed+c.Reconnect.Failed, c.Dropped, c.Late, c.Answered); err != nil {
					return
				}
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-gone
	}
}

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// A progress says on standard error how far a run is: on a terminal one line,
// written over and over, elsewhere a line every second.
type progress struct {
	w     io.Writer
	width func() int // of the terminal, which may change; nil for none
}

func newProgress(f *os.File) progress {
	p := progress{w: f}
	if fd := int(f.Fd()); term.IsTerminal(fd) && os.Getenv("TERM") != "dumb" {
		p.width = func() int {
			width, _, err := term.GetSize(fd)
			if err != nil || width == 0 { // a serial line, say, knows none
				return 80
			}
			return width
		}
	}
	return p
}

// show shows line() until stop is called, or until it cannot be written.
func (p progress) show(line func() string) (stop func()) {
	every := time.Second
	if p.width != nil {
		every = time.Second / 5
	}
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				if p.write(line()) != nil {
					return
				}
			case <-quit:
				p.clear()
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-gone
	}
}

// toEnd erases from the cursor to the end of the line (ECMA-48, EL).
const toEnd = "\x1b[K"

func (p progress) write(line string) error {
	if p.width == nil {
		_, err := fmt.Fprintln(p.w, line)
		return err
	}
	_, err := fmt.Fprintf(p.w, "\r%.*s"+toEnd, p.width()-1, line) // a full line would wrap
	return err
}

func (p progress) clear() {
	if p.width != nil {
		fmt.Fprint(p.w, "\r"+toEnd)
	}
}

// progressLine returns a function that says how far the run is after elapsed.
// Its "a second" is of the time since it was called before.
func (r *run) progressLine() func(elapsed time.Duration) string {
	var before time.Duration
	var opened int
	return func(elapsed time.Duration) string {
		r.mu.Lock()
		c, opening, closing, answered := r.counts, r.opening, r.closing, r.answered
		r.mu.Unlock()
		rate := float64(c.opened-opened) / (elapsed - before).Seconds()
		before, opened = elapsed, c.opened
		now := fmt.Sprintf("%d open, %d failed, %d dropped", c.opened-c.dropped, c.failed, c.dropped)
		all := r.plan.exchange.messages * (c.opened - c.dropped)
		switch {
		case closing:
			return "closing: " + now
		case all > 0 && answered < all && opening > 0:
			return fmt.Sprintf("%.0f s: %d of %d messages answered: %s", elapsed.Seconds(), answered, all, now)
		case opening > 0:
			return fmt.Sprintf("held %.0f s of %v: %s", (elapsed - opening).Seconds(), r.plan.hold, now)
		default:
			return fmt.Sprintf("%.0f s: %d of %d opened, %d failed, %d in flight, %.0f a second",
				elapsed.Seconds(), c.opened, r.plan.n, c.failed, c.inFlight(), rate)
		}
	}
}

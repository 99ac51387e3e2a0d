package main

import (
	"os"
	"sync"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
	"github.com/zeroshake/zeroshake/bench/storm/internal/report"
)

// said is where storm says what comes up: standard error, above the View while
// there is one.
type said struct {
	mu   sync.Mutex
	view *report.View
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	view := s.view
	s.mu.Unlock()
	if view != nil {
		return view.Write(p)
	}
	return os.Stderr.Write(p)
}

// show shows how a run stands until hide is called.
func (s *said) show(p *plan.Plan, r *measure.Recorder) (hide func()) {
	run := report.Run{Arrivals: p.Arrivals.End(), Hold: p.Hold, NoReply: p.NoReply}
	if n := p.Arrivals.Len(); n != plan.Unlimited {
		run.Total = int64(n)
	}
	view := report.Show(report.NewScreen(os.Stderr, os.Getenv), run, r.Live)
	s.mu.Lock()
	s.view = view
	s.mu.Unlock()
	return view.Close
}

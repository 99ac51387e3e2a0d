package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/command"
	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/metrics"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
	"github.com/zeroshake/zeroshake/bench/storm/internal/run"
	"github.com/zeroshake/zeroshake/bench/storm/internal/serve"
)

// storm carries a plan out and reports.
func storm(p *plan.Plan) int {
	notes, err := p.Fits(plan.ReadLimits())
	if err != nil {
		return command.Complain(os.Stderr, err)
	}
	for _, note := range notes {
		fmt.Fprintf(os.Stderr, "storm: %s\n", note)
	}
	out, err := newOutputs(p.Options)
	if err != nil {
		return command.Complain(os.Stderr, err)
	}
	defer out.close()
	stderr := new(said)
	ctx, interrupted := untilSignal(stderr)
	result, err := execute(ctx, p, out, stderr)
	var usage plan.UsageError
	switch {
	case errors.As(err, &usage):
		return command.Complain(os.Stderr, err)
	case err != nil:
		fail("%v", err)
		if status := interrupted(); status != 0 { // which may have hit the embedded server as well
			return status
		}
		return exitError
	}
	return out.report(result, interrupted())
}

// execute carries p out, against an embedded server if it has no URL.
func execute(ctx context.Context, p *plan.Plan, out *outputs, stderr *said) (*measure.Result, error) {
	var server *serve.Child
	if p.Embedded() {
		var err error
		if server, err = serve.Start(stderr); err != nil {
			return nil, fmt.Errorf("embedded server: %w", err)
		}
		if err = p.SetURL(server.URL); err != nil {
			server.Stop()
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "storm: no URL given: embedded server at %s, process %d\n", server.URL, server.PID())
	}
	loops := p.Loops
	if loops == 0 {
		loops = runtime.GOMAXPROCS(0)
	}
	start := time.Now()
	recorder := measure.NewRecorder(recording(p, start, loops))
	var trace io.Writer
	if p.Verbose {
		trace = out.text
	}
	r, err := run.New(p, recorder, start, loops, trace)
	if err != nil {
		if server != nil {
			server.Stop()
		}
		return nil, err
	}
	out.show(&metrics.Run{Recorder: recorder, Start: start, Version: command.Version(), URL: p.Show(), Engine: p.Engine})
	hide := func() {}
	if !p.Quiet && !p.Verbose {
		hide = stderr.show(p, recorder)
	}
	end := r.Do(ctx)
	hide()
	if server != nil {
		if end.Server, err = server.Stop(); err != nil {
			fmt.Fprintf(os.Stderr, "storm: embedded server: %v\n", err)
		}
	}
	return recorder.Result(end), nil
}

// recording is what a Recorder knows of p.
func recording(p *plan.Plan, start time.Time, loops int) measure.Config {
	c := measure.Config{
		Start: start, Shards: loops, WarmUp: p.Warmup,
		Settings: measure.Settings{
			URL: p.Show(), Engine: p.Engine, Digest: p.Digest, Hold: p.Hold, WarmUp: p.Warmup, NoReply: p.NoReply,
			Storm: command.Version() + ", " + runtime.Version(), Machine: machine(),
		},
	}
	for _, s := range p.Settings {
		name := "--" + s.Name
		switch {
		case s.Name == "url": // an argument
			name = s.Name
		case len(s.Name) == 1:
			name = "-" + s.Name
		}
		c.Settings.Values = append(c.Settings.Values, measure.Setting{Name: name, Value: strings.Join(s.Values, ", ")})
	}
	if n := p.Arrivals.Len(); n != plan.Unlimited {
		c.Total = int64(n)
	}
	if !p.Arrivals.Closed() {
		c.Planned = func(t time.Duration) int64 { return int64(p.Arrivals.Planned(t)) }
		if p.Rate != "" {
			c.Settings.Rate = p.Arrivals.Rate(0)
		}
	}
	return c
}

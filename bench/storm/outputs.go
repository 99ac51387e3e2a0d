package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/metrics"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
	"github.com/zeroshake/zeroshake/bench/storm/internal/report"
	"github.com/zeroshake/zeroshake/bench/storm/internal/threshold"
)

// outputs are the places where a report goes, found out before the run, and what
// it is judged by.
type outputs struct {
	thresholds []*threshold.Threshold
	files      []output
	text       io.Writer
	metrics    *metrics.Server // nil: not asked for
}

type output struct {
	flag  string
	write func(r *report.Report) error
}

// newOutputs refuses what cannot be written, and thresholds that make no sense.
func newOutputs(o plan.Options) (*outputs, error) {
	out := &outputs{text: os.Stdout}
	for i, text := range o.Thresholds {
		t, err := threshold.Parse(text)
		if err != nil {
			return nil, plan.UsageError(fmt.Sprintf("--threshold, number %d: %v", i+1, err))
		}
		out.thresholds = append(out.thresholds, t)
	}
	for _, f := range []struct {
		flag, name string
		write      func(*report.Report, io.Writer) error
	}{
		{"--json", o.JSON, (*report.Report).JSON},
		{"--csv", o.CSV, (*report.Report).CSV},
		{"--html", o.HTML, (*report.Report).HTML},
		{"--bench", o.Bench, (*report.Report).Bench},
		{"--hdr", o.HDR, (*report.Report).HDR},
	} {
		if f.name == "" {
			continue
		}
		if f.name == "-" || report.IsFile(os.Stdout, f.name) {
			out.text = os.Stderr
			out.files = append(out.files, output{f.flag, func(r *report.Report) error { return f.write(r, os.Stdout) }})
			continue
		}
		file, err := report.NewFile(f.name)
		if err != nil {
			return nil, plan.UsageError(fmt.Sprintf("%s: %v", f.flag, err))
		}
		out.files = append(out.files, output{f.flag, func(r *report.Report) error {
			return file.Write(func(w io.Writer) error { return f.write(r, w) })
		}})
	}
	if o.Prometheus != "" {
		var err error
		if out.metrics, err = metrics.Listen(o.Prometheus); err != nil {
			return nil, plan.UsageError(fmt.Sprintf("--prometheus: %v", err))
		}
	}
	return out, nil
}

// show has r scraped, if that was asked for, until close.
func (out *outputs) show(r *metrics.Run) {
	if out.metrics != nil {
		out.metrics.Serve(r)
		fmt.Fprintf(os.Stderr, "storm: metrics at %s\n", out.metrics.URL())
	}
}

func (out *outputs) close() {
	if out.metrics != nil {
		out.metrics.Close()
	}
}

// report judges and writes a result. interrupted is the exit status of the signal
// that ended the run, or 0. The text comes last: nobody may read it.
func (out *outputs) report(r *measure.Result, interrupted int) (status int) {
	full := &report.Report{Result: r, Thresholds: threshold.Check(out.thresholds, r)}
	var failed []error
	for _, f := range out.files {
		if err := f.write(full); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", f.flag, err))
		}
	}
	if err := full.Text(out.text); err != nil {
		failed = append(failed, err)
	}
	err := errors.Join(failed...)
	if err != nil {
		fail("the report could not be written: %v", err)
	}
	switch status = threshold.Status(full.Thresholds); {
	case interrupted != 0:
		return interrupted
	case err != nil:
		return exitError
	case status != 0:
		return status
	case len(out.thresholds) == 0 && failures(r):
		return exitFailed
	}
	return 0
}

// failures reports whether connections did not open, or were not kept, or got a
// wrong reply or none; those of the warm-up do not count, unless there are no others.
// Or the run ended before its time.
func failures(r *measure.Result) bool {
	c := &r.Counts
	return c.Started == 0 && r.WarmUp.Failed > 0 || c.Failed > 0 || c.Dropped > 0 || c.Wrong > 0 || c.Unanswered > 0 || r.Ended != "" && !r.Interrupted
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(gate(os.Stdout, os.Stderr, os.Args[1:])) }

// Exit codes, as those of diff.
const (
	exitOK = iota
	exitWorse
	exitTrouble
)

type options struct {
	filter, yardsticks  string
	threshold, otherCPU float64 // percent
	growth              bool
}

func gate(stdout, stderr io.Writer, args []string) (exit int) {
	var o options
	flags := flag.NewFlagSet("gate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: gate [flags] OLD NEW\n       gate -growth [flags] RECORD\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&o.filter, "filter", "*", "judge the benchmarks that match `filter`")
	flags.StringVar(&o.yardsticks, "yardsticks", "", "`file` that says what times are divided by")
	flags.Float64Var(&o.threshold, "threshold", 15, "`percent` by which a time may get worse")
	flags.Float64Var(&o.otherCPU, "other-cpu", 150, "the same `percent` if the records are of different CPUs")
	flags.BoolVar(&o.growth, "growth", false, "judge how time grows with n")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitOK
	} else if err != nil {
		return exitTrouble
	}
	var (
		failed int
		err    error
	)
	switch {
	case o.threshold <= 0 || o.otherCPU <= 0:
		err = errors.New("a threshold is more than 0 percent")
	case o.growth && flags.NArg() == 1:
		failed, err = o.judgeGrowth(stdout, flags.Arg(0))
	case !o.growth && flags.NArg() == 2:
		failed, err = o.compare(stdout, flags.Arg(0), flags.Arg(1))
	default:
		flags.Usage()
		return exitTrouble
	}
	switch {
	case err != nil:
		fmt.Fprintln(stderr, "gate:", err)
		return exitTrouble
	case failed > 0:
		fmt.Fprintf(stdout, "\nFAIL: %d\n", failed)
		return exitWorse
	}
	return exitOK
}

func (o *options) compare(w io.Writer, oldFile, newFile string) (failed int, err error) {
	var y yardsticks
	if o.yardsticks != "" {
		if y, err = readYardsticks(o.yardsticks); err != nil {
			return 0, err
		}
	}
	r, err := newReader(o.filter, "pkg,.fullname", y)
	if err != nil {
		return 0, err
	}
	old, err := r.read(oldFile)
	if err != nil {
		return 0, err
	}
	new, err := r.read(newFile)
	if err != nil {
		return 0, err
	}
	for _, k := range []string{"goos", "goarch"} {
		if a, b := old.config[k], new.config[k]; a != b {
			return 0, fmt.Errorf("%s: %s is %q, in %s %q", old.file, k, a, new.file, b)
		}
	}
	percent := o.threshold
	if old.config["cpu"] != new.config["cpu"] {
		percent = o.otherCPU
	}
	verdicts, err := compare(old, new, percent/100)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(w, "old: %s (%s)\nnew: %s (%s)\n", old.file, old.machine(), new.file, new.machine())
	if y != nil {
		fmt.Fprintf(w, "time in units of the yardstick, limit +%v %%\n", percent)
	}
	return writeVerdicts(w, verdicts), nil
}

func (o *options) judgeGrowth(w io.Writer, file string) (failed int, err error) {
	r, err := newReader(o.filter, "pkg,.fullname,/n", nil)
	if err != nil {
		return 0, err
	}
	rec, err := r.read(file)
	if err != nil {
		return 0, err
	}
	steps, err := rec.steps()
	if err != nil {
		return 0, err
	}
	return writeSteps(w, steps, o.threshold/100), nil
}

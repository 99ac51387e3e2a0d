package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// A plan is what every tool is told to do.
type plan struct {
	Connections int
	Rate        int // a second; 0: all at once
	Hold        time.Duration
	URL         string
	stall       time.Duration
}

// An outcome is what one tool did in one round.
type outcome struct {
	failed   error // it ended with another status than 0, or left no result, with what it printed in further lines
	measured bool  // it left a result of connections: figures can be made of what is below
	said     said
	server   counts
	cpu      time.Duration
	memory   int64 // octets
}

// agrees reports whether the tool has counted what the server has.
func (o *outcome) agrees() bool {
	return o.said.opened == o.server.Opened && o.said.answered == o.server.Messages
}

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "beside:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	if len(args) > 0 && args[0] == "serve" {
		return serve(args[1:])
	}
	var p plan
	flags := flag.NewFlagSet("beside", flag.ExitOnError)
	flags.IntVar(&p.Connections, "connections", 4000, "open `N`")
	flags.IntVar(&p.Rate, "rate", 200, "begin `N` a second; 0: all at once")
	flags.DurationVar(&p.Hold, "hold", 5*time.Second, "keep each for `D`")
	flags.DurationVar(&p.stall, "stall", 0, "stop the server for `D` in the middle")
	rounds := flags.Int("rounds", 3, "`N` of them")
	names := flags.String("tools", "storm-loop,storm-net,k6,tsung,artillery", "`NAMES`, with commas")
	flags.Parse(args)
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("there are no arguments but flags: %q", flags.Arg(0))
	case p.Connections < 2 || *rounds < 1:
		return errors.New("-connections has to be 2 at least, -rounds 1")
	case p.Rate < 0 || p.Rate > 0 && p.Connections%p.Rate != 0:
		return errors.New("-rate has to divide -connections: k6 and artillery begin them for whole seconds")
	case p.Hold < 0 || p.Hold%time.Second != 0:
		return errors.New("-hold has to be whole seconds for tsung")
	}
	return compare(os.Stdout, p, *rounds, strings.Split(*names, ","))
}

// compare has tools carry p out, round by round, and prints a table. A tool that
// fails is in the table, and in the error.
func compare(w io.Writer, p plan, rounds int, names []string) error {
	chosen := make([]tool, len(names))
	for i, name := range names {
		var err error
		if chosen[i], err = find(name); err != nil {
			return err
		}
	}
	outcomes := make([][]outcome, len(chosen))
	failed := 0
	for round := range rounds {
		for i, t := range chosen {
			load, err := os.ReadFile("/proc/loadavg")
			if err != nil {
				return err
			}
			o, err := carryOut(t, p)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			outcomes[i] = append(outcomes[i], o)
			fmt.Fprintf(os.Stderr, "round %d, %s: ", round+1, t.name)
			if o.failed != nil {
				failed++
				fmt.Fprintf(os.Stderr, "%v\n", o.failed)
			}
			fmt.Fprintf(os.Stderr, "%d opened and %d answered, %d and %d by the server, %v of CPU; load %.4s before\n",
				o.said.opened, o.said.answered, o.server.Opened, o.server.Messages, o.cpu, load)
		}
	}
	table(w, chosen, outcomes)
	if failed > 0 {
		return fmt.Errorf("%d of %d runs failed", failed, rounds*len(chosen))
	}
	return nil
}

// carryOut has t carry p out against a server of its own.
func carryOut(t tool, p plan) (o outcome, err error) {
	s, err := start(p)
	if err != nil {
		return o, fmt.Errorf("server: %w", err)
	}
	p.URL = s.url
	if err = t.run(p, &o); err != nil {
		s.end()
		return o, err
	}
	o.server, err = s.end()
	o.measured = o.measured && o.server.Opened > 1
	return o, err
}

// patience is how long a tool may take beyond the plan.
const patience = 2 * time.Minute

func (t tool) run(p plan, o *outcome) error {
	dir, err := os.MkdirTemp("", "beside")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	args, err := t.arguments(p, dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(p.Seconds())*time.Second+p.Hold+p.stall+patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.program, args...)
	cmd.Env = append(os.Environ(), "ARTILLERY_DISABLE_TELEMETRY=true")
	printed, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		return err // it did not start
	}
	o.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	o.memory = int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) << 10
	said, unread := t.read(p, dir)
	o.said, o.measured = said, unread == nil
	if err == nil {
		err = unread
	}
	if err != nil {
		o.failed = fmt.Errorf("%w\n%s", err, printed)
	}
	return nil
}

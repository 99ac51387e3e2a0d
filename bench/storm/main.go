// Storm opens many WebSocket connections, verifies every handshake, and reports
// what happened and how long it took. "storm --help" says how it is used.
//
//	main.go       the command, from arguments to exit status
//	flags.go      arguments to a plan; localaddr.go its local addresses
//	plan.go       what a run is to do; limits.go whether this machine lets it
//	run.go        the run: arrivals at the pace of pace.go, through an engine
//	engine.go     what an engine is; netengine.go the one over package dial
//	exchange.go   the messages of a connection
//	results.go    what is counted and measured; reason.go and cause.go name a failure
//	progress.go   what one sees meanwhile
//	summary.go    the report as JSON, for jsonfile.go; report.go as text
//	redact.go     what no report may show
//	serve.go      the server of echo.go; embedded.go makes it a child process,
//	              in the process group of group_unix.go or group_windows.go
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Exit statuses. An interrupted run exits with 128 and the signal's number.
const (
	exitError  = 1 // of storm itself
	exitUsage  = 2
	exitFailed = 3 // connections failed
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // so that a write to a closed pipe is an error like another
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(serve(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(storm(os.Args[1:], os.Stdout, os.Stderr))
}

// complain says what is wrong with the usage and returns the status for it.
func complain(stderr io.Writer, format string, args ...any) int {
	fmt.Fprintf(stderr, "storm: "+format+"\n(storm --help says how it is used)\n", args...)
	return exitUsage
}

func storm(args []string, stdout, stderr *os.File) int {
	p, answer, err := parseArgs(args)
	if err == nil && p == nil {
		fmt.Fprint(stdout, answer)
		return 0
	}
	var note string
	if err == nil {
		note, err = p.fits(readLimits())
	}
	if err != nil {
		return complain(stderr, "%v", err)
	}
	if note != "" {
		fmt.Fprintf(stderr, "storm: %s\n", note)
	}
	text, report := stdout, func(s *summary) error { return nil }
	switch {
	case p.json == "":
	case p.json == "-" || isFile(stdout, p.json):
		text, report = stderr, func(s *summary) error { return s.writeJSON(stdout) }
	default:
		file, err := newJSONFile(p.json)
		if err != nil {
			return complain(stderr, "--json: %v", err)
		}
		report = func(s *summary) error { return file.write(s.writeJSON) }
	}

	ctx, interrupted := untilSignal(stderr)
	s, err := p.execute(ctx, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "storm: %v\n", err)
		return cmp.Or(interrupted(), exitError) // a signal may have hit the embedded server as well
	}
	status := s.status()
	if s.Interrupted {
		status = interrupted()
	}
	errJSON, errText := report(s), s.writeText(text, p.String()) // in this order: nobody may read the text
	if err = errors.Join(errJSON, errText); err != nil {
		fmt.Fprintf(stderr, "storm: the report could not be written: %v\n", err)
		if status == 0 {
			status = exitError
		}
	}
	return status
}

// execute runs the plan, against an embedded server if it has no URL.
func (p *plan) execute(ctx context.Context, stderr *os.File) (*summary, error) {
	var server *embedded
	if p.url == "" {
		var err error
		if server, err = startEmbedded(stderr); err == nil {
			err = p.setURL(server.url)
		}
		if err != nil {
			return nil, fmt.Errorf("embedded server: %w", err)
		}
		fmt.Fprintf(stderr, "storm: no URL given: embedded server at %s, process %d\n", server.url, server.cmd.Process.Pid)
	}
	r := newRun(p)
	r.engine = newNetEngine(p, r)
	start := time.Now()
	line := r.progressLine()
	hide := newProgress(stderr).show(func() string { return line(time.Since(start)) })
	r.open(ctx)
	r.engine.talked()
	r.hold(ctx)
	r.engine.close()
	hide()
	s := r.summary(ctx.Err() != nil)
	if server != nil {
		var err error
		if s.Server, err = server.stop(); err != nil {
			fmt.Fprintf(stderr, "storm: embedded server: %v\n", err)
		}
	}
	return s, nil
}

// untilSignal returns a context that ends with the first SIGINT, SIGTERM or
// SIGHUP, and a function that returns the exit status of that signal, 0 if none
// came. The second one ends the process.
func untilSignal(stderr io.Writer) (ctx context.Context, status func() int) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		first := signalled(128 + int((<-signals).(syscall.Signal)))
		cancel(first)
		fmt.Fprintln(stderr, "\nstorm: interrupted; once more to quit without a report")
		for came := time.Now(); time.Since(came) < sameSignal; {
			<-signals
		}
		os.Exit(int(first))
	}()
	return ctx, func() int {
		s, _ := context.Cause(ctx).(signalled)
		return int(s)
	}
}

// sameSignal is for how long more signals are taken for the first one: timeout(1)
// sends its signal to a process and to the group that the process is in.
const sameSignal = 200 * time.Millisecond

// signalled is the exit status of a signal.
type signalled int

func (s signalled) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

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
		first := signalled((<-signals).(syscall.Signal))
		cancel(first)
		text := "storm: interrupted; once more to quit without a report\n"
		if syscall.Signal(first) == syscall.SIGINT && term.IsTerminal(int(os.Stderr.Fd())) {
			text = "\n" + text // not behind the ^C that it shows
		}
		io.WriteString(stderr, text)
		for came := time.Now(); time.Since(came) < sameSignal; {
			<-signals
		}
		os.Exit(first.status())
	}()
	return ctx, func() int {
		if s, ok := context.Cause(ctx).(signalled); ok {
			return s.status()
		}
		return 0
	}
}

// sameSignal is for how long more signals are taken for the first one: timeout(1)
// sends its signal to a process and to the group that the process is in.
const sameSignal = 200 * time.Millisecond

// signalled is the signal that ended a run.
type signalled syscall.Signal

func (s signalled) status() int { return 128 + int(s) }

func (s signalled) Error() string { return "by a signal: " + syscall.Signal(s).String() }

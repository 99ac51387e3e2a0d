// Storm opens many WebSocket connections, verifies every handshake, exchanges
// messages, and reports what happened and how long it took. "storm --help" says
// how it is used.
//
//	main.go     the commands
//	storm.go    a plan, carried out and reported
//	outputs.go  where the report goes
//	progress.go what one sees meanwhile
//	signals.go  what ends a run before its time
//	machine.go  what it runs on
//
// In internal, command makes a plan of the arguments, plan checks it, run carries
// it out, measure counts and times what happens, threshold judges that, report and
// metrics show it, and serve is the server that storm brings along.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/zeroshake/zeroshake/bench/storm/internal/command"
	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
	"github.com/zeroshake/zeroshake/bench/storm/internal/serve"
)

// Exit statuses, of which the first that applies is returned: command.Usage; 128
// and the number of a signal; exitError; threshold.ExitBroken;
// threshold.ExitNotMeasured; exitFailed.
const (
	exitError  = 1 // of storm itself
	exitFailed = 3 // the load had failures, and no threshold was given
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // so that a write to a closed pipe is an error like another
	os.Exit(command.Execute(os.Args[1:], os.Stdout, os.Stderr, command.Actions{
		Run:   storm,
		Serve: echo,
		Merge: merge,
	}))
}

// fail says what went wrong with storm itself.
func fail(format string, args ...any) (status int) {
	fmt.Fprintf(os.Stderr, "storm: "+format+"\n", args...)
	return exitError
}

// echo is the command "storm serve".
func echo(addr string) int {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fail("serve: --addr: %v", err)
	}
	s := serve.New()
	go s.Serve(l)
	end := serve.End(os.Stdin)
	fmt.Printf("ws://%s/\n", l.Addr())
	<-end
	json.NewEncoder(os.Stdout).Encode(s.Counts())
	return 0
}

// merge is the command "storm merge".
func merge(files []string, o plan.Options) int {
	out, err := newOutputs(o)
	if err != nil {
		return command.Complain(os.Stderr, err)
	}
	results := make([]*measure.Result, len(files))
	for i, name := range files {
		if results[i], err = readResult(name); err != nil {
			return command.Complain(os.Stderr, fmt.Errorf("merge: %s: %w", name, err))
		}
	}
	sum, err := measure.Merge(results...)
	var other *measure.PlanError
	var same *measure.SameError
	switch {
	case errors.As(err, &other):
		err = fmt.Errorf("%s is of another plan than %s: %s", files[other.Index], files[0], other.What)
	case errors.As(err, &same):
		err = fmt.Errorf("%s and %s are of the same run, which counts once", files[same.Before], files[same.Index])
	}
	if err != nil {
		return command.Complain(os.Stderr, fmt.Errorf("merge: %w", err))
	}
	return out.report(sum, 0)
}

func readResult(name string) (*measure.Result, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return measure.Read(f)
}

// Package command is storm's command line: from arguments, and a file of settings,
// to a plan or one of the other commands, to an exit status.
//
//	command.go     the commands
//	flags.go       the flags of package plan, and what is wrong with one
//	config.go      --config
//	nearest.go     what somebody meant who mistyped
//	completion.go  what a shell offers behind a flag
//	help.go        --help; topics.go storm help TOPIC
package command

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

// Usage is the exit status for what cannot be: the command line, or a plan on this
// machine.
const Usage = 2

// Actions are what the commands do. Each returns the exit status.
type Actions struct {
	// Run carries a plan out.
	Run func(p *plan.Plan) int
	// Serve is an echo server at HOST:PORT.
	Serve func(addr string) int
	// Merge adds up the results in files. Only the options about output are set.
	Merge func(files []string, o plan.Options) int
}

// Execute does what args ask for, without the name of the program. Answers such as
// the help go to stdout, complaints to stderr.
func Execute(args []string, stdout, stderr io.Writer, a Actions) (status int) {
	root := newRoot(a, stdout, stderr, &status)
	root.SetArgs(args)
	if err := root.Execute(); err != nil {
		return Complain(stderr, err)
	}
	return status
}

// Complain says what is wrong with the usage, and returns the status for it.
func Complain(stderr io.Writer, err error) (status int) {
	fmt.Fprintf(stderr, "storm: %v\n(storm --help says how it is used)\n", err)
	return Usage
}

// newRoot has a command set *status to its exit status, if that is not 0.
func newRoot(a Actions, stdout, stderr io.Writer, status *int) *cobra.Command {
	o := plan.Defaults()
	var config string
	var print, version bool
	root := &cobra.Command{
		Use:               "storm [flags] [URL...]",
		Short:             "load for WebSocket servers",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: noFiles,
		SilenceErrors:     true,
		SilenceUsage:      true,
		RunE: func(c *cobra.Command, args []string) error {
			if version {
				fmt.Fprintf(stdout, "storm %s\n", Version())
				return nil
			}
			p, err := newPlan(c.Flags(), &o, config, args)
			switch {
			case err != nil:
				return err
			case print:
				fmt.Fprint(stdout, p.YAML())
			default:
				*status = a.Run(p)
			}
			return nil
		},
	}
	root.SetOut(stdout) // the completions are made for what is set by then
	root.SetErr(stderr)
	f := root.Flags()
	f.SortFlags = false
	bind(f, plan.Groups(&o))
	f.StringVar(&config, "config", "", "")
	f.BoolVar(&print, "print-plan", false, "")
	f.BoolVar(&version, "version", false, "")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		if c == root {
			fmt.Fprint(stdout, Help())
		} else {
			fmt.Fprintf(stdout, "%s\n\n%s", c.Long, c.UsageString())
		}
	})
	root.SetUsageFunc(usage)
	root.SetHelpCommand(newHelp(stdout))
	root.AddCommand(newServe(a, status), newMerge(a, status))
	complete(root)
	return root
}

// newPlan makes a plan of the flags that were given, of the settings in a file that
// were not, and of the arguments.
func newPlan(f flagSet, o *plan.Options, config string, args []string) (*plan.Plan, error) {
	if err := refuseEmpty(f); err != nil {
		return nil, err
	}
	if config != "" {
		if err := readConfig(config, f, o); err != nil {
			return nil, err
		}
	}
	if len(args) > 0 {
		o.URLs = args
	}
	for i, arg := range args {
		if arg != "" && !strings.Contains(arg, "://") && !strings.Contains(arg, "{{") {
			return nil, usagef("URL, number %d: want ws://HOST:PORT/PATH or wss://... (a switch such as --binary takes no value behind it)", i+1)
		}
	}
	return plan.New(*o)
}

func newServe(a Actions, status *int) *cobra.Command {
	var addr string
	c := &cobra.Command{
		Use:   "serve",
		Short: "an echo server",
		Long: `storm serve is an echo server: it takes the first subprotocol that is offered and
permessage-deflate, prints its URL, and at the end how many connections it had.
It ends on SIGINT and SIGTERM. If its standard input is a pipe, it ends when that
is closed, and SIGINT, SIGTERM and SIGHUP do not end it.`,
		Args:              noArguments,
		ValidArgsFunction: noFiles,
		RunE: func(*cobra.Command, []string) error {
			*status = a.Serve(addr)
			return nil
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:0", "listen at this `HOST:PORT`, port 0 for any that is free")
	return c
}

func newMerge(a Actions, status *int) *cobra.Command {
	o := plan.Defaults()
	c := &cobra.Command{
		Use:   "merge FILE...",
		Short: "add results up",
		Long: `storm merge A.json B.json ... adds up the results that storm --json wrote: of several
machines, or of several processes on one. Counts add up, and percentiles are those of all
connections together, not means of percentiles. Results of different plans are refused,
and one run that is there twice, as far as results that were merged before tell. Rates are
as though all runs had been at the same time; where they were not, the summary says so.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("merge: which results? Give files that storm --json wrote")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(refuseEmpty(c.Flags()), o.CheckOutputs()); err != nil {
				return err
			}
			*status = a.Merge(args, o)
			return nil
		},
	}
	flags := plan.Group{Title: "Flags"}
	for _, g := range plan.Groups(&o) {
		for _, flag := range g.Flags {
			if flag.Merge {
				flags.Flags = append(flags.Flags, flag)
			}
		}
	}
	bind(c.Flags(), []plan.Group{flags})
	c.SetUsageFunc(func(c *cobra.Command) error {
		_, err := io.WriteString(c.OutOrStderr(), helpOn(flags))
		return err
	})
	return c
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s: takes no arguments", c.Name())
	}
	return nil
}

// Version is that of go install MODULE@VERSION, or of the commit.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

package command

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

const helpHead = `storm opens WebSocket connections as planned, verifies every handshake,
exchanges messages, and says what happened and how long it took, from when it
was due.

  storm [flags] [URL...]   ws:// or wss://, in turn; none: an embedded server
  storm serve              the embedded server alone, an echo server
  storm merge FILE...      add up results of --json
  storm help TOPIC         ` + topicList + `
  storm completion SHELL   bash, zsh, fish or powershell

D is a duration: 10s, 5m, 1h30m. Defaults are in brackets.
`

const helpTail = `Examples:
  storm -n 10000 -c 256
  storm -r 500 --duration 1m --lifetime 10s wss://host.example/chat
  storm --stage 0:1000/s:30s,hold:1m --csv out.csv wss://host.example/
  storm -n 100 --messages 1000 --echo-check ws://127.0.0.1:9001/
  storm --bearer '{{env.TOKEN}}' 'wss://host.example/room/{{conn}}'
  storm -r 50 --threshold 'handshake.p99<50ms' wss://host.example/
  storm -v -n 1 --subprotocol mqtt wss://host.example/mqtt
`

// others are the flags that are no option of a plan.
var others = plan.Group{Title: "General", Flags: []plan.Flag{
	{Name: "config", Arg: "FILE", Help: "of flags in YAML; the command line wins"},
	{Name: "print-plan", Help: "print the plan as such a file, and do nothing"},
	{Name: "version", Help: "print the version"},
	{Name: "help", Short: "h", Help: "print this"},
}}

// Help is what storm --help prints: two screens of 50 lines and 80 columns at most.
func Help() string {
	var b strings.Builder
	b.WriteString(helpHead)
	o := plan.Defaults()
	for _, g := range append(plan.Groups(&o), others) {
		b.WriteString(helpOn(g))
	}
	b.WriteString(helpTail)
	return b.String()
}

func helpOn(g plan.Group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:\n", g.Title)
	for _, f := range g.Flags {
		short := "    "
		if f.Short != "" {
			short = "-" + f.Short + ", "
		}
		fmt.Fprintf(&b, "  %-*s %s\n", helpColumn, strings.TrimRight(short+"--"+f.Name+" "+f.Arg, " "), f.Help)
	}
	return b.String()
}

// usage is what the help of another command than storm ends with.
func usage(c *cobra.Command) error {
	var b strings.Builder
	for _, sub := range c.Commands() {
		fmt.Fprintf(&b, "  %-*s %s\n", helpColumn, c.CommandPath()+" "+sub.Name(), sub.Short)
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(&b, "Flags:\n%s", c.LocalFlags().FlagUsagesWrapped(80))
	}
	_, err := io.WriteString(c.OutOrStderr(), b.String())
	return err
}

// helpColumn is how wide a flag and its argument are at most.
const helpColumn = 30

func newHelp(stdout io.Writer) *cobra.Command {
	c := &cobra.Command{
		Use:                   "help [TOPIC]",
		Short:                 "more about " + topicList,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			text, err := topic(c.Root(), args)
			if err == nil {
				fmt.Fprint(stdout, text)
			}
			return err
		},
	}
	for _, t := range topics {
		c.ValidArgs = append(c.ValidArgs, t.name+"\t"+t.title)
	}
	return c
}

// topic is what there is about args: a topic, a command, or nothing for the help.
func topic(root *cobra.Command, args []string) (string, error) {
	if len(args) == 0 {
		return Help(), nil
	}
	i := slices.IndexFunc(topics, func(t helpTopic) bool { return t.name == args[0] })
	if i >= 0 && len(args) == 1 {
		return topics[i].title + "\n\n" + strings.TrimLeft(topics[i].text, "\n"), nil
	}
	if c, _, err := root.Find(args); err == nil && c != root {
		return c.Long + "\n\n" + c.UsageString(), nil
	}
	var names []string
	for _, t := range topics {
		names = append(names, t.name)
	}
	return "", usagef("help: no topic %q%s; there are %s", args[0], meant(args[0], names, ""), topicList)
}

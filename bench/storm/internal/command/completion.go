package command

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// complete adds "storm completion SHELL", which refuses other shells, and says what a shell offers behind flags:
// files, unless a flag takes none.
func complete(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, _ := root.Find([]string{"completion"})
	completion.Args = cobra.ArbitraryArgs
	completion.RunE = func(c *cobra.Command, args []string) error {
		var shells []string
		for _, shell := range c.Commands() {
			shells = append(shells, shell.Name())
		}
		list := strings.Join(shells, ", ")
		if len(args) == 0 {
			return usagef("completion: which shell? There are %s", list)
		}
		return usagef("completion: no shell %q%s; there are %s", args[0], meant(args[0], shells, ""), list)
	}
	root.Flags().VisitAll(func(f *pflag.Flag) {
		offer := noFiles
		switch f.Name {
		case "engine":
			offer = cobra.FixedCompletions([]string{"loop\tepoll, for ws on Linux", "net\tnet.Conn, for everything"}, cobra.ShellCompDirectiveNoFileComp)
		case "tls-min", "tls-max":
			offer = cobra.FixedCompletions([]string{"1.0", "1.1", "1.2", "1.3"}, cobra.ShellCompDirectiveNoFileComp)
		case "proxy":
			offer = cobra.FixedCompletions([]string{"env\tas the environment says", "http://", "https://"}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace)
		case "config", "payload", "url-file", "csv-data", "unix", "cacert", "cert", "key", "json", "csv", "html", "bench", "hdr":
			return
		}
		root.RegisterFlagCompletionFunc(f.Name, offer)
	})
}

func noFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

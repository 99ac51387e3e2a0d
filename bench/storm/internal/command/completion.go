package command

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// complete adds "storm completion SHELL", and says what a shell offers behind flags:
// files, unless a flag takes none.
func complete(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
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

package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

type flagSet = *pflag.FlagSet

// bind gives f the flags.
func bind(f flagSet, groups []plan.Group) {
	for _, g := range groups {
		for _, flag := range g.Flags {
			switch v := flag.Value.(type) {
			case *int:
				f.IntVarP(v, flag.Name, flag.Short, *v, flag.Help)
			case *uint64:
				f.Uint64VarP(v, flag.Name, flag.Short, *v, flag.Help)
			case *float64:
				f.Float64VarP(v, flag.Name, flag.Short, *v, flag.Help)
			case *bool:
				f.BoolVarP(v, flag.Name, flag.Short, *v, flag.Help)
			case *string:
				f.StringVarP(v, flag.Name, flag.Short, *v, flag.Help)
			case *[]string:
				f.StringArrayVarP(v, flag.Name, flag.Short, *v, flag.Help)
			case *time.Duration:
				f.DurationVarP(v, flag.Name, flag.Short, *v, flag.Help)
			default:
				panic("a flag of an unknown type: " + flag.Name)
			}
		}
	}
}

func usagef(format string, args ...any) error { return plan.UsageError(fmt.Sprintf(format, args...)) }

// flagError says what is wrong with a flag, in words of our own: those of pflag
// repeat what stands behind the flag, which may be a password.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if letters := unknown.GetSpecifiedShortnames(); letters != "" {
			return usagef("unknown flag -%s", name)
		}
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		return usagef("unknown flag --%s%s", name, meant(name, names, "--"))
	case errors.As(err, &missing):
		return usagef("%s: its value is missing", flagName(missing.GetFlag()))
	case errors.As(err, &invalid):
		return usagef("%s: %s", flagName(invalid.GetFlag()), problem(invalid.GetFlag(), invalid.GetValue()))
	}
	return usagef("a flag without a name: want --NAME, --NAME VALUE or --NAME=VALUE")
}

func flagName(f *pflag.Flag) string {
	if f.Shorthand != "" {
		return "-" + f.Shorthand + ", --" + f.Name
	}
	return "--" + f.Name
}

// emptyValue is what is wrong with an empty text: a variable was not set, as a rule,
// and without a rate, say, connections begin as fast as they can.
const emptyValue = "empty; leave it out, unless a variable was to have a value"

// refuseEmpty refuses empty values of flags that were given.
func refuseEmpty(f flagSet) (err error) {
	f.Visit(func(flag *pflag.Flag) {
		if err == nil && isEmpty(flag) {
			err = usagef("%s: %s", flagName(flag), emptyValue)
		}
	})
	return err
}

func isEmpty(flag *pflag.Flag) bool {
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		return slices.Contains(list.GetSlice(), "")
	}
	return flag.Value.Type() == "string" && flag.Value.String() == ""
}

// problem says what a flag wants that is neither text nor a list, and so no secret.
func problem(f *pflag.Flag, value string) string {
	switch f.Value.Type() {
	case "int", "uint64":
		return fmt.Sprintf("%q is no whole number", value)
	case "float64":
		return fmt.Sprintf("%q is no number", value)
	case "bool":
		return fmt.Sprintf("%q is neither true nor false", value)
	case "duration":
		if strings.Trim(value, "0123456789.") == "" && value != "" {
			return fmt.Sprintf("%q has no unit; want 10s, 5m or 1h30m", value)
		}
		return fmt.Sprintf("%q is no duration; want 10s, 5m or 1h30m", value)
	}
	return "cannot be read"
}

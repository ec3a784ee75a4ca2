package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cordpair/ui/cli/config"
)

// flagError names the flag that is wrong and what to type instead.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &invalid):
		return usagef("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), valueOf(invalid))
	case errors.As(err, &missing):
		kind, _ := pflag.UnquoteUsage(missing.GetFlag())
		return usagef("--%s needs a value: type --%[1]s %s", missing.GetFlag().Name, strings.ToUpper(kind))
	}
	return usagef("%w", err)
}

// valueOf says what a flag takes.
func valueOf(e *pflag.InvalidValueError) string {
	switch f := e.GetFlag(); f.Value.Type() {
	case "bool":
		return fmt.Sprintf("type --%s alone, or --%[1]s=false", f.Name)
	case "duration":
		return "type a length of time, such as 30s or 2m"
	case "float64":
		return "type a number"
	case "int64":
		return "type a whole number"
	}
	return refusal(e.GetValue(), e.Unwrap())
}

func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	name := unknown.GetSpecifiedName()
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		return usagef("there is no flag -%s: flags are words with two dashes", short)
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	text := "there is no flag --" + name
	if near := config.Nearest(name, known); near != "" {
		return usagef("%s; did you mean --%s?", text, near)
	}
	if where := whereFlag(cmd.Root(), name); where != "" {
		return usagef("%s here: it belongs to %s", text, where)
	}
	return usagef("%s", text)
}

// whereFlag is the command that has such a flag.
func whereFlag(cmd *cobra.Command, name string) string {
	if cmd.Flags().Lookup(name) != nil {
		return cmd.CommandPath()
	}
	for _, sub := range cmd.Commands() {
		if where := whereFlag(sub, name); where != "" {
			return where
		}
	}
	return ""
}

// usageArgs gives errors on arguments the exit code of wrong usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usagef("%w", err)
		}
		return nil
	}
}

// unknownCommand names what was typed and what may have been meant.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			known = append(append(known, sub.Name()), sub.Aliases...)
		}
	}
	if near := config.Nearest(args[0], known); near != "" {
		return usagef("there is no command %q; did you mean %q?", args[0], near)
	}
	return usagef("there is no command %q", args[0]) // where to look is told with every wrong usage
}

// noArgs is for commands that take flags only.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef("%s takes no argument %q", cmd.CommandPath(), args[0])
}

// firstGiven is the first of some flags that was typed, as it is typed; empty
// if none was.
func firstGiven(fl *pflag.FlagSet, names ...string) string {
	for _, name := range names {
		if fl.Changed(name) {
			return "--" + name
		}
	}
	return ""
}

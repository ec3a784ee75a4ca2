package cli

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cordpair/ui/cli/config"
)

// flagError names a flag that is not known, and the one that may have been
// meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return usagef("%w", err)
	}
	name := unknown.GetSpecifiedName()
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
			known = append(known, sub.Name())
		}
	}
	if near := config.Nearest(args[0], known); near != "" {
		return usagef("there is no command %q; did you mean %q?", args[0], near)
	}
	return usagef("there is no command %q: see %s --help", args[0], cmd.CommandPath())
}

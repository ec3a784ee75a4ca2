package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func schemaCommand(p *program) *cobra.Command {
	var names []string
	for _, o := range outputs {
		names = append(names, o.name)
	}
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print what a command's JSON looks like, as JSON Schema",
		Long: `Print the JSON Schema of an output, or without a name the list of all.

The outputs are stable: what a member means never changes, and none is taken
away or renamed. Members, values of a text without an enum, and lines of another
event can be added: pass over what you do not know.`,
		Example:     "  cordpair schema\n  cordpair schema connect",
		ValidArgs:   names,
		Annotations: map[string]string{lenient: "yes"},
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("%s prints one schema at a time: leave %q out", cmd.CommandPath(), args[1])
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
				for _, o := range outputs {
					fmt.Fprintf(w, "%s\t%s\n", o.name, o.of)
				}
				return w.Flush()
			}
			for _, o := range outputs {
				if o.name != args[0] {
					continue
				}
				text, err := o.text()
				if err == nil {
					_, err = p.stdout.Write(text)
				}
				return err
			}
			return usagef("there is no schema %q: %s", args[0], choose(args[0], names))
		},
	}
}

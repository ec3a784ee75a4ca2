package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"cordpair/ui"
)

// keyRecord is one action of "keys --dump --json".
type keyRecord struct {
	Name  string   `json:"name" doc:"as the configuration's keys section calls it"`
	Keys  []string `json:"keys" doc:"none when it is switched off"`
	Where string   `json:"where" doc:"a screen, all of them, or the form"`
	Help  string   `json:"help"`
}

func keysCommand(p *program) *cobra.Command {
	var dump, asJSON bool
	cmd := &cobra.Command{
		Use:   "keys --dump",
		Short: "Print the console's key table",
		Long: `Print every action of the console with its name, its keys and what it does.
The names are those of the configuration's keys section. With --json it prints
an array of objects with name, keys, where and help.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := p.keymap()
			if err != nil {
				return err
			}
			records := keyRecords(keys)
			switch {
			case asJSON:
				return printJSON(p.stdout, records)
			case !dump:
				return cmd.Help()
			}
			w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ACTION\tKEYS\tWHERE\tHELP")
			for _, r := range records {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Name, strings.Join(r.Keys, " "), r.Where, r.Help)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&dump, "dump", false, "print the table")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

// keyRecords is the table with the keys in force.
func keyRecords(moved ui.Keymap) []keyRecord {
	var all []keyRecord
	for _, row := range ui.KeyTable() {
		r := keyRecord{Name: row.Name, Where: row.Where, Help: row.Help, Keys: []string{}}
		keys := row.Keys
		if mine, ok := moved[row.Name]; ok {
			keys = mine
		}
		r.Keys = append(r.Keys, keys...)
		all = append(all, r)
	}
	return all
}

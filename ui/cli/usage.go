package cli

import (
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wrapUsage has the help of a command keep to the width of the terminal that it
// is printed on; for a pipe, a flag is a line.
func wrapUsage(root *cobra.Command) {
	cobra.AddTemplateFunc("wrapped", wrapFlags)
	text := root.UsageTemplate()
	for _, flags := range []string{".LocalFlags", ".InheritedFlags"} {
		text = strings.ReplaceAll(text, flags+".FlagUsages", "wrapped "+flags)
	}
	root.SetUsageTemplate(text)
}

func wrapFlags(fl *pflag.FlagSet) string {
	w, _, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		w = 0 // not at all
	}
	return fl.FlagUsagesWrapped(w)
}

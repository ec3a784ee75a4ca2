package cli

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cordpair/model"
	"cordpair/theme"
)

// completePatience bounds the look for live calls: a shell waits for it.
const completePatience = 2 * time.Second

// completions tells shells the values of flags, on every command that has them.
func completions(p *program, cmd *cobra.Command) {
	fixed := map[string][]string{
		"theme":       theme.Names(),
		"people":      peopleModes,
		"codec":       model.Codecs,
		"webrtc":      {"on", "off"},
		"state-event": model.StateEvents,
	}
	for name, values := range fixed {
		complete(cmd, name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	complete(cmd, "call", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return liveCalls(cmd, p), cobra.ShellCompDirectiveNoFileComp
	})
	complete(cmd, "profile", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		names := []string{"local\tthe exchange of this machine"}
		for name := range p.cfg.Profiles {
			names = append(names, name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	complete(cmd, "preset", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, preset := range p.cfg.Presets {
			names = append(names, preset.Name+"\t"+preset.Request.To)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	noFiles(cmd)
	for _, sub := range cmd.Commands() {
		completions(p, sub)
	}
}

// takesFile are the commands with a file as their argument.
var takesFile = []string{"check", "replay"}

// noFiles keeps the names of files from where none can be typed.
func noFiles(cmd *cobra.Command) {
	if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 && !slices.Contains(takesFile, cmd.Name()) {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if kind, _ := pflag.UnquoteUsage(f); kind != "file" {
			complete(cmd, f.Name, cobra.NoFileCompletions)
		}
	})
}

func complete(cmd *cobra.Command, flag string, with cobra.CompletionFunc) {
	if cmd.LocalFlags().Lookup(flag) != nil {
		_ = cmd.RegisterFlagCompletionFunc(flag, with) // fails only where there is one
	}
}

// liveCalls is the ids of the live calls, each with who it is. Whatever goes
// wrong leaves the shell without a suggestion, nothing worse.
func liveCalls(cmd *cobra.Command, p *program) []string {
	flag := func(name string) string {
		if f := cmd.Flags().Lookup(name); f != nil {
			return f.Value.String()
		}
		return ""
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), cmp.Or(p.patience, completePatience))
	defer cancel()
	link := linkFlags{relay: flag("relay"), space: flag("space"), project: flag("project"), token: flag("token")}
	if link.resolve(ctx, p, true) != nil {
		return nil
	}
	s, err := p.openSession(ctx, &link, nil)
	if err != nil {
		return nil
	}
	defer s.close()
	var all []string
	for _, c := range s.book.Rows(false) {
		if c.Live() {
			r := callRecordOf(s.book, c)
			all = append(all, r.ID+"\t"+model.Clean(r.From+" to "+r.To+", "+r.State))
		}
	}
	return all
}

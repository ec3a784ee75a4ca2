package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func manCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:         "man",
		Short:       "Print the manual page",
		Long:        "Print the manual page in roff on standard output. Read it with: cordpair man | man -l -",
		Args:        noArgs,
		Annotations: map[string]string{lenient: "yes"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			page := &manual{w: p.stdout}
			page.write(cmd.Root())
			return page.err
		},
	}
}

// manual writes one page for all commands, in roff with the man macros.
type manual struct {
	w   io.Writer
	err error
}

func (m *manual) printf(format string, args ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m.w, format, args...)
	}
}

// roff escapes a line of text: a backslash, a hyphen that must stay one, what is
// not ASCII, and a dot or quote that would begin a macro.
func roff(s string) string {
	var b strings.Builder
	for _, r := range strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s) {
		if r > '~' {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		} else {
			b.WriteRune(r)
		}
	}
	s = b.String()
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

func (m *manual) write(root *cobra.Command) {
	b := build()
	day, _, _ := strings.Cut(b.Time, "T") // of the commit, when the build knows it
	m.printf(".TH CORDPAIR 1 \"%s\" \"cordpair %s\" \"User Commands\"\n", roff(day), roff(b.String()))
	m.printf(".SH NAME\ncordpair \\- %s\n", roff(root.Short))
	m.printf(".SH SYNOPSIS\n.B cordpair\n[\\fIflags\\fR]\n.br\n.B cordpair\n\\fIcommand\\fR [\\fIflags\\fR]\n")
	m.printf(".SH DESCRIPTION\n")
	m.text(strings.TrimSpace(strings.TrimSuffix(root.Long, exitHelp))) // which has a section of its own
	m.printf(".SH OPTIONS\nOf the console:\n")
	m.flags(root.LocalNonPersistentFlags())
	m.printf(".PP\nOf every command:\n")
	m.flags(root.PersistentFlags())
	m.printf(".SH COMMANDS\n")
	m.commands(root)
	m.printf(".SH \"EXIT STATUS\"\n")
	m.text(exitHelp)
	m.printf(".SH ENVIRONMENT\n")
	for _, v := range [][2]string{
		{envSpace, "the SignalWire space to attach to"},
		{envProject, "the project id"},
		{envToken, "the API token"},
		{"NO_COLOR", "set to anything: no colours"},
		{"XDG_CONFIG_HOME, XDG_STATE_HOME", "where the configuration, and where log and state are"},
	} {
		m.item(v[0], v[1])
	}
	m.printf(".SH FILES\n")
	m.item("~/.config/cordpair/config.toml", "the configuration; cordpair config init writes an example. On Windows: under %AppData%")
	m.item("~/.local/state/cordpair/log/cordpair.log", "the log. On Windows: under %LocalAppData%")
	m.item("~/.local/state/cordpair/", "history, ladders, notes and view settings; what runs here, with its token, for its owner only")
}

func (m *manual) commands(of *cobra.Command) {
	for _, cmd := range of.Commands() {
		if !cmd.IsAvailableCommand() {
			continue
		}
		m.printf(".SS \"%s\"\n", roff(strings.ReplaceAll(cmd.UseLine(), `"`, "")))
		m.text(firstOf(cmd.Long, cmd.Short))
		if len(cmd.Aliases) > 0 {
			m.printf(".PP\nAlso: %s.\n", roff(strings.Join(cmd.Aliases, ", ")))
		}
		m.flags(cmd.LocalNonPersistentFlags())
		if cmd.Example != "" {
			m.printf(".PP\n.nf\n")
			for _, line := range strings.Split(cmd.Example, "\n") {
				m.printf("%s\n", roff(line))
			}
			m.printf(".fi\n")
		}
		m.commands(cmd)
	}
}

// text writes paragraphs; indented lines keep their form.
func (m *manual) text(s string) {
	kept := false
	for _, line := range strings.Split(s, "\n") {
		line = strings.ReplaceAll(line, "\t", "    ")
		switch keep := strings.HasPrefix(line, "  "); {
		case line == "":
			m.printf(".PP\n")
			continue
		case keep != kept:
			m.printf("%s\n", map[bool]string{true: ".nf", false: ".fi"}[keep])
			kept = keep
		}
		m.printf("%s\n", roff(line))
	}
	if kept {
		m.printf(".fi\n")
	}
}

func (m *manual) flags(fl *pflag.FlagSet) {
	fl.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if !strings.Contains(usage, "default") && !slices.Contains([]string{"", "false", "[]"}, f.DefValue) {
			usage += " (default " + f.DefValue + ")"
		}
		m.item(strings.TrimSpace(name+" "+kind), usage)
	})
}

func (m *manual) item(term, text string) {
	m.printf(".TP\n.B \"%s\"\n%s\n", roff(term), roff(text))
}

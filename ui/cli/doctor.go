package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cordpair/model"
)

// The states of a check.
const (
	healthOK   = "ok"
	healthWarn = "warn" // something is less than it could be
	healthFail = "fail" // something asked for cannot work
)

// checkRecord is one check of "doctor --json".
type checkRecord struct {
	Check string `json:"check"`
	State string `json:"state" enum:"ok|warn|fail" doc:"warn: less than it could be; fail: what was asked for cannot work"`
	Text  string `json:"text" doc:"what was found"`
	Fix   string `json:"fix" doc:"what to do, empty when ok"`
}

func fine(check, format string, args ...any) checkRecord {
	return checkRecord{Check: check, State: healthOK, Text: fmt.Sprintf(format, args...)}
}

func poor(check, fix, format string, args ...any) checkRecord {
	return checkRecord{Check: check, State: healthWarn, Text: fmt.Sprintf(format, args...), Fix: fix}
}

func broken(check, fix, format string, args ...any) checkRecord {
	return checkRecord{Check: check, State: healthFail, Text: fmt.Sprintf(format, args...), Fix: fix}
}

func doctorCommand(p *program) *cobra.Command {
	var (
		link   linkFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what cordpair needs here, and say how to mend it",
		Long: `Check the terminal, its colours, UTF-8 and clipboard, the speech engine, the
ports of the embedded exchange, the configuration, the keyring, the log,
credentials, the link to the server (when one is named or an exchange runs here)
and the clock.

Each is ok, warn or fail, with what to do. The exit code is 1 when one fails.
With --json it prints an array of objects with check, state, text and fix.`,
		Example:     "  cordpair doctor\n  cordpair doctor --profile work --json",
		Args:        noArgs,
		Annotations: map[string]string{lenient: "yes"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := &doctor{p: p, link: link}
			checks := d.examine(cmd.Context())
			if asJSON {
				if err := printJSON(p.stdout, checks); err != nil {
					return err
				}
			} else {
				p.showChecks(checks)
			}
			for _, c := range checks {
				if c.State == healthFail {
					return quietly(ExitError)
				}
			}
			return nil
		},
	}
	link.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) showChecks(checks []checkRecord) {
	for _, c := range checks {
		fmt.Fprintf(p.stdout, "%-5s %-14s %s\n", c.State, c.Check, model.Clean(c.Text))
		if c.Fix != "" {
			fmt.Fprintf(p.stdout, "%20s %s\n", "→", c.Fix)
		}
	}
}

// doctor examines one machine.
type doctor struct {
	p    *program
	link linkFlags
}

func (d *doctor) examine(ctx context.Context) []checkRecord {
	s := here()
	checks := []checkRecord{
		s.checkTerminal(), s.checkColours(), s.checkUTF8(), s.checkClipboard(ctx), s.checkSpeech(),
	}
	checks = append(checks, d.checkPorts(ctx)...)
	checks = append(checks, d.checkConfig(), d.checkKeyring(ctx), d.checkLog())
	return append(checks, d.checkServer(ctx)...)
}

func (d *doctor) checkConfig() checkRecord {
	const name = "configuration"
	file, err := d.p.configFilePath()
	switch {
	case d.p.cfgErr != nil:
		return broken(name, "mend it, then: cordpair config check", "%s", strings.ReplaceAll(d.p.cfgErr.Error(), "\n", "; "))
	case err != nil:
		return poor(name, "set HOME, or give --config", "%s", err)
	case d.p.cfg.File == "":
		return fine(name, "none at %s, the defaults hold", file)
	}
	if _, err := d.p.cfg.Named(d.p.cfg.Profile.V); err != nil {
		return broken(name, "name another with --profile", "%s", err)
	}
	if n := len(d.p.cfg.Warnings); n > 0 {
		return poor(name, "see: cordpair config check", "%s: %s", file, d.p.cfg.Warnings[0].Text)
	}
	return fine(name, "%s", file)
}

// checkKeyring asks the keyring for what the configuration keeps there, and for
// nothing else: it might ask its owner for a password.
func (d *doctor) checkKeyring(ctx context.Context) checkRecord {
	const name = "keyring"
	kept := d.p.cfg.Kept
	if len(kept) == 0 {
		return fine(name, "not asked: no secret of the configuration is kept there")
	}
	for _, secret := range kept {
		if _, err := secret.Reveal(ctx); err != nil {
			return broken(name, "cordpair config keyring set NAME, or keep it in a file (token_file)", "%s", err)
		}
	}
	return fine(name, "it holds what the configuration keeps there")
}

func (d *doctor) checkLog() checkRecord {
	const name = "log"
	file, err := d.p.logPath()
	if err != nil {
		return poor(name, "set HOME, or give --log-file", "%s", err)
	}
	r := &rollingFile{path: file}
	if err := r.check(); err != nil {
		return broken(name, "give another with --log-file", "%s", err)
	}
	if err := r.Close(); err != nil {
		return broken(name, "give another with --log-file", "%s", err)
	}
	return fine(name, "%s", file)
}

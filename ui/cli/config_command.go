package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"cordpair/model"
	"cordpair/ui/cli/config"
)

func configCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Find, check or begin the configuration file",
		Long: `The configuration is one TOML file: profiles of servers, presets of connect
requests, the key map, the look, the log and the embedded exchange.

A flag comes before an environment variable (` + envSpace + `, ` + envProject + `
and ` + envToken + `), that before the file, the file before the default.
What --profile names counts as a flag.`,
		Args:        unknownCommand,
		Annotations: map[string]string{lenient: "yes"},
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(configPath(p), configCheck(p), configInit(p), configKeyring(p))
	return cmd
}

// configFilePath is the file that is read, or would be.
func (p *program) configFilePath() (string, error) {
	if p.configFile != "" {
		return p.configFile, nil
	}
	return config.Path()
}

func configPath(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "path", Short: "Print where the configuration file is, or would be", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			file, err := p.configFilePath()
			if err == nil {
				fmt.Fprintln(p.stdout, file)
			}
			return err
		},
	}
}

func configInit(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "init", Short: "Write a commented example, unless there is a file", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			file, err := p.configFilePath()
			if err != nil {
				return err
			}
			if err := config.Init(file); err != nil {
				if errors.Is(err, config.ErrExists) {
					return fmt.Errorf("%w; move it away, or give another with --config", err)
				}
				return err
			}
			fmt.Fprintln(p.stdout, file)
			return nil
		},
	}
}

func configCheck(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Check the file and show each value with its source",
		Long: `Check the configuration file and print every setting that is in force, with
where it came from: a flag, a variable, a line of the file or the default.
Secrets are masked; the programs that keep them are not run.

Errors are printed as file:line:column: what is wrong and what to type. The exit
code is then 2. With --json it prints an array of objects with key, value and
source.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && p.configFile != "" {
				return usagef("config check looks at one file: give one, as FILE or with --config")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				p.configFile, p.cfgErr = args[0], nil
				if p.cfgErr = p.readConfig(); p.cfgErr == nil {
					p.layProfile()
					p.lay(cmd.Flags())
				}
			}
			if p.cfgErr != nil {
				return p.cfgErr
			}
			if _, err := p.cfg.Named(p.cfg.Profile.V); err != nil {
				return usagef("--profile: %w", err)
			}
			for _, w := range p.cfg.Warnings {
				fmt.Fprintln(p.stderr, model.Clean(w.String()))
			}
			return p.showSettings(asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// settingRecord is one setting of "config check --json".
type settingRecord struct {
	Key    string `json:"key"`
	Value  string `json:"value" doc:"secrets are masked"`
	Source string `json:"source" doc:"default, running exchange, --flag, $VARIABLE or file:line"`
}

func (p *program) showSettings(asJSON bool) error {
	rows, err := p.settings()
	if err != nil {
		return err
	}
	records := make([]settingRecord, 0, len(rows))
	for _, r := range rows {
		records = append(records, settingRecord{r.Key, model.Clean(r.Value), r.Origin.String()})
	}
	if asJSON {
		return printJSON(p.stdout, records)
	}
	if p.cfg.File == "" {
		file, err := p.configFilePath()
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stderr, "There is no file %s: these are the defaults, the environment and the flags.\n", file)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUE\tSOURCE")
	for _, r := range records {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Key, firstOf(r.Value, "-"), r.Source)
	}
	return w.Flush()
}

// settings is everything in force, the link first.
func (p *program) settings() ([]config.Row, error) {
	l, err := new(linkFlags).choose(p)
	if err != nil {
		return nil, err
	}
	logFile, log := p.cfg.Log.File.V, p.cfg.Log
	if logFile == "" {
		if logFile, err = p.logPath(); err != nil {
			return nil, err
		}
	}
	x := p.cfg.Exchange
	rows := []config.Row{
		text("profile", p.cfg.Profile), text("relay", l.relay), text("space", l.space), text("project", l.project),
		{Key: "token", Value: l.token.V.String(), Origin: l.token.Origin},
		list("contexts", l.contexts), text("from", l.from), p.themeRow(),
		row("bell", p.cfg.Bell), row("ascii", p.cfg.ASCII), row("ui.mouse", p.cfg.Mouse), row("ui.reduced_motion", p.cfg.Calm), row("ui.fps", p.cfg.FPS), text("ui.notify", p.cfg.Notify), text("ui.greeting", p.cfg.Greeting), text("ui.phone", p.cfg.Phone), row("undo", p.cfg.Undo), row("recall", p.cfg.Recall), text("keys.preset", p.cfg.Keys.Preset),
		{Key: "log.file", Value: logFile, Origin: log.File.Origin},
		text("log.level", log.Level), row("log.max_size", log.MaxSize), row("log.keep", log.Keep),
		text("exchange.relay_addr", x.RelayAddr), text("exchange.sip_addr", x.SIPAddr), text("exchange.domain", x.Domain),
		text("exchange.people", x.People), list("exchange.contexts", x.Contexts), text("exchange.project", x.Project),
		{Key: "exchange.token", Value: x.Token.V.String(), Origin: x.Token.Origin},
		text("exchange.tls_addr", x.TLSAddr), text("exchange.tls_cert", x.TLSCert), text("exchange.tls_key", x.TLSKey),
		list("exchange.trusted", x.Trusted), list("exchange.emergency", x.Emergency), text("exchange.recordings", x.Recordings),
		row("exchange.drain", x.Drain), row("exchange.allow_private", x.AllowPrivate),
	}
	known := map[string]bool{}
	for _, r := range rows {
		known[r.Key] = true
	}
	for _, r := range p.cfg.Rows { // profiles, presets, keys, limits
		if strings.Contains(r.Key, ".") && !known[r.Key] {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// themeRow tells of NO_COLOR, which wins over any theme.
func (p *program) themeRow() config.Row {
	r := text("theme", p.cfg.Theme)
	if os.Getenv("NO_COLOR") != "" {
		r.Value, r.Origin = "none", config.Env("NO_COLOR")
	}
	return r
}

func text(key string, v config.Value[string]) config.Row { return row(key, v) }

func list(key string, v config.Value[[]string]) config.Row {
	return config.Row{Key: key, Value: strings.Join(v.V, ", "), Origin: v.Origin}
}

func row[T any](key string, v config.Value[T]) config.Row {
	return config.Row{Key: key, Value: fmt.Sprint(v.V), Origin: v.Origin}
}

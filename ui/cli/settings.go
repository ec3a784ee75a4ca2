package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cordpair/theme"
	"cordpair/ui"
	"cordpair/ui/cli/config"
)

// lenient marks the commands that work with a configuration file that does
// not: those that are needed to mend it, and those that ask nothing of it.
const lenient = "lenient"

func isLenient(cmd *cobra.Command) bool {
	for ; cmd.HasParent(); cmd = cmd.Parent() {
		if cmd.Annotations[lenient] != "" {
			return true
		}
		switch cmd.Name() {
		case "help", "completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
			return true
		}
	}
	return false
}

// hasScreen reports whether a command takes the terminal for its screen, which
// must not get a line of the log.
func hasScreen(cmd *cobra.Command) bool { return cmd == cmd.Root() || cmd.Name() == "replay" }

// globalFlags are those of every command.
func (p *program) globalFlags(fl *pflag.FlagSet) {
	fl.StringVar(&p.configFile, "config", "", "configuration `file` (default: see cordpair config path)")
	fl.StringVar(&p.profile, "profile", "", "`profile` of the configuration to use; local is the exchange of this machine")
	fl.StringVar(&p.themeName, "theme", theme.Auto, "`colours`: "+strings.Join(theme.Names(), ", "))
	fl.StringVar(&p.logFile, "log-file", "", "write the log to this `file` (default: cordpair.log under the state folder)")
	fl.BoolVar(&p.debug, "debug", false, "log more; commands without a screen then log to standard error")
	fl.BoolVar(&p.plain, "plain", false, "no screen: say each change on a line and take typed commands; so it is without a terminal and with TERM=dumb")
	fl.BoolVar(&p.noMouse, "no-mouse", false, "leave the mouse to the terminal, which then selects text")
}

// prepare reads the configuration and lays the flags of a command over it, and
// it under them: afterwards both hold what is in force.
func (p *program) prepare(cmd *cobra.Command) error {
	if err := p.readConfig(); err != nil {
		if !isLenient(cmd) {
			return err
		}
		p.cfgErr, p.cfg = err, config.Default()
	}
	if err := p.checkTheme(); err != nil {
		return err
	}
	p.layProfile()
	if _, err := p.cfg.Named(p.cfg.Profile.V); err != nil && !isLenient(cmd) {
		return usagef("--profile: %w", err)
	}
	p.lay(cmd.Flags())
	if err := p.openLog(hasScreen(cmd)); err != nil && !isLenient(cmd) {
		return err
	}
	return nil
}

// checkTheme is for every command, so that an alias with a misspelt theme is
// told of at once.
func (p *program) checkTheme() error {
	if slices.Contains(theme.Names(), p.themeName) {
		return nil
	}
	return usagef("--theme %q: %s", p.themeName, choose(p.themeName, theme.Names()))
}

// choose says what can be typed instead of a word.
func choose(word string, among []string) string {
	if near := config.Nearest(word, among); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "type one of " + strings.Join(among, ", ")
}

func (p *program) layProfile() {
	if p.profile != "" {
		p.cfg.Profile.Override(p.profile, config.Flag("profile"))
	}
}

func (p *program) readConfig() error {
	file, must := p.configFile, p.configFile != ""
	if !must {
		var err error
		if file, err = config.Path(); err != nil {
			p.cfg = config.Default()
			return nil // no home, no file
		}
	}
	cfg, err := config.Load(file, must, keyboard())
	if err != nil {
		p.cfg = config.Default()
		return configError(err, must)
	}
	p.cfg = cfg
	return nil
}

// configError is what is wrong with the file, which a flag may have named.
func configError(err error, byFlag bool) error {
	switch {
	case errors.Is(err, config.ErrInvalid):
		return usagef("%w\n%s", config.ErrInvalid, err)
	case byFlag:
		return usagef("--config: %w", err)
	}
	return usagef("the configuration cannot be read: %w: mend that, or give another with --config", err)
}

// lay brings flags and configuration together.
func (p *program) lay(fl *pflag.FlagSet) {
	layText(fl, "theme", &p.cfg.Theme)
	layText(fl, "log-file", &p.cfg.Log.File)
	layText(fl, "relay-addr", &p.cfg.Exchange.RelayAddr)
	layText(fl, "sip-addr", &p.cfg.Exchange.SIPAddr)
	layText(fl, "domain", &p.cfg.Exchange.Domain)
	layText(fl, "people", &p.cfg.Exchange.People)
	layDuration(fl, "drain", &p.cfg.Exchange.Drain)
	layNumber(fl, "fps", &p.cfg.FPS)
	laySwitch(fl, "ascii", &p.cfg.ASCII)
	laySwitch(fl, "bell", &p.cfg.Bell)
	if fl.Changed("no-mouse") {
		p.cfg.Mouse.Override(!p.noMouse, config.Flag("no-mouse"))
	}
	if p.debug {
		p.cfg.Log.Level.Override("debug", config.Flag("debug"))
	}
	p.debug = p.cfg.Log.Level.V == "debug" && p.cfg.Log.Level.Origin.Layer == config.FromFlag
}

func layText(fl *pflag.FlagSet, name string, v *config.Value[string]) {
	f := fl.Lookup(name)
	switch {
	case f == nil:
	case f.Changed:
		v.Override(f.Value.String(), config.Flag(name))
	case v.Given():
		_ = f.Value.Set(v.V) // was checked as it was read
	}
}

func layDuration(fl *pflag.FlagSet, name string, v *config.Value[time.Duration]) {
	f := fl.Lookup(name)
	switch {
	case f == nil:
	case f.Changed:
		if d, err := time.ParseDuration(f.Value.String()); err == nil {
			v.Override(d, config.Flag(name))
		}
	case v.Given():
		_ = f.Value.Set(v.V.String())
	}
}

func layNumber(fl *pflag.FlagSet, name string, v *config.Value[int64]) {
	f := fl.Lookup(name)
	switch {
	case f == nil:
	case f.Changed:
		if n, err := strconv.ParseInt(f.Value.String(), 10, 64); err == nil {
			v.Override(n, config.Flag(name))
		}
	case v.Given():
		_ = f.Value.Set(strconv.FormatInt(v.V, 10))
	}
}

func laySwitch(fl *pflag.FlagSet, name string, v *config.Value[bool]) {
	f := fl.Lookup(name)
	switch {
	case f == nil:
	case f.Changed:
		v.Override(f.Value.String() == "true", config.Flag(name))
	case v.Given():
		_ = f.Value.Set(strconv.FormatBool(v.V))
	}
}

// keyboard is the console's key table and its presets, as the configuration
// checks against them.
func keyboard() config.Keyboard {
	k := config.Keyboard{Presets: map[string]map[string][]string{}}
	for _, row := range ui.KeyTable() {
		k.Actions = append(k.Actions, config.Action{Name: row.Name, Keys: row.Keys, Where: row.Where})
	}
	for _, name := range ui.KeymapNames() {
		if m, err := ui.KeymapPreset(name); err == nil {
			k.Presets[name] = m
		}
	}
	return k
}

// keymap is the key map in force. What the file says was checked as it was
// read.
func (p *program) keymap() (ui.Keymap, error) {
	m, err := ui.KeymapPreset(p.cfg.Keys.Preset.V)
	if err != nil {
		return nil, err
	}
	maps.Copy(m, p.cfg.Keys.Map)
	if err := m.Check(); err != nil {
		return nil, usagef("keys: %w", err)
	}
	return m, nil
}

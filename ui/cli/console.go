package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/pflag"

	"cordpair/relay"
	"cordpair/theme"
	"cordpair/ui"
)

// consoleRun is one run of the console.
type consoleRun struct {
	p      *program
	link   linkFlags
	local  localFlags
	from   string
	demo   bool
	ascii  bool
	bell   bool
	watch  bool
	filter string
	record string
	replay string
	speed  float64

	flags   *pflag.FlagSet // that were given; nil: another command shows the console
	closers []io.Closer    // in the order of their opening
}

// poorFont reports whether a terminal is known to lack signs such as round
// corners: the console of Linux has a font of 256 or 512.
func poorFont(term string) bool { return term == "linux" }

func (c *consoleRun) run(ctx context.Context) (err error) {
	look, err := theme.Pick(c.p.themeName, lipgloss.HasDarkBackground(), os.Getenv("NO_COLOR") != "")
	if err != nil {
		return usagef("--theme: %w", err)
	}
	look.ASCII = c.ascii || poorFont(os.Getenv("TERM")) && !c.p.cfg.ASCII.Given()
	keys, err := c.p.keymap()
	if err != nil {
		return err
	}
	opts := ui.Options{Theme: look, Undo: c.p.cfg.Undo.V, Recall: c.p.cfg.Recall.V, Bell: c.bell, Notify: ui.Notify(c.p.cfg.Notify.V), Greeting: c.p.cfg.Greeting.V, Calm: c.p.cfg.Calm.V, FPS: int(c.p.cfg.FPS.V), NoMouse: !c.p.cfg.Mouse.V, ReadOnly: c.watch, Wall: c.watch, Filter: c.filter, Keymap: keys}
	cfg := relay.Config{Watch: true, Details: true, Logger: c.p.logger()}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.attach(ctx, &cfg, &opts); err != nil {
		return err
	}
	if path, err := stateFile(historyName); err == nil && c.replay == "" { // no home, no history
		h := openHistory(path, c.p.logger())
		c.later(h)
		opts.Journal = h
		ladders := openLadders(filepath.Join(filepath.Dir(path), laddersName), laddersKept, c.p.logger())
		c.later(ladders)
		opts.Ladders = ladders
	}
	kept := &presets{config: c.p.cfg.Presets}
	if path, err := stateFile(presetsName); err == nil {
		kept.file = path
	}
	opts.Presets, opts.Save = kept, saveFile
	frames := &frameRing{}
	opts.Frames, cfg.Tap = frames, both(c.p.frames(ctx), both(cfg.Tap, frames.Tap))
	opts.Setup = c.setup()
	c.keepsView(&opts)
	c.keepsPhone(&opts)
	c.p.started("console")
	client, err := relay.Open(context.WithoutCancel(ctx), cfg)
	if err != nil {
		return usagef("%w", err)
	}
	c.later(client)
	opts.Feed, opts.Desk, opts.Levels = client, client, client.WatchLevels
	if c.p.plain || !onScreen(c.p.stdin, c.p.stdout) {
		return c.plain(ctx, client, opts)
	}
	return ui.Run(ctx, opts)
}

// attach settles what the console looks at: a recording, a server, or an
// exchange of its own.
func (c *consoleRun) attach(ctx context.Context, cfg *relay.Config, opts *ui.Options) error {
	if c.replay != "" {
		return c.attachTape(cfg, opts)
	}
	if err := c.server(ctx); err != nil {
		return err
	}
	if err := c.ownFits(); err != nil {
		return err
	}
	if !c.watch { // who only looks on takes no calls
		cfg.Contexts = c.link.contexts
	}
	if c.record != "" {
		r, err := startRecording(c.record)
		if err != nil {
			return err
		}
		c.later(r)
		cfg.Tap = r.Tap
	}
	if c.link.attached() {
		cfg.URL, cfg.Project, cfg.Token = c.link.url(), c.link.project, c.link.token
		if path, err := sessionFile(cfg.URL, cfg.Project); err == nil && !c.watch { // the calls outlive a crash of the console
			cfg.SessionFile = path
		}
	} else {
		// A plain context outlives the signal that ends the console: calls are
		// ended in order, not cut.
		l, err := startLocal(context.WithoutCancel(ctx), c.p, &c.local, true, &c.link)
		if err != nil {
			return err
		}
		c.later(l)
		cfg.URL, cfg.Project, cfg.Token = l.x.RelayURL(), l.project, l.token
		opts.SIP, opts.Carries = l.x.SIPAddr(), true
	}
	opts.Relay = cfg.URL
	opts.From = firstOf(c.from, c.link.from, "sip:"+c.link.contexts[0]+"@"+firstOf(c.local.domain, c.link.space))
	return nil
}

// server settles which server it is: with --demo always one of its own.
func (c *consoleRun) server(ctx context.Context) error {
	if !c.demo {
		return c.link.resolve(ctx, c.p, false)
	}
	if c.link.attached() || c.p.profile != "" {
		return usagef("--demo brings its own exchange: leave --relay, --space and --profile out")
	}
	if !c.flags.Changed("people") {
		c.local.people = peopleCalling
	}
	return c.link.own(ctx, c.p)
}

func (c *consoleRun) attachTape(cfg *relay.Config, opts *ui.Options) error {
	if c.link.attached() || c.record != "" {
		return usagef("--replay shows a recording: leave --relay, --space and --record out")
	}
	what := "--replay"
	if c.flags == nil {
		what = "replay"
	}
	player, err := openTape(what, c.replay, c.speed)
	if err != nil {
		return err
	}
	c.later(closer(player.Close))
	playing(cfg, player)
	opts.Relay, opts.ReadOnly = c.replay, true
	return nil
}

func (c *consoleRun) later(what io.Closer) { c.closers = append(c.closers, what) }

// close closes what was opened, the last first.
func (c *consoleRun) close() error {
	var errs []error
	for i := len(c.closers) - 1; i >= 0; i-- {
		errs = append(errs, c.closers[i].Close())
	}
	return errors.Join(errs...)
}

// closer makes a Closer of a Close that cannot fail.
type closer func()

func (c closer) Close() error { c(); return nil }

// onScreen reports whether there is a terminal that a screen can be drawn on
// and keys be read from.
func onScreen(in io.Reader, out io.Writer) bool {
	if r, is := out.(*results); is {
		out = r.to
	}
	from, reads := in.(*os.File)
	to, writes := out.(*os.File)
	return reads && writes && os.Getenv("TERM") != "dumb" && term.IsTerminal(from.Fd()) && term.IsTerminal(to.Fd())
}

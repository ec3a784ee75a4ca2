package cli

import (
	"context"
	"errors"
	"os"

	"github.com/charmbracelet/lipgloss"

	"cordpair/relay"
	"cordpair/theme"
	"cordpair/ui"
)

// consoleRun is one run of the console.
type consoleRun struct {
	p         *program
	link      linkFlags
	local     localFlags
	themeName string
	from      string
	ascii     bool
	bell      bool
	watch     bool
}

func (c *consoleRun) run(ctx context.Context) (err error) {
	if err := c.link.resolve(false); err != nil {
		return err
	}
	look, err := theme.Pick(c.themeName, lipgloss.HasDarkBackground(), os.Getenv("NO_COLOR") != "")
	if err != nil {
		return usagef("--theme: %w", err)
	}
	look.ASCII = c.ascii
	opts := ui.Options{Theme: look, Bell: c.bell, ReadOnly: c.watch}
	cfg := relay.Config{
		Contexts: c.link.listening(), Watch: true, Details: true, Logger: c.p.logger(),
	}
	if c.watch {
		cfg.Contexts = nil // who only looks on takes no calls
	}
	if c.link.attached() {
		cfg.URL, cfg.Project, cfg.Token = c.link.url(), c.link.project, c.link.token
	} else {
		// A plain context outlives the signal that ends the console: calls are
		// ended in order, not cut.
		l, lerr := startLocal(context.WithoutCancel(ctx), &c.local, true, c.link.project, c.link.token, c.link.listening(), c.p.logger())
		if lerr != nil {
			return lerr
		}
		defer func() { err = errors.Join(err, l.Close()) }()
		cfg.URL, cfg.Project, cfg.Token = l.x.RelayURL(), l.project, l.token
		opts.SIP, opts.Carries = l.x.SIPAddr(), true
	}
	opts.Relay = cfg.URL
	opts.From = firstOf(c.from, "sip:"+c.link.listening()[0]+"@"+firstOf(c.local.domain, c.link.space))
	client, err := relay.Open(context.WithoutCancel(ctx), cfg)
	if err != nil {
		return usagef("%w", err)
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	opts.Feed, opts.Desk = client, client
	return ui.Run(ctx, opts)
}

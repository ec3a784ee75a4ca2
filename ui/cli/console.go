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
	p     *program
	link  linkFlags
	local localFlags
	from  string
	ascii bool
	bell  bool
	watch bool
}

func (c *consoleRun) run(ctx context.Context) (err error) {
	if err := c.link.resolve(ctx, c.p, false); err != nil {
		return err
	}
	look, err := theme.Pick(c.p.themeName, lipgloss.HasDarkBackground(), os.Getenv("NO_COLOR") != "")
	if err != nil {
		return usagef("--theme: %w", err)
	}
	look.ASCII = c.ascii
	opts := ui.Options{Theme: look, Bell: c.bell, Calm: c.p.cfg.Calm.V, ReadOnly: c.watch}
	c.p.started("console")
	cfg := relay.Config{
		Contexts: c.link.contexts, Watch: true, Details: true, Logger: c.p.logger(),
	}
	if c.watch {
		cfg.Contexts = nil // who only looks on takes no calls
	}
	if c.link.attached() {
		cfg.URL, cfg.Project, cfg.Token = c.link.url(), c.link.project, c.link.token
	} else {
		// A plain context outlives the signal that ends the console: calls are
		// ended in order, not cut.
		l, lerr := startLocal(context.WithoutCancel(ctx), c.p, &c.local, true, &c.link)
		if lerr != nil {
			return lerr
		}
		defer func() { err = errors.Join(err, l.Close()) }()
		cfg.URL, cfg.Project, cfg.Token = l.x.RelayURL(), l.project, l.token
		opts.SIP, opts.Carries = l.x.SIPAddr(), true
	}
	opts.Relay = cfg.URL
	opts.From = firstOf(c.from, c.link.from, "sip:"+c.link.contexts[0]+"@"+firstOf(c.local.domain, c.link.space))
	client, err := relay.Open(context.WithoutCancel(ctx), cfg)
	if err != nil {
		return usagef("%w", err)
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	opts.Feed, opts.Desk = client, client
	return ui.Run(ctx, opts)
}

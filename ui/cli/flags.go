package cli

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cordpair/relay"
	"cordpair/ui/cli/config"
)

// Environment variables, named as the official SDKs name them.
const (
	envProject = "SIGNALWIRE_PROJECT_ID"
	envToken   = "SIGNALWIRE_API_TOKEN"
	envSpace   = "SIGNALWIRE_SPACE"
)

// linkFlags say which RELAY server to talk to and as whom. The token is never
// shown.
type linkFlags struct {
	relay, space   string
	project, token string
	contexts       []string
	from           string // who the operator is, by the profile or the configuration
}

func (f *linkFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.relay, "relay", "", "RELAY server to attach to, a `URL` such as ws://127.0.0.1:7070 (default: the exchange that runs here)")
	fl.StringVar(&f.space, "space", "", "SignalWire `space` to attach to, such as example.signalwire.com (default $"+envSpace+")")
	fl.StringVar(&f.project, "project", "", "project `id` (default $"+envProject+")")
	fl.StringVar(&f.token, "token", "", "API `token` (default $"+envToken+", which keeps it out of the process list)")
	fl.StringArrayVar(&f.contexts, "context", nil, "`context` to take calls from; may be given again (default support)")
}

// link is the server to talk to, as whom, and where each of that came from.
type link struct {
	relay, space, project config.Value[string]
	token                 config.Value[config.Secret]
	contexts              config.Value[[]string]
	from                  config.Value[string]
}

func (l *link) attached() bool { return l.relay.V != "" || l.space.V != "" }

// choose weighs flags, environment and profiles. What --profile names counts
// as a flag would; the default profile of the file holds only where neither a
// flag nor the environment names a server, so that its token goes to no other.
func (f *linkFlags) choose(p *program) (link, error) {
	l := link{contexts: p.cfg.Contexts, from: p.cfg.From}
	named := p.profile != ""
	profile, err := p.cfg.Named(p.cfg.Profile.V)
	if err != nil {
		return l, usagef("--profile: %w", err)
	}
	byFlag := f.relay != "" || f.space != ""
	switch space := os.Getenv(envSpace); {
	case named:
	case byFlag:
		profile = nil
	case space != "":
		profile = nil
		l.space.Override(space, config.Env(envSpace))
	}
	if !named {
		l.use(profile)
	}
	if v := os.Getenv(envProject); v != "" {
		l.project.Override(v, config.Env(envProject))
	}
	if v := os.Getenv(envToken); v != "" {
		l.token.Override(config.Plain(v), config.Env(envToken))
	}
	if named {
		l.use(profile)
	}
	f.lay(&l, byFlag)
	return l, nil
}

// use takes what a profile says.
func (l *link) use(p *config.Profile) {
	if p == nil {
		return
	}
	l.relay, l.space = p.Relay, p.Space
	take(&l.project, p.Project)
	take(&l.token, p.Token)
	take(&l.contexts, p.Contexts)
	take(&l.from, p.From)
}

func take[T any](v *config.Value[T], from config.Value[T]) {
	if from.Given() {
		*v = from
	}
}

// lay puts the flags over what was found.
func (f *linkFlags) lay(l *link, server bool) {
	if server {
		l.relay, l.space = config.Value[string]{}, config.Value[string]{}
	}
	if f.relay != "" {
		l.relay.Override(f.relay, config.Flag("relay"))
	}
	if f.space != "" {
		l.space.Override(f.space, config.Flag("space"))
	}
	if f.project != "" {
		l.project.Override(f.project, config.Flag("project"))
	}
	if f.token != "" {
		l.token.Override(config.Plain(f.token), config.Flag("token"))
	}
	if len(f.contexts) > 0 {
		l.contexts.Override(f.contexts, config.Flag("context"))
	}
}

// resolve settles the flags. Where a server is required and none is named, it
// is the exchange that runs on this machine; that there is none is no wrong
// usage, but a server that is not there. Only here is the token revealed.
func (f *linkFlags) resolve(ctx context.Context, p *program, required bool) error {
	if f.relay != "" && f.space != "" {
		return usagef("--relay and --space name two servers: give one")
	}
	l, err := f.choose(p)
	if err != nil {
		return err
	}
	if !required && !l.attached() {
		return f.own(ctx, p)
	}
	l.takeRunning(ctx)
	f.relay, f.space, f.project, f.contexts, f.from = l.relay.V, l.space.V, l.project.V, l.contexts.V, l.from.V
	if !l.attached() {
		return failed(errors.New("no server: no exchange runs here and none is named. Start one (cordpair, or cordpair exchange), or give --relay ws://host:port, --space example.signalwire.com or --profile NAME"))
	}
	if f.token, err = l.token.V.Reveal(ctx); err != nil {
		return usagef("%s: %w", settingName(l.token.Origin, "token"), err)
	}
	if f.relay != "" {
		if err := config.CheckRelay(f.relay); err != nil {
			return usagef("--relay: %w", err)
		}
	}
	if f.space != "" {
		if err := config.CheckSpace(f.space); err != nil {
			return usagef("%s: %w", settingName(l.space.Origin, "space"), err)
		}
	}
	if f.project == "" || f.token == "" {
		return usagef("no credentials: give --project and --token, set %s and %s, or name a profile with --profile", envProject, envToken)
	}
	return nil
}

// takeRunning fills in what an exchange of this machine has told: where it is, if
// no server is named, and its credentials, if none are given for it.
func (l *link) takeRunning(ctx context.Context) {
	if !l.attached() {
		if w, ok := findExchange(ctx); ok {
			l.relay.V, l.project.V, l.token.V = w.Relay, w.Project, config.Plain(w.Token)
		}
		return
	}
	if l.project.V != "" || !l.token.V.IsZero() {
		return
	}
	if w, ok := exchangeAt(l.relay.V); ok {
		l.project.V, l.token.V = w.Project, config.Plain(w.Token)
	}
}

// own settles the flags for an exchange of our own: flag, environment, the
// file's exchange section.
func (f *linkFlags) own(ctx context.Context, p *program) (err error) {
	x := &p.cfg.Exchange
	f.from = p.cfg.From.V
	f.project = firstOf(f.project, os.Getenv(envProject), x.Project.V)
	f.token = firstOf(f.token, os.Getenv(envToken))
	if len(f.contexts) == 0 {
		f.contexts = p.cfg.Contexts.V
	}
	if f.token != "" {
		return nil
	}
	if f.token, err = x.Token.V.Reveal(ctx); err != nil {
		return usagef("%s: %w", settingName(x.Token.Origin, "exchange.token"), err)
	}
	return nil
}

// attached reports whether a server is named; without one the console brings
// its own exchange.
func (f *linkFlags) attached() bool { return f.relay != "" || f.space != "" }

// url is the WebSocket address to connect to.
func (f *linkFlags) url() string {
	if f.relay != "" {
		return f.relay
	}
	return relay.URLForSpace(f.space)
}

// unreachable is what to do when nobody is there.
func (f *linkFlags) unreachable() string {
	if f.space != "" {
		return "Check the name of the space and the network"
	}
	return "Is the exchange running? Start one with: cordpair exchange"
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

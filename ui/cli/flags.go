package cli

import (
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cordpair/relay"
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
}

func (f *linkFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.relay, "relay", "", "RELAY server to attach to, such as ws://127.0.0.1:7070 (default: the exchange that runs here)")
	fl.StringVar(&f.space, "space", "", "SignalWire space to attach to, such as example.signalwire.com")
	fl.StringVar(&f.project, "project", "", "project id (default $"+envProject+")")
	fl.StringVar(&f.token, "token", "", "API token (default $"+envToken+", which keeps it out of the process list)")
	fl.StringArrayVar(&f.contexts, "context", nil, "context to take calls from; may be given again (default support)")
}

// attached reports whether a server was named; without one the console brings
// its own exchange.
func (f *linkFlags) attached() bool { return f.relay != "" || f.space != "" }

// resolve fills in the environment and checks what is left. Where a server is
// required and none is named, it is the space of the environment, else the
// exchange that runs on this machine.
func (f *linkFlags) resolve(required bool) error {
	f.project = firstOf(f.project, os.Getenv(envProject))
	f.token = firstOf(f.token, os.Getenv(envToken))
	if required && !f.attached() {
		f.space = os.Getenv(envSpace)
	}
	if w, ok := findExchange(); required && !f.attached() && ok {
		f.relay, f.project, f.token = w.Relay, w.Project, w.Token
	}
	switch {
	case f.relay != "" && f.space != "":
		return usagef("--relay and --space name two servers: give one")
	case required && !f.attached():
		return usagef("no server: start one (cordpair, or cordpair exchange), or give --relay ws://host:port or --space example.signalwire.com")
	case !f.attached():
		return nil
	}
	if f.relay != "" {
		u, err := url.Parse(f.relay)
		if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
			return usagef("--relay %q is no WebSocket address: type ws://host:port or wss://host", f.relay)
		}
	}
	if f.project == "" || f.token == "" {
		return usagef("no credentials: give --project and --token, or set %s and %s", envProject, envToken)
	}
	return nil
}

// url is the WebSocket address to connect to.
func (f *linkFlags) url() string {
	if f.relay != "" {
		return f.relay
	}
	return relay.URLForSpace(f.space)
}

// listening is the contexts to take calls from.
func (f *linkFlags) listening() []string {
	if len(f.contexts) == 0 {
		return []string{defaultContext}
	}
	return f.contexts
}

const defaultContext = "support"

func firstOf(values ...string) string {
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cordpair/ui/cli/config"
)

// readyRecord is the line that "exchange" prints when it can be used.
type readyRecord struct {
	Event string `json:"event" enum:"ready"`
	Relay string `json:"relay" doc:"ws://host:port"`
	SIP   string `json:"sip" doc:"host:port"`
}

func exchangeCommand(p *program) *cobra.Command {
	var (
		run            localFlags
		project, token string
		contexts       []string
	)
	cmd := &cobra.Command{
		Use: "exchange", Aliases: []string{"serve"},
		Short: "Run the embedded exchange without a screen",
		Long: `Run a RELAY server that places and takes real SIP calls, without a screen.

It listens on loopback. RELAY clients, official SDKs among them, connect with
the project and token given here; phones call sip:CONTEXT@ADDRESS or register
at ADDRESS. Once it is ready it prints one JSON line on standard output:
  {"event":"ready","relay":"ws://127.0.0.1:7070","sip":"127.0.0.1:5060"}

After SIGTERM or ctrl+c it takes no new calls and lets those that are up come
to their own end, as long as --drain says; then it ends them and itself. A
second SIGTERM or ctrl+c does not wait.`,
		Example: "  cordpair exchange --relay-addr 127.0.0.1:7070 --sip-addr 127.0.0.1:5060 --project P --token T --context support",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if name := p.profile; name != "" && name != config.Local {
				return usagef("--profile %s names a server to attach to, and the exchange is one itself: leave it out", name)
			}
			f := linkFlags{project: project, token: token, contexts: contexts}
			if x := p.cfg.Exchange.Contexts; len(contexts) == 0 && x.Given() {
				f.contexts = x.V
			}
			if err := f.own(cmd.Context(), p); err != nil {
				return err
			}
			if f.project == "" || f.token == "" {
				return usagef("no credentials for its clients: give --project and --token, or set %s and %s, or write them into the exchange section of the configuration", envProject, envToken)
			}
			p.started("exchange")
			// The signal must not cut the calls: they are drained, then ended in order.
			l, err := startLocal(context.WithoutCancel(cmd.Context()), p, &run, false, &f)
			if err != nil {
				return err
			}
			if err := printJSON(p.stdout, readyRecord{Event: "ready", Relay: l.x.RelayURL(), SIP: l.x.SIPAddr()}); err != nil {
				return fmt.Errorf("%w; %w", err, l.Close())
			}
			<-cmd.Context().Done()
			if limit := p.cfg.Exchange.Drain.V; limit > 0 {
				l.drain(limit)
			}
			return l.Close()
		},
	}
	run.add(cmd, peopleAnswering)
	fl := cmd.Flags()
	fl.Duration("drain", 5*time.Second, "how long the calls that are up may go on after SIGTERM, such as 30s; 0s ends them at once")
	fl.StringVar(&project, "project", "", "project `id` that clients must give (default $"+envProject+")")
	fl.StringVar(&token, "token", "", "`token` that clients must give (default $"+envToken+")")
	fl.StringArrayVar(&contexts, "context", nil, "`context` that takes calls; may be given again (default support)")
	return cmd
}

package cli

import (
	"github.com/spf13/cobra"
)

func rootCommand(p *program) *cobra.Command {
	var c consoleRun
	root := &cobra.Command{
		Use:   "cordpair",
		Short: "Call-operator console for SignalWire RELAY",
		Long: `cordpair shows live calls in a terminal and joins them to SIP peers.

Without a server it brings its own: an exchange on loopback that takes and
places real SIP calls, with scripted people who call in. Nothing leaves the
machine, and no account is needed.

` + exitHelp,
		Example: `  cordpair                                            the demo, on an exchange of its own
  cordpair --people off                               the same for your own softphones
  cordpair --relay ws://127.0.0.1:7070 --project P --token T --context support
  cordpair --space example.signalwire.com             with ` + envProject + ` and ` + envToken + ` set`,
		Version:       version(),
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return p.prepare(cmd)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.p = p
			if cmd.Flags().Changed("speed") && c.replay == "" {
				return usagef("--speed goes with --replay FILE")
			}
			return c.run(cmd.Context())
		},
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagError)
	p.globalFlags(root.PersistentFlags())
	c.link.add(root)
	root.Flags().Lookup("relay").Usage = "RELAY server to attach to, a `URL` such as ws://127.0.0.1:7070 (default: an exchange of its own)"
	c.local.add(root, peopleCalling)
	fl := root.Flags()
	fl.BoolVar(&c.ascii, "ascii", false, "draw boxes and signs with ASCII only")
	fl.BoolVar(&c.bell, "bell", false, "ring the terminal's bell when a call begins to ring")
	fl.BoolVar(&c.watch, "watch", false, "look on only: nothing that changes a call")
	fl.BoolVar(&c.plain, "plain", false, "no screen: say each change on a line and take typed commands; so it is without a terminal and with TERM=dumb")
	fl.StringVar(&c.record, "record", "", "record the link's frames to this `file`, secrets masked")
	fl.StringVar(&c.replay, "replay", "", "show the recording in this `file` instead of a server")
	fl.Float64Var(&c.speed, "speed", 1, "with --replay: the `factor` by which it is faster than it was; 0 plays all at once")
	fl.StringVar(&c.from, "from", "", "your own `address`, offered as the caller of connects and dials (default sip:CONTEXT@DOMAIN)")
	root.AddCommand(exchangeCommand(p), connectCommand(p), callsCommand(p), historyCommand(p), configCommand(p), doctorCommand(p), keysCommand(p), manCommand(p), replayCommand(p), versionCommand(p))
	root.DisableSuggestions = true // ours know flags too
	root.Args = unknownCommand
	completionCommand(root)
	checkUsage(root)
	completions(p, root)
	return root
}

// completionCommand is cobra's own, which takes any word for a shell, made to
// name the one that was meant.
func completionCommand(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Short = "Print the completion script of a shell"
			cmd.Args = unknownCommand
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// checkUsage makes errors on arguments those of wrong usage, for all commands
// under one.
func checkUsage(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		checkUsage(sub)
	}
	cmd.Args = usageArgs(cmd.Args)
}

func versionCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Annotations: map[string]string{lenient: "yes"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.Println("cordpair " + version())
			return nil
		},
	}
}

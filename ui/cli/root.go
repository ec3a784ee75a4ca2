package cli

import (
	"github.com/spf13/cobra"

	"cordpair/theme"
)

func rootCommand(p *program) *cobra.Command {
	var c consoleRun
	root := &cobra.Command{
		Use:   "cordpair",
		Short: "Call-operator console for SignalWire RELAY",
		Long: `cordpair shows live calls in a terminal and joins them to SIP peers.

Without a server it brings its own: an exchange on loopback that takes and
places real SIP calls, with scripted people who call in. Nothing leaves the
machine, and no account is needed.`,
		Example: `  cordpair                                            the demo, on an exchange of its own
  cordpair --people off                               the same for your own softphones
  cordpair --relay ws://127.0.0.1:7070 --project P --token T --context support
  cordpair --space example.signalwire.com             with ` + envProject + ` and ` + envToken + ` set`,
		Version:       version(),
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return p.openLog(cmd == cmd.Root())
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.p = p
			return c.run(cmd.Context())
		},
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usagef("%w", err) })
	root.PersistentFlags().StringVar(&p.logFile, "log-file", "", "write a log to this file")
	root.PersistentFlags().BoolVar(&p.debug, "debug", false, "log more; commands without a screen log to standard error")
	c.link.add(root)
	root.Flags().Lookup("relay").Usage = "RELAY server to attach to, such as ws://127.0.0.1:7070 (default: an exchange of its own)"
	c.local.add(root, peopleCalling)
	fl := root.Flags()
	fl.StringVar(&c.themeName, "theme", theme.Auto, "colours: auto, dark, light, contrast or none")
	fl.BoolVar(&c.ascii, "ascii", false, "draw boxes and signs with ASCII only")
	fl.BoolVar(&c.bell, "bell", false, "ring the terminal's bell when a call begins to ring")
	fl.BoolVar(&c.watch, "watch", false, "look on only: nothing that changes a call")
	fl.StringVar(&c.from, "from", "", "your own address, offered as the caller of connects and dials (default sip:CONTEXT@DOMAIN)")
	root.AddCommand(exchangeCommand(p), connectCommand(p), callsCommand(p), versionCommand(p))
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.HiddenDefaultCmd = false
	for _, cmd := range root.Commands() {
		cmd.Args = usageArgs(cmd.Args)
	}
	root.Args = usageArgs(unknownCommand)
	return root
}

// usageArgs gives errors on arguments the exit code of wrong usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usagef("%w", err)
		}
		return nil
	}
}

// unknownCommand names what was typed and what may have been meant.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef("there is no command %q; did you mean %q?", args[0], near[0])
	}
	return usagef("there is no command %q", args[0])
}

func versionCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.Println("cordpair " + version())
			return nil
		},
	}
}

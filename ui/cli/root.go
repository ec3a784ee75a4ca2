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

What a command prints with --json is described by cordpair schema, and stays as
it is: members are added, never changed or taken away.

` + exitHelp,
		Example: `  cordpair                                            the demo, on an exchange of its own
  cordpair --people off                               the same for your own softphones
  cordpair --relay ws://127.0.0.1:7070 --project P --token T --context support
  cordpair --space example.signalwire.com             with ` + envProject + ` and ` + envToken + ` set`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return p.prepare(cmd)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.p, c.flags = p, cmd.Flags()
			if err := c.fits(cmd.Flags()); err != nil {
				return err
			}
			return c.run(cmd.Context())
		},
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagError)
	p.globalFlags(root.PersistentFlags())
	c.addFlags(root)
	root.AddCommand(benchCommand(p), exchangeCommand(p), connectCommand(p), callsCommand(p), historyCommand(p), configCommand(p), doctorCommand(p), keysCommand(p), manCommand(p), replayCommand(p), schemaCommand(p), versionCommand(p))
	root.DisableSuggestions = true // ours know flags too
	root.Args = unknownCommand
	root.SetVersionTemplate("cordpair {{.Version}}\n")
	completionCommand(root)
	helpCommand(root)
	for _, cmd := range root.Commands() {
		exitLines(cmd)
	}
	checkUsage(root)
	wrapUsage(root)
	completions(p, root)
	return root
}

// addFlags adds those of the console.
func (c *consoleRun) addFlags(root *cobra.Command) {
	c.link.add(root)
	root.Flags().Lookup("relay").Usage = "RELAY server to attach to, a `URL` such as ws://127.0.0.1:7070 (default: an exchange of its own)"
	c.local.add(root, peopleCalling)
	fl := root.Flags()
	fl.BoolVar(&c.demo, "demo", false, "the exchange of its own with scripted people, whatever the configuration and the environment say")
	fl.BoolVar(&c.ascii, "ascii", false, "draw boxes and signs with ASCII only, as a console of Linux does by itself")
	fl.BoolVar(&c.bell, "bell", false, "ring the terminal's bell when a call begins to ring")
	fl.Int64("fps", 60, "draw at most so many `times` a second, 1 to 120: few for a slow link, below 4 with less motion")
	fl.StringVar(&c.filter, "filter", "", "begin with the calls that fit this `text`, as / takes it: state:ringing !party:alice")
	fl.BoolVar(&c.watch, "watch", false, "look on only: nothing that changes a call")
	fl.StringVar(&c.record, "record", "", "record the link's frames to this `file`, secrets masked")
	fl.StringVar(&c.replay, "replay", "", "show the recording in this `file` instead of a server")
	fl.Float64Var(&c.speed, "speed", 1, "with --replay: the `factor` by which it is faster than it was; 0 plays all at once")
	checkedVar(fl, &c.from, "from", "", "your own `address`, offered as the caller of connects and dials (default sip:CONTEXT@DOMAIN)", checkAddress)
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
			for _, shell := range cmd.Commands() {
				shell.Args = noArgs
			}
		}
	}
}

// helpCommand is cobra's own, which answers a word that is no command with a
// help text and exit code 0, made to say so.
func helpCommand(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "help" {
			continue
		}
		cmd.Run = nil
		cmd.RunE = func(_ *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			if err == nil {
				err = unknownCommand(about, rest)
			}
			if err != nil {
				return err
			}
			about.InitDefaultHelpFlag()
			return about.Help()
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

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"cordpair/model"
	"cordpair/ui/cli/config"
)

// program is what all commands share: the standard streams, the global flags,
// the configuration and the log.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	configFile, profile string
	themeName, logFile  string
	debug               bool
	plain, noMouse      bool // of the commands with a screen

	patience time.Duration // for the link to come up; 0: linkPatience, of a completion completePatience

	cfg      *config.Config // never nil once a command runs
	cfgErr   error          // why a lenient command runs without the file
	log      *slog.Logger
	closeLog func() error
}

// Main runs one command line and returns the exit code. It ends the command's
// context on the first SIGINT, SIGTERM or SIGHUP; a second SIGINT ends the
// process at once. Output whose reader has gone is an error like any other, so
// that the command still ends the calls that it began.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &results{to: stdout}
	p := &program{stdin: stdin, stdout: out, stderr: stderr, closeLog: func() error { return nil }}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // from here on signals have their default effect
	defer stop()
	gone := make(chan os.Signal, 1) // nobody reads it: the failed write tells
	signal.Notify(gone, syscall.SIGPIPE)
	defer signal.Stop(gone)
	root := rootCommand(p)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if cerr := p.closeLog(); err == nil && cerr != nil {
		err = cerr
	}
	if err == nil {
		err = out.err
	}
	if !out.readerGone(err) {
		p.explain(cmd, err)
	}
	return exitCode(err)
}

// explain writes an error for a person to standard error.
func (p *program) explain(cmd *cobra.Command, err error) {
	var e *exitError
	if err == nil || errors.As(err, &e) && e.quiet {
		return
	}
	for i, line := range strings.Split(err.Error(), "\n") {
		if i == 0 {
			line = "cordpair: " + line
		}
		fmt.Fprintln(p.stderr, model.Clean(line))
	}
	if cmd.Name() == "help" {
		cmd = cmd.Root()
	}
	if exitCode(err) == ExitUsage && !errors.Is(err, config.ErrInvalid) {
		fmt.Fprintf(p.stderr, "See: %s --help\n", cmd.CommandPath())
	}
}

// emit prints a record: JSON, or its state and sentence for a person. That it
// fails is left to results: the command still has to end what it began.
func (p *program) emit(asJSON bool, record any, state, text string) {
	if asJSON {
		_ = printJSON(p.stdout, record)
		return
	}
	fmt.Fprintf(p.stdout, "%-13s %s\n", state, model.Clean(text))
}

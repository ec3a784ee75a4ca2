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

	patience time.Duration // for the link to come up; 0: linkPatience
	unsaid   error         // why something could not be printed

	cfg      *config.Config // never nil once a command runs
	cfgErr   error          // why a lenient command runs without the file
	log      *slog.Logger
	closeLog func() error
}

// Main runs one command line and returns the exit code. It ends the command's
// context on the first SIGINT, SIGTERM or SIGHUP; a second SIGINT ends the
// process at once.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, closeLog: func() error { return nil }}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // from here on signals have their default effect
	defer stop()
	root := rootCommand(p)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if cerr := p.closeLog(); err == nil && cerr != nil {
		err = cerr
	}
	p.explain(cmd, err)
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

// emit prints a record: JSON, or its state and sentence for a person. What
// fails stays in unsaid: the command still has to end what it began.
func (p *program) emit(asJSON bool, record any, state, text string) {
	var err error
	if asJSON {
		err = printJSON(p.stdout, record)
	} else {
		_, err = fmt.Fprintf(p.stdout, "%-13s %s\n", state, model.Clean(text))
	}
	if p.unsaid == nil {
		p.unsaid = err
	}
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"cordpair/model"
)

// program is what all commands share: the standard streams and the log.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	logFile        string
	debug          bool
	log            *slog.Logger
	closeLog       func() error
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
	err := root.ExecuteContext(ctx)
	if cerr := p.closeLog(); err == nil && cerr != nil {
		err = cerr
	}
	p.explain(root, err)
	return exitCode(err)
}

// explain writes an error for a person to standard error.
func (p *program) explain(root *cobra.Command, err error) {
	var e *exitError
	if err == nil || errors.As(err, &e) && e.quiet {
		return
	}
	fmt.Fprintf(p.stderr, "cordpair: %s\n", model.Clean(err.Error()))
	if exitCode(err) == ExitUsage {
		fmt.Fprintf(p.stderr, "See: %s --help\n", root.Name())
	}
}

// emit prints a record: JSON, or its state and sentence for a person.
func (p *program) emit(asJSON bool, record any, state, text string) {
	if asJSON {
		_ = printJSON(p.stdout, record)
		return
	}
	fmt.Fprintf(p.stdout, "%-13s %s\n", state, model.Clean(text))
}

// openLog sets up the log that --log-file and --debug ask for. The screen's
// terminal never gets a line of it.
func (p *program) openLog(onTerminal bool) error {
	level := slog.LevelInfo
	if p.debug {
		level = slog.LevelDebug
	}
	var w io.Writer = io.Discard
	switch {
	case p.logFile != "":
		f, err := os.OpenFile(p.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return usagef("--log-file: %w", err)
		}
		w, p.closeLog = f, f.Close
	case p.debug && !onTerminal:
		w = p.stderr
	}
	p.log = slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
	slog.SetDefault(p.log) // libraries that log on their own
	return nil
}

func (p *program) logger() *slog.Logger {
	if p.log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return p.log
}

// version is what the module system knows of this build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && !strings.Contains(v, s.Value[:12]) {
			v += " " + s.Value[:12]
		}
	}
	return v + " " + info.GoVersion
}

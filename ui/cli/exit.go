package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes of every command.
const (
	ExitOK       = 0 // done; connect: the peer picked up
	ExitError    = 1 // something else went wrong, such as output that cannot be written
	ExitUsage    = 2 // flags, arguments or the configuration file are wrong
	ExitFailed   = 3 // not connected: the link could not be had or was lost, or the connect failed
	ExitRefused  = 4 // the server refused the credentials
	ExitTimedOut = 5 // a deadline of the command ran out; the outcome is not known
)

// exitHelp tells them, for help texts and the manual page.
const exitHelp = `Exit codes: 0 fine, 1 error, 2 wrong usage or configuration, 3 not connected
(no server there, or the connect failed), 4 the server refused the credentials,
5 timed out: the server did not say in time, or the machine was too slow. What a
peer does (busy, decline, no answer) is 3: see the reason.`

// exits says which commands give more than 0, 1 and 2, and when.
var exits = map[string][]struct {
	code int
	when string
}{
	"calls": {
		{ExitFailed, "no server there; --follow waits for one that goes away"},
		{ExitRefused, "credentials refused"},
		{ExitTimedOut, "the server did not let us in, or did not tell its calls, in time"},
	},
	"connect": {
		{ExitFailed, "the connect failed, whoever refused it, or no server there"},
		{ExitRefused, "credentials refused"},
		{ExitTimedOut, "the server confirmed nothing in time"},
	},
	"bench": {{ExitTimedOut, "the machine was too slow"}},
}

// exitLines ends a command's help with its own codes.
func exitLines(cmd *cobra.Command) {
	own := exits[cmd.Name()]
	if len(own) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString("\n\nExit codes:\n  0  fine\n  1  error\n  2  wrong usage or configuration")
	for _, e := range own {
		fmt.Fprintf(&b, "\n  %d  %s", e.code, e.when)
	}
	cmd.Long += b.String()
}

// exitError carries an exit code through cobra. A quiet one has said all there
// is to say already.
type exitError struct {
	code  int
	err   error
	quiet bool
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &exitError{code: ExitUsage, err: fmt.Errorf(format, args...)}
}

func failed(err error) error { return &exitError{code: ExitFailed, err: err} }

func refused(err error) error { return &exitError{code: ExitRefused, err: err} }

func timedOut(err error) error { return &exitError{code: ExitTimedOut, err: err} }

func quietly(code int) error {
	return &exitError{code: code, err: errors.New("already reported"), quiet: true}
}

func exitCode(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &e):
		return e.code
	}
	return ExitError
}

package cli

import (
	"errors"
	"fmt"
)

// Exit codes of every command.
const (
	ExitOK       = 0 // done; connect: the peer picked up
	ExitError    = 1 // something else went wrong
	ExitUsage    = 2 // flags, arguments or the configuration file are wrong
	ExitFailed   = 3 // not connected: the link could not be had, or the connect failed
	ExitRefused  = 4 // the server refused the credentials
	ExitTimedOut = 5 // a deadline of the command ran out; the outcome is not known
)

// exitHelp tells them, for help texts and the manual page.
const exitHelp = `Exit codes: 0 fine, 1 error, 2 wrong usage or configuration, 3 not connected
(no server there, or the connect failed), 4 credentials refused, 5 timed out.`

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

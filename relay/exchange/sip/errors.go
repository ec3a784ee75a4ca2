package sip

import (
	"errors"
	"fmt"
)

// Errors found by errors.Is in what this package returns and in [Ended].Err.
var (
	// ErrBadURI: the text is no SIP address that can be called. See [URIError].
	ErrBadURI = errors.New("sip: bad URI")
	// ErrBadHeader: a header name or value that must not be sent. See [HeaderError].
	ErrBadHeader = errors.New("sip: bad header")
	// ErrBadText: the text of a MESSAGE is empty, too long or not UTF-8.
	ErrBadText = errors.New("sip: bad text")
	// ErrUnreachable: nobody can be reached there: refused, no route, no such
	// name, or no answer of any kind.
	ErrUnreachable = errors.New("sip: unreachable")
	// ErrNoACK: our 200 to an INVITE was never acknowledged (RFC 3261 §13.3.1.4).
	ErrNoACK = errors.New("sip: no ACK for our answer")
	// ErrSessionExpired: the session timer ran out unrefreshed (RFC 4028 §10).
	ErrSessionExpired = errors.New("sip: session timer expired")
	// ErrWrongState: the leg is past (or not yet at) the point where this is possible.
	ErrWrongState = errors.New("sip: not possible in the leg's state")
	// ErrTooMany: [Config].MaxLegs or MaxConns is reached.
	ErrTooMany = errors.New("sip: too many")
	// ErrClosed: the stack is closed.
	ErrClosed = errors.New("sip: stack closed")

	errConnGone = errors.New("sip: connection closed by the peer")
	errTimeout  = errors.New("sip: transaction timed out")
)

// URIError says what is wrong with an address. It matches [ErrBadURI].
type URIError struct {
	URI     string // as given
	Problem string // one clause, for a person
}

func (e *URIError) Error() string { return fmt.Sprintf("sip: bad URI %q: %s", e.URI, e.Problem) }

// Is makes errors.Is(err, ErrBadURI) true.
func (e *URIError) Is(target error) bool { return target == ErrBadURI }

// HeaderError says what is wrong with a header. It matches [ErrBadHeader].
type HeaderError struct {
	Name    string
	Problem string
}

func (e *HeaderError) Error() string { return fmt.Sprintf("sip: bad header %q: %s", e.Name, e.Problem) }

// Is makes errors.Is(err, ErrBadHeader) true.
func (e *HeaderError) Is(target error) bool { return target == ErrBadHeader }

func wrongState(op string, p phase) error {
	return fmt.Errorf("%w: %s on a leg that is %s", ErrWrongState, op, p)
}

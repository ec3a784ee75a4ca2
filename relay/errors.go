package relay

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"cordpair/model"
)

// The kinds of failure; match them with errors.Is. A failure may be of two
// kinds: ErrGone is always ErrRefused as well.
var (
	ErrLinkLost        = errors.New("the link was lost")                  // the outcome is unknown
	ErrAuth            = errors.New("the server refused the credentials") // final, no retry
	ErrRefused         = errors.New("the server refused")
	ErrGone            = errors.New("the call is gone") // 404 or 410
	ErrExpired         = errors.New("nothing was sent") // the link was down until the deadline, or the context had ended
	ErrTimeout         = errors.New("no answer in time")
	ErrConnectFailed   = errors.New("the connect failed") // Error.Cause says who and why
	ErrDialFailed      = errors.New("the dial failed")
	ErrStillConnecting = errors.New("still connecting") // only our waiting ended
	ErrEnded           = errors.New("the call has ended")
	ErrPassed          = errors.New("the call is past that") // it is still up
	ErrClosed          = errors.New("the client is closed")
	ErrInvalid         = errors.New("the request is not valid") // nothing was sent
	ErrActionFailed    = errors.New("the action failed")
)

// Error is every error of a Client and its calls. Kind is one of the kinds
// above; Err is what lies below (a context's error, a validation), or nil.
type Error struct {
	Op    string // connect, answer, dial, ...
	Call  model.CallID
	Tag   model.Tag // of a connect or dial: names the attempt
	Code  int       // the server's result code, 0 when none
	Text  string    // the server's message, cleaned
	Cause model.Cause
	Kind  error
	Err   error

	told string // the sentence for Cause, where its own does not know enough
}

func (e *Error) Error() string {
	about := e.Op
	if e.Call != "" {
		about += " " + model.Short(e.Call)
	}
	parts := []string{"relay", about, e.what(), e.Text}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
}

// what says what happened, as far as the kind, the cause and the code tell;
// empty when what lies below tells it.
func (e *Error) what() string {
	kind := "failed"
	switch {
	case e.Kind != nil:
		kind = e.Kind.Error()
	case e.Err != nil:
		kind = ""
	}
	switch {
	case e.told != "":
		return kind + ": " + e.told
	case !e.Cause.IsZero():
		return kind + ": " + e.Cause.Sentence("")
	case e.Code != 0:
		return kind + " with " + strconv.Itoa(e.Code)
	}
	return kind
}

// Unwrap lets errors.Is and errors.As find the kind and what lies below.
func (e *Error) Unwrap() []error {
	list := make([]error, 0, 3)
	if e.Kind != nil {
		list = append(list, e.Kind)
	}
	if e.Kind == ErrGone {
		list = append(list, ErrRefused)
	}
	if e.Err != nil {
		list = append(list, e.Err)
	}
	return list
}

// faultError turns the fault of an order into an error. The lock is held.
func (c *Client) faultError(op string, call model.CallID, f *model.Fault) *Error {
	e := &Error{Op: op, Call: call, Code: f.Code, Text: f.Text}
	switch f.Kind {
	case model.FaultRefused:
		e.Kind = ErrRefused
		if f.Code == 404 || f.Code == 410 {
			e.Kind = ErrGone
		}
	case model.FaultExpired:
		e.Kind, e.Text = ErrExpired, "the link was down until the deadline"
		if c.over != nil {
			e.Kind, e.Text = c.over, ""
		}
	case model.FaultUnknown:
		e.Kind, e.Text = ErrLinkLost, "the outcome is unknown"
	case model.FaultTimeout:
		e.Kind, e.Text = ErrTimeout, ""
	case model.FaultInvalid:
		e.Kind = ErrInvalid
	default:
		e.Kind = ErrClosed
	}
	return e
}

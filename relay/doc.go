// Package relay is a client of the SignalWire RELAY protocol: a Go SDK for
// live calls that stands alone, and what the console is built on.
//
// # Lifecycle
//
// Open starts a supervised link and returns at once; Ready waits until the
// session is up, and after a loss until one is up again. The link comes back
// by itself, with a jittered backoff from one to thirty seconds, resumes its
// session and subscribes its contexts again; only refused credentials end it
// (ErrAuth). Close ends the link, never a call. With Config.SessionFile the
// next process takes the session and its calls over, also after a crash.
//
// # Two ways to use it
//
// As an SDK: Incoming, DialSIP, DialPhone and Dial give a Call, whose methods
// block until the wire has told the outcome. Call.ConnectSIP returns the peer
// once it has picked up; Call.Disconnected returns who ended it and why.
//
// As a stream: Take returns everything that happened as model events, Do
// carries out an order without ever blocking, and its outcome comes in the
// same stream.
//
// # What is promised
//
// Order: events, outcomes of orders and changes of the link come in one
// stream, in the order of the wire, and calls show the state of that order.
//
// Every wait settles. Each request has a deadline; what is given while the
// link is down expires visibly (ErrExpired) and is never sent late; what was
// sent when the link broke is settled at once with ErrLinkLost, outcome
// unknown (a connect or dial goes on until its own deadline, for the events may
// still tell); waits for an event end when the call ends, when the client is
// closed, or when the link stays away for longer than Config.Grace.
//
// A context ends the waiting, not the call. Hanging up is Hangup. With a context
// that has ended already nothing is sent (ErrExpired).
//
// The gap is known: model.Link tells whether the session was resumed and how
// long the link was away, silence before the loss was noticed and the time
// between two processes included; calls that nothing has confirmed since are
// Stale.
//
// The wire is not trusted: what cannot be read and what nobody knows is counted
// (Stats) and costs no link; a member of another type than known costs itself,
// the rest of its event is told.
//
// Concurrency: every method may be called from any goroutine; Take by one at a
// time. Nothing a program does slows down the reading of the socket, but its
// Config.Tap and its log handler.
//
// # Errors
//
// Every error is an *Error of one of the kinds ErrLinkLost, ErrAuth,
// ErrRefused (and ErrGone), ErrExpired, ErrTimeout, ErrConnectFailed,
// ErrDialFailed, ErrActionFailed, ErrStillConnecting, ErrEnded, ErrPassed,
// ErrInvalid and ErrClosed, to be matched with errors.Is. Open alone returns ErrConfig, and
// Take the bare error of its context.
//
// Every command can return these, and says only what it adds:
//
//	ErrInvalid   it cannot be valid, nothing was sent
//	ErrRefused   the server said no; Code and Text are its words
//	ErrGone      404 or 410: there is no such call any more
//	ErrEnded     we know that the call has ended, and how: Cause; nothing was sent
//	ErrExpired   nothing was sent: the link was down until the deadline, or the
//	             context had ended
//	ErrLinkLost  the link broke before the answer, the outcome is unknown
//	ErrTimeout   no answer within Config.RequestTimeout, the outcome is unknown
//	ErrAuth      the server refuses the credentials
//	ErrClosed    the client is closed
//
// and the error of its context, which ends the waiting only.
//
// # Around it
//
// Package relay/wire holds the frames, relay/tape records a link and plays it
// back, relay/relaytest is a scripted server for tests.
//
// # Inside: ownership and decisions
//
// Three goroutines for a link: supervisor, reader, writer; one for all
// deadlines; and one for the session file, if there is one. The reader decodes
// typed, folds each event into a model.Book under one lock that is held for
// nothing else, and wakes the waits whose condition is met: state and wait are
// checked together, so nothing is missed. Acknowledgements are sent together,
// whenever the socket runs dry or 32 wait. Ended calls are forgotten at once;
// their Call keeps the last state.
package relay

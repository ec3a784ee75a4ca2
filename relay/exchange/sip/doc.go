// Package sip gives SIP legs: one [Stack] is one SIP endpoint (UDP and TCP on
// one address), one [Leg] is one INVITE dialog in either direction, told as a
// small stream of events.
//
// SDP is opaque here ([]byte); package media reads and writes it.
//
// # What is sipgo's and what is ours
//
// Messages, headers and their parsing are sipgo's (package sipgo/sip). The
// transports, the four transactions of RFC 3261 §17 and the dialogs are ours,
// because sipgo 1.7's layers cannot be made to do what this exchange needs:
// their timers are process-wide variables, each message is handled on a
// goroutine of its own so that the order inside a dialog is lost, a finished
// INVITE transaction is held for 32 s even when terminated, a response given
// after a CANCEL replaces the stored 487, and a parser panic on their
// goroutines cannot be recovered.
//
// # Left out on purpose
//
// TLS and sips:, SRV and NAPTR lookups, 100rel (a Require: 100rel is answered
// 420) and authentication of REGISTER. A request of any size goes out on UDP
// where its URI does not say transport=tcp: RFC 3261 §18.1.1 asks for TCP above
// 1300 bytes where the path MTU is unknown, but IP fragmentation works on every
// path this exchange is meant for, and many phones listen on UDP only.
//
// # Ownership and concurrency
//
//   - One reader per socket hands messages on in the order they arrived. It
//     never waits: server transactions and legs take a message under a short
//     lock, client transactions have an unbounded inbox, sending never blocks
//     (UDP write, or a queue per TCP connection).
//   - A client transaction runs on one goroutine, which ends with the
//     transaction; it is the only place where name resolution and TCP connects
//     are waited for. A server transaction is a map entry with a timer and the
//     last response, nothing else.
//   - A leg is a mutex, timers and an event queue. Its sink is called in order,
//     never concurrently, with no lock held.
//   - [Stack.Close] ends all legs, then all goroutines, and waits for them.
//
// Lock order: Leg.mu, then any one of Stack.mu, serverTx.mu, tcpConn.
package sip

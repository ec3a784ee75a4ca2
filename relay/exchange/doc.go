// Package exchange is a RELAY server and a SIP back-to-back user agent in one:
// programs drive it over a WebSocket as they drive SignalWire, phones reach it
// by SIP.
//
// # Rooms
//
//   - listener, conn, outbox: one WebSocket. Its reader and its writer are the
//     only two goroutines of a session.
//   - session, handshake: who the socket belongs to. A session outlives its
//     socket by [Limits.Grace] and is resumed by its protocol string.
//   - registry: which calls and sessions there are, and who is told what.
//   - call and its files: one leg. attempt: several outbound legs tried by a
//     plan (one after another, at the same time), for connect and for dial.
//   - check: what is refused before anything is sent.
//
// # Ownership and concurrency
//
// Each call is an actor: one goroutine, one unbounded mailbox, and all state of
// the call is written by that goroutine alone. A dial has an actor of its own
// until it has settled. Actors never wait: not for the network, not for each
// other. What others may read of a call is its published snapshot.
//
// # How two legs keep one order of events
//
// Clients depend on an order across legs ("failed" on A before "ended" on B,
// RELAY reference §7 and §11). It comes from three rules:
//
//   - An attempt is settled exactly once, by whoever takes its verdict: the
//     answered leg, the operator, the ring timeout, the caller who leaves. An
//     answer that finds it taken is acknowledged and ended at once.
//   - A leg that belongs to an attempt or a bridge says that it is over, and
//     says "ended" only when its owner has told the client first ("release").
//   - A message to a call that is gone comes back undelivered, and counts as
//     that release. So no leg waits for a dead one.
//
// # Decisions
//
//   - One exchange serves one project; every session gives its credentials.
//   - Only loopback addresses are listened on, see [ErrNotLoopback].
//   - Sessions are told of calls that they own; only those that ask for it by
//     wire.CordpairAsk see more.
//   - Acknowledgements are never waited for. But an event that a client which
//     announced them has not acknowledged is sent again when it resumes.
//   - A direct SIP call costs nothing, so every price cap is met by it; there is
//     no trunk, so a telephone number is refused (402 with a cap, else notFound).
//   - calling.end on a call that rings here answers the caller 603 for hangup and
//     decline, 486 busy, 480 noAnswer, 487 cancel, 500 error.
//   - A panic in a call ends that call with reason "error" and nothing else.
package exchange

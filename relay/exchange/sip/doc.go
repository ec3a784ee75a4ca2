// Package sip gives SIP legs: one [Stack] is one SIP endpoint (UDP and TCP on
// one address, TLS on another), one [Leg] is one INVITE dialog in either
// direction, told as a small stream of events. A [Registrar] keeps the phones
// that register here, a [Trunk] registers us somewhere else.
//
// SDP is opaque here ([]byte); package media reads and writes it.
//
// # Decisions: what is sipgo's and what is ours
//
// Messages, headers and their parsing are sipgo's (package sipgo/sip), digest
// values those of icholy/digest. The transports, the four transactions of RFC
// 3261 §17 and the dialogs are ours, because sipgo 1.7's layers cannot be made
// to do what this exchange needs: their timers are process-wide variables, each
// message is handled on a goroutine of its own so that the order inside a
// dialog is lost, a finished INVITE transaction is held for 32 s even when
// terminated, a response given after a CANCEL replaces the stored 487, and a
// parser panic on their goroutines cannot be recovered.
//
// # Where a request goes
//
//   - By the URI (RFC 3263): an address as it is; a name with port by A and
//     AAAA; a name alone by NAPTR (where the resolver can), SRV, A and AAAA. The
//     next address is tried after 503, a failed connect, or silence: an INVITE
//     then waits 8·T1 and not 64·T1. The request stays the same, CSeq included.
//   - sips: and transport=tls are TLS. The certificate must name the URI's host
//     (RFC 5922), whatever SRV says. maddr is not obeyed: it would lead around
//     every rule about whom to call.
//   - Above 1300 bytes by TCP (RFC 3261 §18.1.1), unless the URI says
//     transport=udp; by UDP all the same where nobody answers by TCP within 2 s,
//     which is remembered for five minutes.
//   - Inside a dialog a peer that is there itself (no Route, same host) gets it
//     over the connection it has to us: phones seldom listen, and a TLS client
//     has no certificate to show.
//   - A response whose connection is gone goes over a new one, to where the Via
//     says that its sender listens.
//
// # Authentication
//
// [Auth] asks by digest: SHA-256 first, MD5 second, qop=auth. A nonce is signed
// and carries its time, so asking costs no memory; counts are remembered for
// nonces that were answered rightly, in a window of 64. An expired nonce, one of
// a stack before this one, and a count used twice get a new challenge with
// stale=true and are no failure. The digest's uri must have the user of the
// Request-URI; its host may differ, as proxies change it. Phones known to give
// up at two challenges (baresip before 2.0) get one. Asking is off by default;
// whoever listens on more than loopback addresses must switch it on. We answer
// challenges ourselves for INVITE, REGISTER and everything inside a call.
//
// # Offers inside a call
//
// [Leg.Reinvite] and [Leg.Update] offer from our side, [Reoffer] tells the
// peer's. At most one offer of ours is under way; a session refresh and an offer
// are the same machine, so that they cannot cross. 491 (and 500 with
// Retry-After) is tried again after the wait of RFC 3261 §14.1, up to six times.
// A re-INVITE must be answered within 64·T1, ringing or not.
// A re-INVITE without an offer is told as [OfferWanted]; its ACK has the answer,
// and until then nothing else is offered.
//
// # Provisional answers, transfers
//
// As caller we announce 100rel and acknowledge by PRACK what is reliable, each
// fork in its own early dialog. As callee we are reliable only where the INVITE
// requires it: one answer at a time, and a 200 that must wait for its PRACK does
// so behind [Leg.Answer]'s back. An offer in a PRACK is told as [Reoffer].
//
// A REFER inside a call is told as [Referred], ours is [Leg.Refer]. A REFER
// outside a call is refused. The subscription that a REFER makes ends with its
// leg (RFC 5057 would have it live on, for a peer that hung up). Replaces is
// obeyed only for a [ReplaceHandler], because nobody else could join the media.
//
// A MESSAGE inside a call is [Leg.SendText] and [Texted], text/plain only;
// outside of one it is refused.
//
// # What is bounded
//
// Legs, connections, calls a second and failed credentials per source, contacts,
// hops, redirects, retries, requests in line. A connection that says nothing for
// 64·T1 is closed. An IPv6 source counts as its /64. UDP sources can be forged:
// the limits per source then hit the forged one.
//
// # Ownership and concurrency
//
//   - One reader per socket hands messages on in the order they arrived. It
//     never waits: server transactions and legs take a message under a short
//     lock, client transactions have an unbounded inbox, sending never blocks
//     (UDP write, or a queue per connection).
//   - A client transaction runs on one goroutine, which ends with the
//     transaction; it is the only place where name resolution and connects are
//     waited for. A server transaction is a map entry with a timer and the last
//     response, nothing else.
//   - A leg is a mutex, timers and an event queue. Its sink is called in order,
//     never concurrently, with no lock held. INFO, REFER and NOTIFY of a leg wait
//     for one another, since the peer checks their CSeq.
//   - A trunk has three goroutines: registering, checking, telling.
//   - [Stack.Close] ends all legs and trunks, then all goroutines, and waits for
//     them.
//
// Lock order: Leg.mu, then any one of Stack.mu, serverTx.mu, tcpConn. Trunk.mu is
// taken alone.
package sip

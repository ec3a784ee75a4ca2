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
//   - check, route, trunk: what is refused before anything is sent, and where
//     the rest goes.
//   - action and its kinds (play, collect, record, detect, tap, keying): what a
//     client starts on a call under a control id, and what tells its end.
//   - sound, picture: what was agreed for a leg's audio and video, and the
//     descriptions that say so.
//   - handover, join, takeover: what phones do with calls: transfer, replace.
//   - renegotiate: changes inside a call: hold, another codec. refer, transfer,
//     conference and rooms: calls that go elsewhere, or together.
//   - figures, messages, directory, trunks: what is told beyond RELAY, only to
//     those who ask. levels: the same four times a second, for the legs on a
//     screen. text: notes to phones. monitor: a phone that listens to a call, and
//     may be heard.
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
//   - Only loopback addresses are listened on, unless phones are asked for
//     credentials, see [ErrNotLoopback].
//   - Sessions are told of calls that they own; only those that ask for it by
//     wire.CordpairAsk see more.
//   - Calls outlive their sessions: they go on, unheard of but by who watches,
//     until a phone ends them or any session commands them, which is told of them
//     from then on. With Limits.Orphan they end after it, with reason "abandoned".
//   - At a limit (calls, sessions, dials and connects a second of one session) a
//     request gets a JSON-RPC error that names the limit's key in the
//     configuration; a phone gets 503.
//   - A client that has answered a ping and then says nothing for 45 s, not even
//     to the next pings, loses its socket: calls would be offered to nobody.
//   - Acknowledgements are never waited for. But an event that a client which
//     announced them has not acknowledged is sent again when it resumes.
//   - A direct SIP call costs nothing, so every price cap is met by it. A
//     telephone number goes through a trunk that may dial its prefix, or nowhere
//     (403); with a cap it needs a known rate (402). Without any trunk it is
//     notFound. A number in an address of our own domain, or at a trunk's
//     server, is a telephone number.
//   - Emergency numbers are looked for before anything else is. A phone that was
//     called may send us elsewhere (3xx), but not to one, nor to a telephone
//     number that was not the one dialled.
//   - Every leg has a session timer (RFC 4028), so that a phone that is gone does
//     not talk for ever: what is asked for, else Limits.Session, refreshed by us
//     where the phone knows of none. When it runs out the leg ends with reason
//     "error", 408 in its details.
//   - call_state_url of a device (connect and dial) and status_url of a connect or
//     an action are posted to: signed, in order, three tries each, never waited
//     for. That of an action gets the events of it that its client gets.
//   - realtime-api 4.x stops watching the legs of a dial or connect at the first
//     "ended" under its tag. With legs in parallel that is a loser's, so hangup()
//     of the winner does not resolve there. It goes by tag and direction, which
//     RELAY wants on every event (reference §11, 15 and 23), wherever the event
//     comes; sent before the answer, its dial() and connectSip() do not resolve
//     either (§7.11). To keep the losers' "ended" back until the winner's would
//     leave all other clients with legs that are long over. So it is as it is.
//   - Every action answers first, then tells its start, then its end. What a
//     call's end cuts off is told as finished before the call is "ended"; for
//     its recordings to be whole it waits, two seconds at most.
//   - A recording without a format is MP3 where an encoder is installed, as in
//     RELAY, and WAV elsewhere. Who knows its URL may fetch it; it names the host
//     that the client connected to, or [Config.PublicURL].
//   - A transferred call goes to its new owner as a new one ("created") and is
//     answered by calling.answer although the phone never heard a break.
//   - Video is passed on, never understood. A caller's is accepted when the call
//     is answered (calling.answer's codecs can leave it out); its peer is offered
//     the one format that the caller has, where the connect's codecs name it or
//     say nothing. A dialled device is offered what its codecs name. A phone may
//     hold, move, drop and take up again a picture, but not begin one in mid-call.
//   - calling.answer answers with the first of its codecs that the caller has;
//     with none in common it is refused (415) and the call rings on.
//   - A caller whose INVITE had no offer is answered when its ACK has come, with
//     where the sound goes; an ACK without that ends the call.
//   - play's direction speak is heard by the peer in the call's place, and ends
//     with the bridge; without a peer it is refused (409).
//   - A hold parts the bridge until it is taken back; what is played to a held
//     leg is heard by it alone.
//   - A monitor belongs to the call that made the connect: it stays from peer to
//     peer, hears nobody's playbacks, and ends with the call. In a conference the
//     others there are its peer. One at a time, so that a screen can say who hears
//     whom in a line.
//   - A phone that holds, or is held, says so in SDP: cordpair.leg has its
//     direction. calling.call.hold is about calling.hold alone.
//   - A phone in a bridge may transfer (REFER): the other leg is connected to what
//     it names, if a program could dial that (emergency numbers, trunks' prefixes:
//     403), else it gets 603. The bridge stays until the new leg answers, and if
//     none does. The caller's peer transferred it: connect events on the caller,
//     under the same tag, "connected" with the new peer; "failed" is never said.
//     The caller transferred its peer: "disconnected" on the caller, "connected" on
//     the peer that is left. With Replaces of another call through us, the far ends
//     of both get each other; where the other one's peer still rings, once it
//     answers. Who has transferred is hung up after two seconds, if it does not do
//     so itself.
//   - A phone may take a call over by Replaces; the call keeps its id.
//   - What of RELAY is not offered is refused by a JSON-RPC error that names the
//     method: SWML, denoising and the rest of its methods; of methods that there
//     are, the parameter too: speech of collect and play_and_collect, record and
//     coach of join_conference.
//   - calling.end on a call that rings here answers the caller 603 for hangup and
//     decline, 486 busy, 480 noAnswer, 487 cancel, 500 error.
//   - A panic in a call ends that call with reason "error" and nothing else.
package exchange

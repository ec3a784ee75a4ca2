// Package media carries the sound of the embedded exchange and its scripted
// people: RTP on loopback or a network, one Stream per SIP leg.
//
// # What there is
//
//   - Engine opens streams and owns the one clock that paces them all, 20 ms a
//     beat. A packet is dear where idle wake-ups are, so there is one wake-up
//     for all legs together, and none while there is no leg.
//   - Stream is a leg: a pair of sockets, comfort silence from Start on (never
//     dead air), playlists, RFC 4733 digits in and out, a Source of one's own
//     sound, a Tap on what is heard, and Stats.
//   - Bridge lets two legs hear each other, and a Conference any number. A
//     Monitoring is a leg that listens to others, and speaks to some of them.
//   - Record, Detect and StartTap listen in on a leg: to a file, for fax tones,
//     machines and digits, and to copy it elsewhere.
//   - Collector gathers digits and Gauge judges a leg's Stats; both are told the
//     time and have no goroutine.
//   - Offer, Answer, Accepted and ParseSDP are the SDP side (RFC 3264).
//
// # Decisions
//
// A leg's far end sees one synchronisation source for the whole call, whoever
// speaks: silence, ringback and the other leg follow one another with the next
// sequence number and a timestamp that goes with the wall clock. What the
// other leg lost on its way stays a hole, so that loss is still measured
// end to end.
//
// Packets of a bridge are written by the reader of the leg they came in on:
// no queue and no goroutine between them, no allocation for each.
//
// A playback on a bridged leg is heard over the peer, who is softened, not cut
// off; the bridge is there again when it ends.
//
// Who monitors a bridge only listens: its packets stay as they are. A leg that
// the monitor speaks to is mixed by the clock, peer and monitor alike, as long
// as it does; digits of the peer go before both, because they cannot be mixed.
//
// Who listens in has a bounded queue and a goroutine of its own, and sees even
// frames of 20 ms with gaps filled: a slow disk or network loses sound of the
// copy, never of the call. Their clock is the frames.
//
// Time is the system's, but for tests that wind it beat by beat: what they hear
// is the same on any machine.
//
// A conference is mixed by the clock when its first member is due, so it needs
// neither goroutine nor timer; a limiter for each listener keeps it from
// clipping.
//
// Only the far end may talk: a stream latches onto the address valid RTP
// first comes from (symmetric RTP), and onto its SSRC, and lets nobody else in.
//
// PCMU and PCMA can be played to, listened to, metered and turned into each
// other. G722 can be played to and listened to, in its lower band, as all we
// have to play is sampled at 8000 Hz. OPUS and G729 are carried, not
// understood: they get valid silence. Each passes a bridge to its own kind.
// VP8 and H264 pass a bridge to their own kind, sources and RTCP untouched; what
// is not asked for is refused, m-line by m-line.
//
// Playlists take WAV, and MP3 through hajimehoshi/go-mp3: quiet since 2022 and
// the one decoder in Go without C, but small, of a format that no longer
// changes, and given bounded files with its panics contained. MPEG 2.5 is
// refused. Recordings become MP3 by an installed program, at 16 kHz.
//
// # Ownership
//
// The engine's clock ends with Engine.Close. Each stream has two readers, which
// end with Stream.Close, and one loader for each playlist with audio or speech,
// which ends with the playback, and one goroutine for each recording, detector
// and tap, which ends with it or with the stream; both Close wait for all of
// theirs. An MP3 being encoded outlives its stream and ends with the engine. A
// panic in any of them is recovered and told to EngineConfig.OnFault.
package media

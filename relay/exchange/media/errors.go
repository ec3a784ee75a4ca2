package media

import "errors"

// The sentinels of this package. Errors returned by it wrap one of them, so
// that callers match with errors.Is and map to a SIP code or a RELAY word.
var (
	// ErrClosed: the engine or the stream has been closed.
	ErrClosed = errors.New("media: closed")
	// ErrNotStarted: the stream has no remote address and codec yet.
	ErrNotStarted = errors.New("media: stream not started")
	// ErrNoPorts: no free pair of an even RTP port and the next one.
	ErrNoPorts = errors.New("media: no free RTP port pair")
	// ErrBadFormat: Start was given a codec or clock this package does not carry.
	ErrBadFormat = errors.New("media: unusable format")

	// ErrBadSDP: the body is not a session description that can be used.
	ErrBadSDP = errors.New("media: unusable SDP")
	// ErrNoAudio: the description has no audio line, or only refused ones.
	ErrNoAudio = errors.New("media: SDP has no audio")
	// ErrTransport: the audio lines use a transport that is not plain RTP.
	ErrTransport = errors.New("media: SDP transport not supported")
	// ErrNoCommonCodec: the two sides share no audio codec (SIP 488).
	ErrNoCommonCodec = errors.New("media: no common codec")
	// ErrUnknownCodec: a codec name that RELAY does not know.
	ErrUnknownCodec = errors.New("media: unknown codec")

	// ErrCodecMismatch: the two legs of a bridge need a transcoder we lack.
	ErrCodecMismatch = errors.New("media: codecs differ and cannot be transcoded")
	// ErrBridged: a leg is in another bridge, or in a conference, already.
	ErrBridged = errors.New("media: leg already bridged")
	// ErrSelfBridge: both legs of a bridge are the same stream.
	ErrSelfBridge = errors.New("media: a leg cannot be bridged to itself")

	// ErrForeign: a leg of another engine.
	ErrForeign = errors.New("media: leg of another engine")

	// ErrCannotEncode: sound was asked for on a leg whose codec has no encoder.
	ErrCannotEncode = errors.New("media: no encoder for the leg's codec")
	// ErrCannotDecode: a leg's sound was asked for and its codec has no decoder.
	ErrCannotDecode = errors.New("media: no decoder for the leg's codec")
	// ErrListener: a recording, detector or tap failed inside.
	ErrListener = errors.New("media: listener failed")
	// ErrRecord: a recording's options are wrong, or its file cannot be written.
	ErrRecord = errors.New("media: cannot record")
	// ErrNoEncoder: no program is installed that makes MP3.
	ErrNoEncoder = errors.New("media: no MP3 encoder")
	// ErrBadDetector: a detector's options are out of range.
	ErrBadDetector = errors.New("media: unusable detector")
	// ErrBadTap: a tap's options are out of range, or it cannot bind.
	ErrBadTap = errors.New("media: unusable tap")
	// ErrReplaced: a newer playback, or a bridge, took the leg's place.
	ErrReplaced = errors.New("media: playback replaced")
	// ErrStopped: the playback was stopped before its end.
	ErrStopped = errors.New("media: playback stopped")
	// ErrBadPlaylist: a playlist item is empty, unknown or out of range.
	ErrBadPlaylist = errors.New("media: unusable playlist")
	// ErrUnsupportedAudio: a file that is no WAV or MP3 this package can read.
	ErrUnsupportedAudio = errors.New("media: unsupported audio")
	// ErrFetch: the audio could not be read or fetched.
	ErrFetch = errors.New("media: audio not available")
	// ErrForbiddenAddress: an audio URL leads to an address that is not allowed.
	ErrForbiddenAddress = errors.New("media: address not allowed")
	// ErrTooLarge: audio or speech beyond the size bound.
	ErrTooLarge = errors.New("media: audio too large")
	// ErrNoSpeech: no speech engine is installed.
	ErrNoSpeech = errors.New("media: no speech engine")
	// ErrSpeech: the speech engine ran and failed.
	ErrSpeech = errors.New("media: speech failed")

	// ErrNoDTMF: telephone-event was not agreed with this leg.
	ErrNoDTMF = errors.New("media: leg has no telephone-event")
	// ErrBadDigits: a character that is no DTMF digit and no pause.
	ErrBadDigits = errors.New("media: not DTMF digits")
)

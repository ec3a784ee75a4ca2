package media

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Frame is the packet time of everything this package originates.
const Frame = 20 * time.Millisecond

// Payload types that Offer uses for formats without a static number
// (RFC 3551 §6). They are also accepted from peers that keep to our numbers
// although their answer named others.
const (
	PayloadOpus   = 96
	PayloadDTMF   = 101 // telephone-event/8000
	PayloadDTMF48 = 110 // telephone-event/48000, beside Opus
)

// Format is one RTP payload format as an SDP line carries it. Name is RELAY's
// word (PCMU, PCMA, G722, G729, OPUS), or the rtpmap name in upper case for a
// format RELAY does not know.
type Format struct {
	Name        string
	PayloadType uint8
	// ClockRate is the RTP clock in Hz; 8000 for G722 although it samples at
	// 16 kHz (RFC 3551 §4.5.2), 48000 for OPUS (RFC 7587 §4.1).
	ClockRate int
	// Fmtp is the format's parameters, empty for none.
	Fmtp string
	// ReceiveType is the payload type the far end uses towards us when it is
	// not PayloadType (RFC 3264 §6.1 lets an answer renumber); 0 for the same.
	ReceiveType uint8
}

// String is "PCMU/8000 (0)".
func (f Format) String() string {
	return fmt.Sprintf("%s/%d (%d)", f.Name, f.ClockRate, f.PayloadType)
}

// codecKind is the closed set of codecs a stream can carry.
type codecKind uint8

const (
	codecNone codecKind = iota
	codecPCMU
	codecPCMA
	codecG722
	codecG729
	codecOpus
)

// codec is what the package needs to know about one audio codec.
type codec struct {
	kind    codecKind
	name    string
	rtpmap  string
	pt      uint8 // the type Offer uses
	clock   int
	fmtp    string
	silence []byte // one Frame of silence, ready to send
}

// codecs in RELAY's order. Silence: G.711 zero in either law; for G.722 the
// code that adds nothing in either band, on which a decoder comes to rest; two
// 10 ms frames of G.729 that decode to ±2; a 20 ms CELT frame of silence for
// Opus, understood by every decoder.
var codecs = []*codec{
	{codecPCMU, "PCMU", "PCMU", 0, 8000, "", slices.Repeat([]byte{0xff}, 160)},
	{codecPCMA, "PCMA", "PCMA", 8, 8000, "", slices.Repeat([]byte{0xd5}, 160)},
	{codecOpus, "OPUS", "opus", PayloadOpus, 48000, "useinbandfec=1", []byte{0xf8, 0xff, 0xfe}},
	{codecG729, "G729", "G729", 18, 8000, "annexb=no", slices.Repeat(
		[]byte{0x78, 0x52, 0x80, 0xa0, 0x00, 0xfa, 0xc2, 0x00, 0x07, 0xd6}, 2)},
	{codecG722, "G722", "G722", 9, 8000, "", slices.Repeat([]byte{0xfc}, 160)},
}

// noCodec stands for "not started" and for formats we cannot carry.
var noCodec = &codec{}

// videoNames are codec names RELAY knows that do not belong on an audio line.
var videoNames = []string{"VP8", "H264"}

// lookup finds a codec by RELAY's name, in any case.
func lookup(name string) (*codec, bool) {
	for _, c := range codecs {
		if strings.EqualFold(c.name, name) {
			return c, true
		}
	}
	return noCodec, false
}

// KnownCodec reports whether name is one of RELAY's codec names (RELAY.md 4.2:
// PCMU PCMA OPUS G729 G722 VP8 H264), in any case.
func KnownCodec(name string) bool {
	return AudioCodec(name) || isVideo(name)
}

// AudioCodec reports whether name is one of RELAY's audio codecs.
func AudioCodec(name string) bool {
	_, ok := lookup(name)
	return ok
}

// FormatOf is the format that Offer writes for one of RELAY's audio codecs.
func FormatOf(name string) (Format, bool) {
	c, ok := lookup(name)
	if !ok {
		return Format{}, false
	}
	return Format{Name: c.name, PayloadType: c.pt, ClockRate: c.clock, Fmtp: c.fmtp}, true
}

// g711 reports whether the codec is one of the two laws of G.711.
func (c *codec) g711() bool { return c.kind == codecPCMU || c.kind == codecPCMA }

// speaks reports whether we can encode and decode the codec.
func (c *codec) speaks() bool { return c.g711() || c.kind == codecG722 }

// frameTicks is the number of RTP clock ticks in one Frame.
func (c *codec) frameTicks() uint32 { return uint32(c.clock / 50) }

// ticks is the duration of a payload in RTP clock ticks.
func (c *codec) ticks(payload int) uint32 {
	switch c.kind {
	case codecPCMU, codecPCMA, codecG722:
		return uint32(payload)
	case codecG729:
		return uint32(payload / 10 * 80)
	default:
		return c.frameTicks()
	}
}

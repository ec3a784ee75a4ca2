package media

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// SDPOptions are the parts of a description that change from one to the next.
// The zero value is a new session, sendrecv, with telephone-event.
type SDPOptions struct {
	// SessionID and Version are the o= line's; an ID of 0 draws a new one. Keep
	// both, and add one to Version for each change (RFC 3264 §8).
	SessionID, Version uint64
	// Direction is ours.
	Direction Direction
	// NoDTMF leaves telephone-event out.
	NoDTMF bool
	// OursFirst makes Answer take our first common codec instead of the
	// offerer's.
	OursFirst bool
	// Video offers or accepts a picture; nil offers none and refuses it.
	Video *VideoOptions
	// Last is what the far end said last, for an Offer that changes a session:
	// its media lines keep their places, and what we do not offer is there with
	// port 0 (RFC 3264 §8).
	Last *Description
}

// Offer writes an offer of the named codecs (RELAY's names, any case), in
// their order, for RTP at local. Video names go into a video line with
// SDPOptions.Video, and are left out without. Errors wrap ErrUnknownCodec, or ErrNoCommonCodec when no audio
// codec remains.
func Offer(local netip.AddrPort, names []string, o SDPOptions) ([]byte, error) {
	var formats []Format
	for _, name := range names {
		f, ok := FormatOf(name)
		switch {
		case !ok && !KnownCodec(name):
			return nil, fmt.Errorf("%w: %q", ErrUnknownCodec, name)
		case !ok || slices.Contains(formats, f): // video, or said twice
		default:
			formats = append(formats, f)
		}
	}
	if len(formats) == 0 {
		return nil, fmt.Errorf("%w: no audio codec to offer", ErrNoCommonCodec)
	}
	if !o.NoDTMF {
		formats = append(formats, eventFormats(formats)...)
	}
	s := newSession(local, o)
	audio := func(proto string) *sdp.MediaDescription {
		return audioLine(local.Port(), proto, formats, o.Direction)
	}
	var video func(proto string) *sdp.MediaDescription
	if pictures := o.Video.offered(names); len(pictures) > 0 {
		video = func(proto string) *sdp.MediaDescription {
			return videoLine(o.Video.Local, proto, pictures, o.Video.Direction)
		}
	}
	s.MediaDescriptions = o.Last.arrange(audio, video)
	return s.Marshal()
}

// arrange puts our lines where the far end has them, the rest with port 0, and
// a new video line last.
func (d *Description) arrange(audio, video func(proto string) *sdp.MediaDescription) (all []*sdp.MediaDescription) {
	last := Description{lines: []mediaLine{{proto: "RTP/AVP"}}}
	if d != nil {
		last = *d
	}
	for i, l := range last.lines {
		switch {
		case i == last.audio:
			all = append(all, audio(l.proto))
		case video != nil && (last.Video != nil && i == last.Video.line || last.Video == nil && l.plainVideo()):
			all = append(all, video(l.proto))
			video = nil
		default:
			all = append(all, l.refused())
		}
	}
	if video != nil {
		all = append(all, video("RTP/AVP"))
	}
	return all
}

// refused is the line with port 0.
func (l mediaLine) refused() *sdp.MediaDescription {
	return &sdp.MediaDescription{MediaName: sdp.MediaName{
		Media: l.kind, Protos: strings.Split(l.proto, "/"), Formats: l.formats,
	}}
}

// plainVideo reports whether a picture could be offered on the line, refused as
// it may be now.
func (l mediaLine) plainVideo() bool {
	return l.kind == "video" && (l.proto == "RTP/AVP" || l.proto == "RTP/AVPF")
}

// eventFormats is one telephone-event per clock rate among the formats.
func eventFormats(formats []Format) []Format {
	var events []Format
	for _, e := range []Format{
		{Name: telephoneEvent, PayloadType: PayloadDTMF, ClockRate: 8000, Fmtp: "0-15"},
		{Name: telephoneEvent, PayloadType: PayloadDTMF48, ClockRate: 48000, Fmtp: "0-15"},
	} {
		if slices.ContainsFunc(formats, func(f Format) bool { return f.ClockRate == e.ClockRate }) {
			events = append(events, e)
		}
	}
	return events
}

// Answer writes the answer to an offer and returns the one codec it settles
// on: the first of the offer's that is also among names (or the other way
// round with OursFirst). Payload types stay the offer's, telephone-event stays
// if it was offered, video with o.Video (see ChooseVideo), other media lines are refused with port 0, and the
// direction is o.Direction cut down to what the offer leaves us, so that hold
// is mirrored (RFC 3264 §6.1).
//
// ErrNoCommonCodec is a SIP 488.
func Answer(local netip.AddrPort, offer Description, names []string, o SDPOptions) ([]byte, Format, error) {
	chosen, err := choose(offer.Formats, names, o.OursFirst)
	if err != nil {
		return nil, Format{}, err
	}
	formats := []Format{chosen}
	if pt := offer.EventType(chosen); pt != 0 && !o.NoDTMF {
		i := slices.IndexFunc(offer.events, func(e Format) bool { return e.PayloadType == pt })
		formats = append(formats, Format{Name: telephoneEvent, PayloadType: pt,
			ClockRate: offer.events[i].ClockRate, Fmtp: "0-15"})
	}
	picture, hasPicture := ChooseVideo(offer, o.Video)
	s := newSession(local, o)
	for i, l := range offer.lines {
		if i == offer.audio {
			dir := o.Direction.And(offer.Direction.Mirror())
			s.MediaDescriptions = append(s.MediaDescriptions, audioLine(local.Port(), l.proto, formats, dir))
			continue
		}
		if hasPicture && i == offer.Video.line {
			dir := o.Video.Direction.And(offer.Video.Direction.Mirror())
			s.MediaDescriptions = append(s.MediaDescriptions,
				videoLine(o.Video.Local, l.proto, []VideoFormat{picture}, dir))
			continue
		}
		s.MediaDescriptions = append(s.MediaDescriptions, l.refused())
	}
	body, err := s.Marshal()
	return body, chosen, err
}

// Accepted reads the far end's answer to an Offer of names: the first format
// in it that we offered. Its ReceiveType is set where the answer renumbered.
// ErrNoCommonCodec means that the call cannot talk.
func Accepted(answer Description, names []string) (Format, error) {
	f, err := choose(answer.Formats, names, false)
	if err != nil {
		return Format{}, err
	}
	if ours, _ := FormatOf(f.Name); ours.PayloadType != f.PayloadType {
		f.ReceiveType = ours.PayloadType
	}
	return f, nil
}

// choose finds the first common codec, with the clock it must have.
func choose(offered []Format, names []string, oursFirst bool) (Format, error) {
	best, rank := Format{}, -1
	for _, f := range offered {
		c, ok := lookup(f.Name)
		if !ok || c.clock != f.ClockRate {
			continue
		}
		i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, f.Name) })
		if i < 0 || rank >= 0 && i >= rank {
			continue
		}
		best, rank = f, i
		if !oursFirst {
			break
		}
	}
	if rank < 0 {
		return Format{}, fmt.Errorf("%w: offered %s, supported %s", ErrNoCommonCodec,
			formatNames(offered), strings.Join(names, " "))
	}
	return best, nil
}

// formatNames is for error messages; the names are the far end's, so quoted.
func formatNames(formats []Format) string {
	var names []string
	for _, f := range formats[:min(8, len(formats))] {
		names = append(names, strconv.Quote(f.Name))
	}
	return strings.Join(names, " ")
}

// newSession is everything above the media lines.
func newSession(local netip.AddrPort, o SDPOptions) *sdp.SessionDescription {
	id := o.SessionID
	if id == 0 {
		id = newSessionID()
	}
	kind, addr := "IP4", local.Addr().Unmap()
	if addr.Is6() {
		kind = "IP6"
	}
	return &sdp.SessionDescription{
		Origin: sdp.Origin{Username: "-", SessionID: id, SessionVersion: o.Version,
			NetworkType: "IN", AddressType: kind, UnicastAddress: addr.String()},
		SessionName: "cordpair",
		ConnectionInformation: &sdp.ConnectionInformation{NetworkType: "IN", AddressType: kind,
			Address: &sdp.Address{Address: addr.String()}},
		TimeDescriptions: []sdp.TimeDescription{{}},
	}
}

// newSessionID draws a number that also fits peers that read it as signed.
func newSessionID() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.BigEndian.Uint64(b[:])>>2 | 1
}

// audioLine writes one audio line with its attributes.
func audioLine(port uint16, proto string, formats []Format, dir Direction) *sdp.MediaDescription {
	m := &sdp.MediaDescription{MediaName: sdp.MediaName{
		Media: "audio", Port: sdp.RangedPort{Value: int(port)}, Protos: strings.Split(proto, "/"),
	}}
	for _, f := range formats {
		pt := strconv.Itoa(int(f.PayloadType))
		m.MediaName.Formats = append(m.MediaName.Formats, pt)
		m.Attributes = append(m.Attributes, sdp.NewAttribute("rtpmap", pt+" "+rtpmap(f)))
		if f.Fmtp != "" {
			m.Attributes = append(m.Attributes, sdp.NewAttribute("fmtp", pt+" "+f.Fmtp))
		}
	}
	m.Attributes = append(m.Attributes, sdp.NewAttribute("ptime", "20"), sdp.NewPropertyAttribute(dir.String()))
	return m
}

// rtpmap is the encoding name, clock and, for Opus, its fixed two channels.
func rtpmap(f Format) string {
	if f.Name == telephoneEvent {
		return fmt.Sprintf("telephone-event/%d", f.ClockRate)
	}
	c, _ := lookup(f.Name)
	if c.kind == codecOpus {
		return "opus/48000/2"
	}
	return fmt.Sprintf("%s/%d", c.rtpmap, f.ClockRate)
}

package media

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pion/sdp/v3"
)

// Bounds on a description from the wire; a real one is far below them.
const (
	maxSDPBytes   = 32 << 10
	maxMediaLines = 16
	maxFormats    = 64
)

// Description is what one side said about its audio: the first audio line that
// can be used, and about its video if any. Build it with ParseSDP only, as it also remembers the other
// media lines, which an answer has to refuse one by one (RFC 3264 §6).
type Description struct {
	// Addr is where the side wants its RTP. The address is unspecified
	// (0.0.0.0) for hold in the manner of RFC 2543.
	Addr netip.AddrPort
	// Formats are the audio formats in the side's order of preference;
	// telephone-event is not among them.
	Formats []Format
	// DTMF is the payload type of the first telephone-event, 0 for none. With
	// Opus in play take EventType, which matches the clock.
	DTMF uint8
	// Direction is the side's own; Mirror it to know what we may do.
	Direction Direction
	// PTime is the packet time asked for, 0 when none was.
	PTime time.Duration
	// SessionID and Version are the o= line's. The same ID with a higher
	// version is a change to the session (RFC 3264 §8).
	SessionID, Version uint64
	// Video is the side's picture, nil for none.
	Video *Video

	events []Format
	lines  []mediaLine
	audio  int
}

// mediaLine is the part of an m= line that a refusal repeats.
type mediaLine struct {
	kind    string
	proto   string
	formats []string
}

// EventType is the payload type of telephone-event at f's clock rate
// (RFC 4733 §2.1: it must be that of the audio), else the first there is, else 0.
func (d Description) EventType(f Format) uint8 {
	for _, e := range d.events {
		if e.ClockRate == f.ClockRate {
			return e.PayloadType
		}
	}
	return d.DTMF
}

// ParseSDP reads a session description from the wire. The body may be
// hostile: it is bounded in size, lines and formats, and never makes it panic.
//
// Errors wrap ErrBadSDP (unreadable or without a numeric address), ErrNoAudio
// or ErrTransport (audio is there but not as RTP/AVP or RTP/AVPF).
func ParseSDP(body []byte) (d Description, err error) {
	defer func() { // the parser is another's; a panic in it is one bad body
		if r := recover(); r != nil {
			d, err = Description{}, fmt.Errorf("%w: parser: %v", ErrBadSDP, r)
		}
	}()
	if len(body) == 0 || len(body) > maxSDPBytes {
		return Description{}, fmt.Errorf("%w: %d bytes", ErrBadSDP, len(body))
	}
	if body[len(body)-1] != '\n' { // some phones leave the last line open
		body = append(slices.Clip(body), "\r\n"...)
	}
	var s sdp.SessionDescription
	if err := s.Unmarshal(body); err != nil {
		return Description{}, fmt.Errorf("%w: %w", ErrBadSDP, err)
	}
	if n := len(s.MediaDescriptions); n > maxMediaLines {
		return Description{}, fmt.Errorf("%w: %d media lines", ErrBadSDP, n)
	}
	d = Description{SessionID: s.Origin.SessionID, Version: s.Origin.SessionVersion}
	m, err := d.pickAudio(s.MediaDescriptions)
	if err != nil {
		return Description{}, err
	}
	if d.Addr, err = audioAddr(&s, m); err != nil {
		return Description{}, err
	}
	d.readAttributes(&s, m)
	d.readFormats(m)
	d.readVideo(&s)
	return d, nil
}

// pickAudio notes every media line and chooses the first usable audio line.
func (d *Description) pickAudio(lines []*sdp.MediaDescription) (*sdp.MediaDescription, error) {
	var found *sdp.MediaDescription
	why := ErrNoAudio
	for i, m := range lines {
		n := m.MediaName
		proto := strings.Join(n.Protos, "/")
		d.lines = append(d.lines, mediaLine{n.Media, proto, capped(n.Formats, maxFormats)})
		switch {
		case n.Media != "audio" || n.Port.Value == 0 || found != nil:
		case n.Port.Value < 0 || n.Port.Value > 65535:
			why = fmt.Errorf("%w: port %d", ErrBadSDP, n.Port.Value)
		case proto != "RTP/AVP" && proto != "RTP/AVPF":
			why = fmt.Errorf("%w: %s", ErrTransport, proto)
		default:
			found, d.audio = m, i
		}
	}
	if found == nil {
		return nil, why
	}
	return found, nil
}

// audioAddr joins the c= line in force with the port of the audio line.
func audioAddr(s *sdp.SessionDescription, m *sdp.MediaDescription) (netip.AddrPort, error) {
	c := m.ConnectionInformation
	if c == nil {
		c = s.ConnectionInformation
	}
	if c == nil || c.Address == nil {
		return netip.AddrPort{}, fmt.Errorf("%w: no connection address", ErrBadSDP)
	}
	addr, err := netip.ParseAddr(c.Address.Address)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%w: connection address: %w", ErrBadSDP, err)
	}
	return netip.AddrPortFrom(addr.Unmap().WithZone(""), uint16(m.MediaName.Port.Value)), nil
}

// readAttributes takes direction and packet time, the line's over the session's.
func (d *Description) readAttributes(s *sdp.SessionDescription, m *sdp.MediaDescription) {
	for _, attrs := range [][]sdp.Attribute{s.Attributes, m.Attributes} {
		for _, a := range attrs {
			if dir, ok := parseDirection(a.Key); ok {
				d.Direction = dir
			}
		}
	}
	// RFC 3264 §8.4: 0.0.0.0 asks for silence, whatever the attribute says.
	if d.Addr.Addr().IsUnspecified() {
		d.Direction = d.Direction.And(SendOnly)
	}
	if v, ok := m.Attribute("ptime"); ok {
		if ms, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && ms > 0 && ms <= 1000 {
			d.PTime = time.Duration(ms) * time.Millisecond
		}
	}
}

// readFormats resolves the payload types of the audio line, in its order.
func (d *Description) readFormats(m *sdp.MediaDescription) {
	maps, fmtps := map[uint8]string{}, map[uint8]string{}
	for _, a := range m.Attributes {
		into := maps
		switch a.Key {
		case "rtpmap":
		case "fmtp":
			into = fmtps
		default:
			continue
		}
		num, rest, _ := strings.Cut(a.Value, " ")
		if pt, err := payloadType(num); err == nil {
			into[pt] = strings.TrimSpace(rest)
		}
	}
	for _, text := range capped(m.MediaName.Formats, maxFormats) {
		pt, err := payloadType(text)
		if err != nil {
			continue
		}
		f, ok := formatOf(pt, maps[pt])
		if !ok {
			continue
		}
		f.Fmtp = fmtps[pt]
		if f.Name == telephoneEvent {
			d.events = append(d.events, f)
		} else {
			d.Formats = append(d.Formats, f)
		}
	}
	if len(d.events) > 0 {
		d.DTMF = d.events[0].PayloadType
	}
}

// telephoneEvent is the rtpmap name of RFC 4733, in our upper case.
const telephoneEvent = "TELEPHONE-EVENT"

// formatOf reads an rtpmap ("opus/48000/2"), or knows a static payload type.
func formatOf(pt uint8, rtpmap string) (Format, bool) {
	if rtpmap == "" {
		for _, c := range codecs {
			if c.pt == pt && pt < 96 {
				return Format{Name: c.name, PayloadType: pt, ClockRate: c.clock}, true
			}
		}
		return Format{}, false
	}
	name, rest, _ := strings.Cut(rtpmap, "/")
	rate, _, _ := strings.Cut(rest, "/")
	clock, err := strconv.Atoi(strings.TrimSpace(rate))
	if err != nil || clock <= 0 || clock > 1_000_000 || name == "" {
		return Format{}, false
	}
	return Format{Name: strings.ToUpper(name), PayloadType: pt, ClockRate: clock}, true
}

var errPayloadType = errors.New("payload type out of range")

// payloadType reads the seven bits of an RTP payload type.
func payloadType(s string) (uint8, error) {
	n, err := strconv.ParseUint(s, 10, 8)
	if err == nil && n > 127 {
		err = errPayloadType
	}
	return uint8(n), err
}

// capped is the first n elements of s.
func capped(s []string, n int) []string { return slices.Clone(s[:min(n, len(s))]) }

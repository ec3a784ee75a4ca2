package media

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// VideoFormat is one format of a video line, with what its receiver can be
// asked for (RFC 4585, a=rtcp-fb).
type VideoFormat struct {
	Format
	Feedback []string
}

// Video is what one side said about its picture: the first video line with a
// codec that we pass, VP8 or H264.
type Video struct {
	Addr      netip.AddrPort
	Formats   []VideoFormat
	Direction Direction

	line int
}

// VideoOptions put a video line into an Offer or accept one in an Answer.
type VideoOptions struct {
	// Local is Stream.OpenVideo's address.
	Local netip.AddrPort
	// Formats are what may be used, in order of preference; for a call that is
	// passed on, those of the other leg, as nothing between H264's profiles can
	// be converted. In an Offer, none means our own for each name asked for.
	Formats []VideoFormat
	// Direction is ours.
	Direction Direction
}

// videoFeedback is what we ask for in our own formats.
var videoFeedback = []string{"nack pli", "ccm fir"}

// ownVideo are our own formats: the constrained baseline of H264 that RFC 7742
// asks of everybody.
var ownVideo = []VideoFormat{
	{Format{Name: "VP8", PayloadType: 97, ClockRate: 90000}, videoFeedback},
	{Format{Name: "H264", PayloadType: 98, ClockRate: 90000,
		Fmtp: "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1"}, videoFeedback},
}

func isVideo(name string) bool {
	return slices.ContainsFunc(videoNames, func(v string) bool { return strings.EqualFold(v, name) })
}

// readVideo takes the first usable video line, if there is one.
func (d *Description) readVideo(s *sdp.SessionDescription) {
	for i, m := range s.MediaDescriptions {
		proto := d.lines[i].proto
		port := m.MediaName.Port.Value
		if m.MediaName.Media != "video" || port <= 0 || port > 65535 || proto != "RTP/AVP" && proto != "RTP/AVPF" {
			continue
		}
		addr, err := audioAddr(s, m)
		if err != nil {
			continue
		}
		var one Description // the same reading as for audio
		one.Addr = addr
		one.readAttributes(s, m)
		one.readFormats(m)
		v := &Video{Addr: addr, Direction: one.Direction, line: i}
		for _, f := range one.Formats {
			if isVideo(f.Name) && f.ClockRate == 90000 {
				v.Formats = append(v.Formats, VideoFormat{f, feedback(m, f.PayloadType)})
			}
		}
		if len(v.Formats) > 0 {
			d.Video = v
			return
		}
	}
}

// feedback is the line's a=rtcp-fb for a payload type, of the kinds we pass.
func feedback(m *sdp.MediaDescription, pt uint8) (all []string) {
	for _, a := range m.Attributes {
		if a.Key != "rtcp-fb" {
			continue
		}
		num, what, _ := strings.Cut(a.Value, " ")
		what = strings.TrimSpace(what)
		known := what == "nack" || slices.Contains(videoFeedback, what)
		if known && (num == "*" || num == strconv.Itoa(int(pt))) && !slices.Contains(all, what) {
			all = append(all, what)
		}
	}
	return all
}

// ChooseVideo is the format an Answer with these options settles on: the first
// of the offer's that is among them. False refuses the line.
func ChooseVideo(offer Description, o *VideoOptions) (VideoFormat, bool) {
	if offer.Video == nil || o == nil {
		return VideoFormat{}, false
	}
	for _, f := range offer.Video.Formats {
		for _, ours := range o.Formats {
			if samePicture(f.Format, ours.Format) {
				return f, true
			}
		}
	}
	return VideoFormat{}, false
}

// AcceptedVideo reads the far end's answer to an Offer with these options; its
// ReceiveType is set where the answer renumbered. False means no video.
func AcceptedVideo(answer Description, names []string, o *VideoOptions) (VideoFormat, bool) {
	if answer.Video == nil || o == nil {
		return VideoFormat{}, false
	}
	for _, f := range answer.Video.Formats {
		for _, ours := range o.offered(names) {
			if samePicture(f.Format, ours.Format) {
				if f.PayloadType != ours.PayloadType {
					f.ReceiveType = ours.PayloadType
				}
				return f, true
			}
		}
	}
	return VideoFormat{}, false
}

// samePicture reports whether what one side sends the other can decode: for
// H264 the same packetization and profile (RFC 6184 §8.2.2), whatever the level.
func samePicture(a, b Format) bool {
	if !strings.EqualFold(a.Name, b.Name) {
		return false
	}
	if !strings.EqualFold(a.Name, "H264") {
		return true
	}
	return fmtpValue(a, "packetization-mode", "0") == fmtpValue(b, "packetization-mode", "0") &&
		profile(a) == profile(b)
}

// profile is profile_idc and profile-iop without the level.
func profile(f Format) string {
	id := strings.ToLower(fmtpValue(f, "profile-level-id", "420010"))
	return id[:min(4, len(id))]
}

func fmtpValue(f Format, key, unset string) string {
	for part := range strings.SplitSeq(f.Fmtp, ";") {
		if k, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok && strings.EqualFold(k, key) {
			return strings.TrimSpace(v)
		}
	}
	return unset
}

// offered are the formats that an Offer of these names writes; none without
// options.
func (o *VideoOptions) offered(names []string) []VideoFormat {
	if o == nil {
		return nil
	}
	from := o.Formats
	if len(from) == 0 {
		from = ownVideo
	}
	var all []VideoFormat
	for _, name := range names {
		for _, f := range from {
			if strings.EqualFold(f.Name, name) {
				all = append(all, f)
			}
		}
	}
	return all
}

// videoLine writes one video line with its attributes.
func videoLine(local netip.AddrPort, proto string, formats []VideoFormat, dir Direction) *sdp.MediaDescription {
	m := &sdp.MediaDescription{MediaName: sdp.MediaName{
		Media: "video", Port: sdp.RangedPort{Value: int(local.Port())}, Protos: strings.Split(proto, "/"),
	}}
	for _, f := range formats {
		pt := strconv.Itoa(int(f.PayloadType))
		m.MediaName.Formats = append(m.MediaName.Formats, pt)
		m.Attributes = append(m.Attributes, sdp.NewAttribute("rtpmap", pt+" "+f.Name+"/90000"))
		if f.Fmtp != "" {
			m.Attributes = append(m.Attributes, sdp.NewAttribute("fmtp", pt+" "+f.Fmtp))
		}
		for _, what := range f.Feedback {
			m.Attributes = append(m.Attributes, sdp.NewAttribute("rtcp-fb", pt+" "+what))
		}
	}
	m.Attributes = append(m.Attributes, sdp.NewPropertyAttribute(dir.String()))
	return m
}

package exchange

import (
	"net/netip"
	"slices"
	"strings"

	"cordpair/relay/exchange/media"
)

// picture is the video of one leg. It is passed on, never understood: a bridge
// carries it where both legs agreed to the same format, so a peer is offered
// what this leg has, and nothing else.
type picture struct {
	wanted bool                // may be offered by us
	passes []media.VideoFormat // what is offered: the other leg's; nil for our own
	local  netip.AddrPort      // once it has sockets
	agreed []media.VideoFormat // the one that was agreed; it stays so for the call
	on     bool                // the phone has it now
}

// options are those of a description, nil to leave pictures out.
func (p *picture) options(formats []media.VideoFormat, dir media.Direction) *media.VideoOptions {
	return &media.VideoOptions{Local: p.local, Formats: formats, Direction: dir}
}

// openPicture gives the leg sockets for video; without them there is none.
func (s *sound) openPicture() bool {
	local, err := s.stream.OpenVideo()
	s.picture.local = local
	return err == nil
}

// offerPicture is the video of an offer of codecs, nil for none.
func (s *sound) offerPicture(codecs []string) *media.VideoOptions {
	named := slices.ContainsFunc(codecs, func(name string) bool { return media.KnownCodec(name) && !media.AudioCodec(name) })
	if !s.picture.wanted || !named || !s.openPicture() {
		return nil
	}
	return s.picture.options(s.picture.passes, media.SendRecv)
}

// answerPicture is the video of an answer: the first of the offer's formats, or
// the first that is among codecs, if that is given.
func (s *sound) answerPicture(offer media.Description, codecs []string) *media.VideoOptions {
	if offer.Video == nil {
		return nil
	}
	formats := inOrder(offer.Video.Formats, codecs)
	if len(formats) == 0 || !s.openPicture() {
		return nil
	}
	s.picture.agreed = []media.VideoFormat{formats[0]}
	return s.picture.options(s.picture.agreed, media.SendRecv)
}

// inOrder are the formats that are named, in the order of the names; without
// names, all.
func inOrder(formats []media.VideoFormat, names []string) []media.VideoFormat {
	if len(names) == 0 {
		return formats
	}
	var list []media.VideoFormat
	for _, name := range names {
		for _, f := range formats {
			if strings.EqualFold(f.Name, name) {
				list = append(list, f)
			}
		}
	}
	return list
}

// keepPicture is the video of a later description: the format agreed before, or
// none. A phone cannot begin one in mid-call, as its peer was not asked.
func (s *sound) keepPicture(dir media.Direction) *media.VideoOptions {
	if len(s.picture.agreed) == 0 {
		return nil
	}
	return s.picture.options(s.picture.agreed, dir)
}

// answeredPicture begins what our answer to an offer has settled on.
func (s *sound) answeredPicture(offer media.Description, o *media.VideoOptions) {
	f, ok := media.ChooseVideo(offer, o)
	s.beginPicture(offer, f, ok)
}

// acceptPicture begins what the phone has answered to our offer of codecs.
func (s *sound) acceptPicture(answer media.Description, codecs []string, o *media.VideoOptions) {
	f, ok := media.AcceptedVideo(answer, codecs, o)
	if ok {
		s.picture.agreed = []media.VideoFormat{f}
	}
	s.beginPicture(answer, f, ok)
}

// beginPicture starts the picture where the phone says, or lets it rest.
func (s *sound) beginPicture(remote media.Description, f media.VideoFormat, ok bool) {
	if ok {
		ok = s.stream.StartVideo(remote.Video.Addr, f.Format, remote.Video.Direction.Mirror()) == nil
	}
	if !ok && s.picture.on {
		s.stream.StopVideo()
	}
	s.picture.on = ok
}

// video names what the phone's picture is in, while it has one.
func (s *sound) video() string {
	if !s.picture.on {
		return ""
	}
	return s.picture.agreed[0].Name
}

// withPicture adds the agreed video to the names of codecs.
func (s *sound) withPicture(codecs []string) []string {
	for _, f := range s.picture.agreed {
		codecs = append(slices.Clone(codecs), f.Name)
	}
	return codecs
}

// pictureFor is what a leg that is to be bridged to this one may offer.
func (s *sound) pictureFor() picture {
	if !s.picture.on {
		return picture{}
	}
	return picture{wanted: true, passes: s.picture.agreed}
}

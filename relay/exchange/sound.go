package exchange

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"

	"cordpair/relay/exchange/media"
)

// sound is the media of one leg: its stream, what was agreed, and what is
// needed to describe it again.
type sound struct {
	stream  *media.Stream
	codecs  []string // offered by us, or acceptable to us
	format  media.Format
	remote  media.Description
	session uint64 // o= of our descriptions
	version uint64
	started bool
	picture picture
}

// g711 are the codecs that this exchange can speak itself: play, ring, mix.
var g711 = []string{"PCMU", "PCMA"}

func isG711(name string) bool {
	return strings.EqualFold(name, g711[0]) || strings.EqualFold(name, g711[1])
}

func (s *sound) open(e *media.Engine, bind netip.Addr) error {
	if s.stream != nil {
		return nil
	}
	stream, err := e.Open(bind)
	if err != nil {
		return fmt.Errorf("opening RTP ports: %w", err)
	}
	s.stream, s.session = stream, rand.Uint64()>>2|1 // fits peers that read it as signed
	return nil
}

// close gives the ports back. Closing waits for the stream's goroutines, so it
// has one of its own, which Close of the exchange waits for.
func (s *sound) close(x *Exchange) {
	stream := s.stream
	if stream == nil {
		return
	}
	s.stream, s.started = nil, false
	if !x.spawn("stream", stream.Close) { // ends when the stream's readers have
		stream.Close()
	}
}

// answer settles on a codec of the offer and starts the stream: the first of
// those given that the caller has. With none given, codecs that the exchange
// can speak itself come first, then the caller's order.
func (s *sound) answer(offer media.Description, codecs []string) ([]byte, error) {
	video := s.answerPicture(offer, codecs)
	s.codecs = codecs
	if len(codecs) == 0 {
		s.codecs = speakable(offer.Formats)
	}
	s.version++
	body, format, err := media.Answer(s.stream.LocalAddr(), offer, s.codecs,
		media.SDPOptions{SessionID: s.session, Version: s.version, OursFirst: true, Video: video})
	if err != nil {
		return nil, err
	}
	s.answeredPicture(offer, video)
	return body, s.begin(offer, format)
}

// kin are the codecs that the leg can change to in mid-call: its own, and for
// G.711 the other law, since a bridge turns one into the other.
func (s *sound) kin() []string {
	own := s.format.Name
	switch {
	case strings.EqualFold(own, g711[0]):
		return g711
	case strings.EqualFold(own, g711[1]):
		return []string{own, g711[0]}
	}
	return []string{own}
}

// reanswer agrees to a change of a running session (hold, a new address). The
// codec stays where the phone has it still, else it is of its kin: the bridge
// depends on it.
func (s *sound) reanswer(offer media.Description) ([]byte, error) {
	s.version++
	video := s.keepPicture(media.SendRecv)
	body, format, err := media.Answer(s.stream.LocalAddr(), offer, s.kin(),
		media.SDPOptions{SessionID: s.session, Version: s.version, OursFirst: true, Video: video})
	if err != nil {
		return nil, err
	}
	s.answeredPicture(offer, video)
	return body, s.begin(offer, format)
}

// propose writes an offer of codecs.
func (s *sound) propose(codecs []string) ([]byte, error) {
	s.codecs = codecs
	s.version++
	return media.Offer(s.stream.LocalAddr(), codecs,
		media.SDPOptions{SessionID: s.session, Version: s.version, Video: s.offerPicture(codecs)})
}

// accept reads the answer to propose and starts the stream.
func (s *sound) accept(answer media.Description) error {
	format, err := media.Accepted(answer, s.codecs)
	if err != nil {
		return err
	}
	s.acceptPicture(answer, s.codecs, s.offerPicture(s.codecs))
	return s.begin(answer, format)
}

func (s *sound) begin(remote media.Description, format media.Format) error {
	s.remote, s.format = remote, format
	err := s.stream.Start(remote.Addr, format, remote.EventType(format), remote.Direction.Mirror())
	s.started = err == nil
	return err
}

// dtmf reports whether telephone-events were agreed.
func (s *sound) dtmf() bool { return s.started && s.remote.EventType(s.format) != 0 }

// codec is the agreed format as people write it: PCMU/8000.
func (s *sound) codec() string {
	if !s.started {
		return ""
	}
	return fmt.Sprintf("%s/%d", s.format.Name, s.format.ClockRate)
}

// joinable are the codecs that a leg bridged to this one can have: this leg's
// own first, then what else was on offer here and can be turned into it.
func (s *sound) joinable() []string {
	if !s.started {
		return g711
	}
	codecs := []string{s.format.Name}
	for _, name := range s.codecs {
		if isG711(name) && isG711(s.format.Name) && !strings.EqualFold(name, s.format.Name) {
			codecs = append(codecs, name)
		}
	}
	if s.picture.on {
		codecs = s.withPicture(codecs)
	}
	return codecs
}

// speakable orders the formats of an offer: first those we can speak.
func speakable(formats []media.Format) []string {
	var first, rest []string
	for _, f := range formats {
		switch {
		case isG711(f.Name):
			first = append(first, f.Name)
		case media.AudioCodec(f.Name):
			rest = append(rest, f.Name)
		}
	}
	return append(first, rest...)
}

package media

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Media is one item of a playlist: Ringtone, Silence, Audio or TTS.
type Media interface{ isMedia() }

// Ringtone is the ringback tone of a country (RELAY's codes, see Countries).
// Duration 0 is one cycle of its cadence, Forever rings until stopped.
type Ringtone struct {
	Country  string
	Duration time.Duration
}

// Silence is a pause; Forever lasts until stopped.
type Silence struct{ Duration time.Duration }

// Audio is a WAV or MP3 file: an http or https URL, a file URL, or a path.
type Audio struct{ URL string }

// TTS is text spoken by the speech engine. Language is a tag such as en-GB
// (default en-US), Gender male or female or empty; Voice is taken when the
// engine has a voice of that name, and otherwise has no effect.
type TTS struct{ Text, Language, Gender, Voice string }

func (Ringtone) isMedia() {}
func (Silence) isMedia()  {}
func (Audio) isMedia()    {}
func (TTS) isMedia()      {}

const (
	// Forever is the Duration of an item that ends only by being stopped.
	Forever time.Duration = -1
	// LoopForever is the Loop of a playlist that ends only by being stopped
	// (on the wire: loop 0).
	LoopForever = -1
	// MaxVolume is the range of a volume, either way, in dB (RELAY.md 4.8).
	MaxVolume = 40.0

	maxItems    = 64
	maxText     = 5000
	maxDuration = 24 * time.Hour
)

// Playlist is what a leg is played, in order.
type Playlist struct {
	Media []Media
	// Volume is the gain in dB, -40 to 40.
	Volume float64
	// Loop is how often to play the whole: 0 or 1 for once, or LoopForever.
	Loop int
}

// Check says what is wrong with a playlist; errors wrap ErrBadPlaylist. Play
// does the same, so a caller needs it only to check early.
func (p Playlist) Check() error {
	if len(p.Media) == 0 || len(p.Media) > maxItems {
		return fmt.Errorf("%w: %d items, 1 to %d allowed", ErrBadPlaylist, len(p.Media), maxItems)
	}
	if math.IsNaN(p.Volume) || math.Abs(p.Volume) > MaxVolume {
		return fmt.Errorf("%w: volume %v dB", ErrBadPlaylist, p.Volume)
	}
	if p.Loop < LoopForever {
		return fmt.Errorf("%w: loop %d", ErrBadPlaylist, p.Loop)
	}
	for i, m := range p.Media {
		if err := checkMedia(m); err != nil {
			return fmt.Errorf("%w: item %d: %w", ErrBadPlaylist, i+1, err)
		}
	}
	return nil
}

func checkMedia(m Media) error {
	switch m := m.(type) {
	case Ringtone:
		if _, ok := cadences[m.Country]; !ok {
			return fmt.Errorf("no ringtone for country %q, there is %s", m.Country, strings.Join(Countries(), " "))
		}
		return checkDuration(m.Duration, 0)
	case Silence:
		return checkDuration(m.Duration, 1)
	case Audio:
		if m.URL == "" {
			return fmt.Errorf("audio without a URL")
		}
	case TTS:
		if len(m.Text) == 0 || len(m.Text) > maxText {
			return fmt.Errorf("text of %d bytes, 1 to %d allowed", len(m.Text), maxText)
		}
		return checkVoice(m)
	default:
		return fmt.Errorf("unknown kind %T", m)
	}
	return nil
}

func checkDuration(d, least time.Duration) error {
	if d != Forever && (d < least || d > maxDuration) {
		return fmt.Errorf("duration %v", d)
	}
	return nil
}

// silent reports whether the playlist needs no encoder.
func (p Playlist) silent() bool {
	for _, m := range p.Media {
		if _, ok := m.(Silence); !ok {
			return false
		}
	}
	return true
}

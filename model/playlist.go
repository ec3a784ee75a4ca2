package model

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// MediaKind is one of the four things that RELAY can play.
type MediaKind uint8

// The kinds of media.
const (
	Ringtone MediaKind = iota
	Audio
	Speech
	Silence
)

// MediaKinds lists all kinds in the order in which a form offers them.
var MediaKinds = []MediaKind{Ringtone, Audio, Speech, Silence}

func (k MediaKind) String() string {
	return [...]string{"ringtone", "audio", "speech", "silence"}[min(int(k), 3)]
}

// Media is one item of a Playlist. Which members count depends on Kind.
type Media struct {
	Kind     MediaKind
	Country  string        // Ringtone: two letters, such as us
	Duration time.Duration // Ringtone: 0 until told otherwise; Silence: required
	URL      string        // Audio: http or https
	Text     string        // Speech
	Language string        // Speech: en-US when empty
	Gender   string        // Speech: female when empty
	Voice    string        // Speech: wins over language and gender
}

// Playlist is media in the order of playback.
type Playlist []Media

// ErrMedia is wrapped by every error of Media.Check.
var ErrMedia = errors.New("cannot be played")

// Check reports the first thing wrong with the item, wrapping ErrMedia.
func (m Media) Check() error {
	switch m.Kind {
	case Ringtone:
		if !slices.Contains(RingtoneCountries, strings.ToLower(m.Country)) {
			return fmt.Errorf("%w: no ringtone %q, choose a country such as us, uk, de", ErrMedia, m.Country)
		}
		if m.Duration < 0 {
			return fmt.Errorf("%w: a ringtone cannot last less than 0 s", ErrMedia)
		}
	case Audio:
		u, err := url.Parse(m.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%w: audio needs a URL, http:// or https://", ErrMedia)
		}
	case Speech:
		if strings.TrimSpace(m.Text) == "" {
			return fmt.Errorf("%w: speech needs a text", ErrMedia)
		}
	case Silence:
		if m.Duration <= 0 {
			return fmt.Errorf("%w: silence needs a length in seconds", ErrMedia)
		}
	default:
		return fmt.Errorf("%w: unknown kind", ErrMedia)
	}
	return nil
}

// ParseMedia reads the short form that the form and the command line take:
// "us" or "ringtone:us", "ringtone:us:5", a URL, "say:text", "silence:2".
func ParseMedia(s string) (Media, error) {
	s = strings.TrimSpace(s)
	kind, rest, _ := strings.Cut(s, ":")
	var m Media
	switch strings.ToLower(kind) {
	case "http", "https":
		m = Media{Kind: Audio, URL: s}
	case "audio":
		m = Media{Kind: Audio, URL: rest}
	case "say", "speech", "tts":
		m = Media{Kind: Speech, Text: strings.TrimSpace(rest)}
	case "silence":
		d, err := ParseSeconds(rest)
		if err != nil {
			return m, fmt.Errorf("%w: silence needs a length in seconds", ErrMedia)
		}
		m = Media{Kind: Silence, Duration: d}
	case "ringtone":
		country, length, timed := strings.Cut(rest, ":")
		m = Media{Kind: Ringtone, Country: strings.ToLower(country)}
		if timed {
			d, err := ParseSeconds(length)
			if err != nil {
				return m, fmt.Errorf("%w: %q is no length in seconds", ErrMedia, length)
			}
			m.Duration = d
		}
	default:
		m = Media{Kind: Ringtone, Country: strings.ToLower(s)}
	}
	return m, m.Check()
}

// String is the short form that ParseMedia reads.
func (m Media) String() string {
	switch m.Kind {
	case Audio:
		return m.URL
	case Speech:
		return "say:" + m.Text
	case Silence:
		return "silence:" + FormatSeconds(m.Duration)
	}
	if m.Duration > 0 {
		return "ringtone:" + m.Country + ":" + FormatSeconds(m.Duration)
	}
	return "ringtone:" + m.Country
}

// RingtoneCountries are the ringtones that RELAY knows.
var RingtoneCountries = []string{
	"at", "au", "be", "bg", "br", "ch", "cl", "cn", "cz", "de", "dk", "ee", "es", "fi", "fr",
	"gr", "hu", "il", "in", "it", "jp", "lt", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt",
	"ru", "se", "sg", "th", "tw", "uk", "us", "ve", "za",
}

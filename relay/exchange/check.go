package exchange

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// Bounds on what one request may ask for.
const (
	maxHeaders    = 64
	maxRing       = 24 * 60 * 60 // seconds
	minSession    = 90           // seconds, RFC 4028 §5
	maxSession    = 24 * 60 * 60 // seconds
	priceDecimals = 4
)

// checkConnect refuses, before anything is sent, what could never work. The
// message names the member and how to mend it.
func checkConnect(p wire.CallConnectParams, l Limits) *failure {
	if f := checkPlan(p.Devices, l); f != nil {
		return f
	}
	if f := checkPrice(p.MaxPricePerMinute); f != nil {
		return f
	}
	if p.MaxPricePerMinute > 0 && slices.ContainsFunc(p.Devices, func(group []wire.Device) bool {
		return slices.ContainsFunc(group, func(d wire.Device) bool { return d.Type == wire.DevicePhone })
	}) {
		return &failure{wire.CodePayment, "max_price_per_minute: no rate is known for telephone numbers"}
	}
	if f := checkDuration(p.MaxDuration); f != nil {
		return f
	}
	if len(p.Ringback) == 0 {
		return nil
	}
	list, f := playlistOf("ringback", p.Ringback)
	if f != nil {
		return f
	}
	return checkPlaylist("ringback", list)
}

// checkDial does the same for calling.dial.
func checkDial(p wire.DialParams, l Limits) *failure {
	if p.Tag == "" {
		return bad("tag is missing: events of a dial are told apart by it")
	}
	if f := checkPlan(p.Devices, l); f != nil {
		return f
	}
	if f := checkDuration(p.MaxDuration); f != nil {
		return f
	}
	return checkPrice(p.MaxPricePerMinute)
}

// checkDuration: seconds, as most sources of RELAY say (reference §14).
func checkDuration(seconds int) *failure {
	if seconds < 0 || seconds > maxRing {
		return bad("max_duration must be 1 to %d seconds, or 0 for no limit", maxRing)
	}
	return nil
}

// checkPrice: SIP to SIP costs nothing, so any cap is met by those devices.
func checkPrice(price float64) *failure {
	if price < 0 || math.IsInf(price, 0) || math.IsNaN(price) {
		return bad("max_price_per_minute must be a price in USD, 0 or more")
	}
	text := strconv.FormatFloat(price, 'f', -1, 64)
	if _, decimals, ok := strings.Cut(text, "."); ok && len(decimals) > priceDecimals {
		return bad("max_price_per_minute has %d decimals: at most %d are allowed", len(decimals), priceDecimals)
	}
	return nil
}

func checkPlan(plan [][]wire.Device, l Limits) *failure {
	n := 0
	for _, group := range plan {
		if len(group) == 0 {
			return bad("devices holds an empty group")
		}
		n += len(group)
	}
	if n > l.Legs {
		return bad("devices holds more than %d devices", l.Legs)
	}
	if n == 0 {
		return bad("devices is empty: give at least one device to call")
	}
	for _, group := range plan {
		for _, d := range group {
			if f := checkDevice(d); f != nil {
				return f
			}
		}
	}
	return nil
}

func checkDevice(d wire.Device) *failure {
	p := d.Params
	switch d.Type {
	case wire.DevicePhone:
		if p.ToNumber == "" {
			return bad("to_number is missing")
		}
	case wire.DeviceSIP:
		if f := checkSIPDevice(p); f != nil {
			return f
		}
	default:
		return bad("device type %.40q is not offered by this exchange: use sip or phone", d.Type)
	}
	if isEmergency(p.ToNumber) || isEmergency(userOf(p.To)) {
		return &failure{wire.CodeForbidden, "emergency numbers are not called by programs"}
	}
	switch {
	case p.Timeout < 0 || p.Timeout > maxRing:
		return bad("timeout must be 1 to %d seconds, or 0 for the default", maxRing)
	case p.SessionTimeout < 0:
		return bad("session_timeout must not be negative: give seconds, or 0 for the default")
	case p.SessionTimeout > 0 && p.SessionTimeout < minSession, p.SessionTimeout > maxSession:
		return bad("session_timeout must be %d to %d seconds (RFC 4028), or 0 for the default", minSession, maxSession)
	}
	return checkWebhook(p)
}

func userOf(uri string) string {
	user, _ := splitURI(uri)
	return user
}

func checkSIPDevice(p wire.DeviceParams) *failure {
	for _, a := range []struct{ field, uri string }{{"from", p.From}, {"to", p.To}} {
		if a.uri == "" {
			return bad("%s is missing: give a SIP address such as sip:user@host", a.field)
		}
		if err := sip.ValidateURI(a.uri); err != nil {
			return bad("%s is not a SIP address: %s", a.field, problem(err))
		}
	}
	if p.WebRTCMedia != nil && *p.WebRTCMedia {
		return bad("WebRTC media is not offered by this exchange")
	}
	if f := checkHeaders(p.Headers); f != nil {
		return f
	}
	return checkCodecs(p.Codecs)
}

// problem is the plain part of the SIP stack's refusal.
func problem(err error) string {
	var uri *sip.URIError
	var header *sip.HeaderError
	switch {
	case errors.As(err, &uri):
		return uri.Problem
	case errors.As(err, &header):
		return header.Problem
	}
	return err.Error()
}

func checkHeaders(hs []wire.Header) *failure {
	if len(hs) > maxHeaders {
		return bad("headers holds more than %d headers", maxHeaders)
	}
	for _, h := range hs {
		if !isXHeader(h.Name) {
			return bad("headers: %.60q is not allowed: only names that begin with X- are sent", h.Name)
		}
		if err := sip.ValidateHeader(sip.Header{Name: h.Name, Value: h.Value}); err != nil {
			return bad("headers: %.60q: %s", h.Name, problem(err))
		}
	}
	return nil
}

func checkCodecs(codecs []string) *failure {
	audio := len(codecs) == 0
	for _, name := range codecs {
		if !slices.ContainsFunc(wire.Codecs, func(known string) bool { return strings.EqualFold(known, name) }) {
			return bad("codecs: %.20q is not known: use %s", name, strings.Join(wire.Codecs, ", "))
		}
		audio = audio || media.AudioCodec(name)
	}
	if !audio {
		return bad("codecs: at least one audio codec is needed: PCMU, PCMA, OPUS, G729 or G722")
	}
	return nil
}

// playlistOf reads a play list; field names it in messages. What is in it is
// checked by checkPlaylist.
func playlistOf(field string, items []wire.Media) (media.Playlist, *failure) {
	var list media.Playlist
	for _, item := range items {
		p := item.Params
		d := time.Duration(p.Duration * float64(time.Second))
		if math.IsNaN(p.Duration) || p.Duration < 0 || p.Duration > maxRing {
			return list, bad("%s: duration must be 0 to %d seconds", field, maxRing)
		}
		switch item.Type {
		case wire.MediaAudio:
			list.Media = append(list.Media, media.Audio{URL: p.URL})
		case wire.MediaTTS:
			list.Media = append(list.Media, media.TTS{Text: p.Text, Language: p.Language, Gender: p.Gender, Voice: p.Voice})
		case wire.MediaSilence:
			list.Media = append(list.Media, media.Silence{Duration: d})
		case wire.MediaRingtone:
			if !slices.Contains(wire.RingtoneCountries, strings.ToLower(p.Name)) {
				return list, bad("%s: ringtone %.20q is not known: use a country code such as us or uk", field, p.Name)
			}
			list.Media = append(list.Media, media.Ringtone{Country: strings.ToLower(p.Name), Duration: d})
		default:
			return list, bad("%s: type %.40q is not known: use audio, tts, silence or ringtone", field, item.Type)
		}
	}
	return list, nil
}

func checkPlaylist(field string, list media.Playlist) *failure {
	if err := list.Check(); err != nil {
		return bad("%s: %s", field, strings.TrimPrefix(err.Error(), media.ErrBadPlaylist.Error()+": "))
	}
	return nil
}

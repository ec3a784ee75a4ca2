package exchange

import (
	"errors"
	"fmt"
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
func (x *Exchange) checkConnect(p wire.CallConnectParams) *failure {
	if f := x.checkPlan(p.Devices, p.MaxPricePerMinute); f != nil {
		return f
	}
	if f := checkDuration(p.MaxDuration); f != nil {
		return f
	}
	if f := checkHookURL("status_url", p.StatusURL, x.fetch); f != nil || len(p.Ringback) == 0 {
		return f
	}
	list, f := playlistOf("ringback", p.Ringback)
	if f != nil {
		return f
	}
	return checkPlaylist("ringback", list)
}

// checkDial does the same for calling.dial.
func (x *Exchange) checkDial(p wire.DialParams) *failure {
	if p.Tag == "" {
		return bad("tag is missing: events of a dial are told apart by it")
	}
	if f := x.checkPlan(p.Devices, p.MaxPricePerMinute); f != nil {
		return f
	}
	return checkDuration(p.MaxDuration)
}

// checkDuration: seconds, as most sources of RELAY say (reference §14).
func checkDuration(seconds int) *failure {
	if seconds < 0 || seconds > maxRing {
		return bad("max_duration must be 1 to %d seconds, or 0 for no limit", maxRing)
	}
	return nil
}

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

// checkPlan looks at all devices. Emergency numbers come before any other
// rule, so that nothing else in the request can hide them.
func (x *Exchange) checkPlan(plan [][]wire.Device, cap float64) *failure {
	n := 0
	for _, group := range plan {
		n += len(group)
		for _, d := range group {
			if x.isEmergency(d.Params.ToNumber) || x.isEmergency(userOf(d.Params.To)) {
				return noEmergency
			}
		}
	}
	switch {
	case slices.ContainsFunc(plan, func(group []wire.Device) bool { return len(group) == 0 }):
		return bad("devices holds an empty group")
	case n > x.cfg.Limits.Legs:
		return bad("devices holds more than %d devices", x.cfg.Limits.Legs)
	case n == 0:
		return bad("devices is empty: give at least one device to call")
	}
	if f := checkPrice(cap); f != nil {
		return f
	}
	for _, group := range plan {
		for _, d := range group {
			if f := x.checkDevice(d, cap); f != nil {
				return f
			}
		}
	}
	return nil
}

var noEmergency = &failure{wire.CodeForbidden, "emergency numbers are not called by programs"}

func (x *Exchange) checkDevice(d wire.Device, cap float64) *failure {
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
	switch {
	case p.Timeout < 0 || p.Timeout > maxRing:
		return bad("timeout must be 1 to %d seconds, or 0 for the default", maxRing)
	case p.SessionTimeout < 0:
		return bad("session_timeout must not be negative: give seconds, or 0 for the default")
	case p.SessionTimeout > 0 && p.SessionTimeout < minSession, p.SessionTimeout > maxSession:
		return bad("session_timeout must be %d to %d seconds (RFC 4028), or 0 for the default", minSession, maxSession)
	}
	if f := checkHeaders(p.Headers); f != nil {
		return f
	}
	if f := checkCodecs(p.Codecs); f != nil {
		return f
	}
	if f := checkWebhook(p, x.fetch); f != nil {
		return f
	}
	return x.checkRoute(d, cap)
}

// checkRoute refuses what no trunk may dial, and what is too dear. SIP to SIP
// costs nothing, so any cap is met by it; a number without a known rate meets
// none.
func (x *Exchange) checkRoute(d wire.Device, cap float64) *failure {
	r, f := x.route(d)
	number := r.number
	if d.Type == wire.DevicePhone {
		number = cleanNumber(d.Params.ToNumber)
	}
	if f != nil || cap == 0 || number == "" {
		return f
	}
	switch price, ok := rateOf(x.cfg.Rates, number); {
	case !ok:
		return &failure{wire.CodePayment, "max_price_per_minute: no rate is known for " + number}
	case price > cap:
		return &failure{wire.CodePayment, fmt.Sprintf("max_price_per_minute is %g: a call to %s costs %g USD a minute", cap, number, price)}
	}
	return nil
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
	return nil
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

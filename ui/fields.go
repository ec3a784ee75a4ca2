package ui

import (
	"time"

	"cordpair/model"
)

// field describes one field of a form: what it is called, what it takes and
// how it is edited. A new field is one more literal here.
type field struct {
	id       model.Field
	label    string
	hint     string
	advanced bool
	suggest  bool
	control  func() control
}

// connectFields are the parameters of connectSip in the order of the form.
func connectFields() []field {
	return []field{
		{id: model.FieldTo, label: "To", hint: "required: sip:user@host; a, b in turn, a & b together", suggest: true,
			control: text("sip:user@host", 0,
				func(s string, r *model.ConnectRequest) error { r.To = s; return nil },
				func(r model.ConnectRequest) string { return r.To })},
		{id: model.FieldFrom, label: "From", hint: "required: an address or number that you own", suggest: true,
			control: text("sip:you@host or +15550100", 0,
				func(s string, r *model.ConnectRequest) error { r.From = s; return nil },
				func(r model.ConnectRequest) string { return r.From })},
		{id: model.FieldCodecs, label: "Codecs", hint: "space picks, < > moves; none: those of the caller's leg",
			control: func() control { return &orderControl{all: model.Codecs} }},
		{id: model.FieldHeaders, label: "Headers", hint: "X- only; enter adds, ctrl+d removes the row", control: headersControl},
		{id: model.FieldTimeout, label: "Timeout", hint: "seconds the peer may ring",
			control: seconds("30", func(r *model.ConnectRequest) *time.Duration { return &r.Timeout })},
		{id: model.FieldRingback, label: "Ringback", hint: "what the caller hears meanwhile; < > moves a row, ctrl+d removes it", control: ringbackControl},
		{id: model.FieldMaxPrice, label: "Max price", hint: "USD a minute, at most four decimals; empty: no limit", advanced: true,
			control: text("no limit", 12,
				func(s string, r *model.ConnectRequest) (err error) {
					r.MaxPricePerMinute, err = model.ParsePrice(s)
					return err
				},
				func(r model.ConnectRequest) string { return r.MaxPricePerMinute.String() })},
		{id: model.FieldWebRTC, label: "WebRTC", hint: "media by WebRTC; default: as the caller's leg", advanced: true, control: webRTC},
		{id: model.FieldSessionTimeout, label: "Session", hint: "seconds, SIP Session-Expires; empty: about 600", advanced: true,
			control: seconds("600", func(r *model.ConnectRequest) *time.Duration { return &r.SessionTimeout })},
		{id: model.FieldStateURL, label: "State URL", hint: "a webhook for the peer leg's states", advanced: true,
			control: text("https://...", 0,
				func(s string, r *model.ConnectRequest) error { r.CallStateURL = s; return nil },
				func(r model.ConnectRequest) string { return r.CallStateURL })},
		{id: model.FieldStateEvents, label: "Events", hint: "what the webhook is told; none: ended", advanced: true,
			control: func() control { return &setControl{words: model.StateEvents, on: map[string]bool{}} }},
	}
}

// dialFields are the parameters of a first leg.
func dialFields() []field {
	all := connectFields()
	to, from, timeout := all[0], all[1], all[4]
	to.hint = "required: sip:user@host or a telephone number"
	timeout.hint = "seconds it may ring"
	return []field{to, from, timeout}
}

func text(ghost string, width int, parse func(string, *model.ConnectRequest) error, show func(model.ConnectRequest) string) func() control {
	return func() control { return &textControl{ghost: ghost, width: width, parse: parse, show: show} }
}

func webRTC() control {
	return &choiceControl{words: []string{"default", "on", "off"},
		put: func(at int, r *model.ConnectRequest) { r.WebRTCMedia = model.Choice(at) },
		get: func(r model.ConnectRequest) int { return int(r.WebRTCMedia) }}
}

// seconds is a field for a whole number of seconds; empty is the server's
// default.
func seconds(ghost string, of func(*model.ConnectRequest) *time.Duration) func() control {
	parse := func(s string, r *model.ConnectRequest) (err error) {
		*of(r) = 0
		if s != "" {
			*of(r), err = model.ParseSeconds(s)
		}
		return err
	}
	show := func(r model.ConnectRequest) string {
		if d := *of(&r); d != 0 {
			return model.FormatSeconds(d)
		}
		return ""
	}
	return func() control {
		return &textControl{ghost: ghost, unit: "s", width: 8, parse: parse, show: show}
	}
}

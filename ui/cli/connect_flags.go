package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cordpair/model"
)

// requestFlags are connectSip's parameters as flags.
type requestFlags struct {
	preset         string
	from, to       string
	codecs         []string
	headers        []string
	timeout        string
	ringback       []string
	maxPrice       string
	webrtc         string
	sessionTimeout string
	stateURL       string
	stateEvents    []string
}

func (f *requestFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.preset, "preset", "", "`name` of a request of the configuration to begin with; other flags change it")
	fl.StringVar(&f.from, "from", "", "who calls: a SIP `address` or number that you own (default: the preset's, the profile's)")
	fl.StringVar(&f.to, "to", "", "who is called: an `address`, sip:user@host (required, unless the preset says)")
	fl.StringArrayVar(&f.codecs, "codec", nil, "`codec` in order of preference: "+strings.Join(model.Codecs, " ")+"; may be given again (default: the call's)")
	fl.StringArrayVar(&f.headers, "header", nil, "SIP header to send, `X-Name=value`; may be given again")
	fl.StringVar(&f.timeout, "timeout", "", "`seconds` to let it ring (default 30)")
	fl.StringArrayVar(&f.ringback, "ringback", nil, "`media` that the caller hears meanwhile: us, a URL, say:text, silence:2; may be given again")
	fl.StringVar(&f.maxPrice, "max-price", "", "highest price per minute in `USD`, at most four decimals")
	fl.StringVar(&f.webrtc, "webrtc", "", "WebRTC media: `on|off` (default: the call's)")
	fl.StringVar(&f.sessionTimeout, "session-timeout", "", "`seconds` for Session-Expires (default: the server's, about 600)")
	fl.StringVar(&f.stateURL, "state-url", "", "webhook, a `URL` that is told of the peer's states")
	fl.StringArrayVar(&f.stateEvents, "state-event", nil, "`state` to tell: created ringing answered ended; may be given again (default ended)")
}

// request checks the flags and names the one that is wrong. What they do not
// say is that of the request to begin with.
func (f *requestFlags) request(r model.ConnectRequest, from string) (model.ConnectRequest, error) {
	r.From, r.To = firstOf(f.from, r.From, from), firstOf(f.to, r.To)
	switch {
	case r.From == "":
		return r, usagef("--from is missing: who calls, such as sip:support@demo")
	case r.To == "":
		return r, usagef("--to is missing: who is called, such as sip:bob@demo")
	}
	r.CallStateURL = firstOf(f.stateURL, r.CallStateURL)
	for _, read := range []func(*model.ConnectRequest) error{f.readLists, f.readHeaders, f.readNumbers} {
		if err := read(&r); err != nil {
			return r, err
		}
	}
	return r, f.check(r)
}

func (f *requestFlags) readLists(r *model.ConnectRequest) error {
	if len(f.codecs) > 0 {
		r.Codecs = nil
	}
	for _, c := range f.codecs {
		for _, one := range splitList(c) {
			r.Codecs = append(r.Codecs, strings.ToUpper(one))
		}
	}
	if len(f.stateEvents) > 0 {
		r.CallStateEvents = nil
	}
	for _, e := range f.stateEvents {
		r.CallStateEvents = append(r.CallStateEvents, splitList(e)...)
	}
	if len(f.ringback) > 0 {
		r.Ringback = nil
	}
	for _, m := range f.ringback {
		media, err := model.ParseMedia(m)
		if err != nil {
			return usagef("--ringback %q: %w", m, err)
		}
		r.Ringback = append(r.Ringback, media)
	}
	return nil
}

// readHeaders puts the flags' headers after the preset's, or in the place of
// one of that name.
func (f *requestFlags) readHeaders(r *model.ConnectRequest) error {
	r.Headers = slices.Clone(r.Headers)
	begin := len(r.Headers)
	for _, h := range f.headers {
		name, value, ok := cutHeader(h)
		if !ok {
			return usagef("--header %q: type X-Name=value", h)
		}
		header := model.Header{Name: name, Value: value}
		at := slices.IndexFunc(r.Headers[:begin], func(b model.Header) bool { return strings.EqualFold(b.Name, name) })
		if at >= 0 {
			r.Headers[at] = header
		} else {
			r.Headers = append(r.Headers, header)
		}
	}
	return nil
}

func (f *requestFlags) readNumbers(r *model.ConnectRequest) (err error) {
	if f.timeout != "" {
		if r.Timeout, err = secondsFlag("--timeout", f.timeout); err != nil {
			return err
		}
	}
	if f.sessionTimeout != "" {
		if r.SessionTimeout, err = secondsFlag("--session-timeout", f.sessionTimeout); err != nil {
			return err
		}
	}
	if f.maxPrice != "" {
		if r.MaxPricePerMinute, err = model.ParsePrice(f.maxPrice); err != nil {
			return usagef("--max-price: %w", err)
		}
	}
	if f.webrtc != "" {
		r.WebRTCMedia, err = choiceFlag(f.webrtc)
	}
	return err
}

// flagOf names the flag of each field, for errors.
var flagOf = map[model.Field]string{
	model.FieldFrom: "--from", model.FieldTo: "--to", model.FieldCodecs: "--codec", model.FieldHeaders: "--header",
	model.FieldTimeout: "--timeout", model.FieldRingback: "--ringback", model.FieldMaxPrice: "--max-price",
	model.FieldWebRTC: "--webrtc", model.FieldSessionTimeout: "--session-timeout",
	model.FieldStateURL: "--state-url", model.FieldStateEvents: "--state-event",
}

func (f *requestFlags) check(r model.ConnectRequest) error {
	err := r.Validate()
	if invalid, ok := err.(*model.InvalidRequest); ok {
		p := invalid.Problems[0]
		return usagef("%s: %s", flagOf[p.Field], p.Text)
	}
	return err
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// cutHeader takes X-Name=value and, as SIP writes it, X-Name: value.
func cutHeader(s string) (name, value string, ok bool) {
	i := strings.IndexAny(s, "=:")
	if i <= 0 {
		return "", "", false
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:]), true
}

func secondsFlag(flag, value string) (time.Duration, error) {
	d, err := model.ParseSeconds(value)
	switch {
	case err != nil:
		return 0, usagef("%s: %w", flag, err)
	case d <= 0:
		return 0, usagef("%s %q: type a second at least, or leave it out for the default", flag, value)
	}
	return d, nil
}

func choiceFlag(s string) (model.Choice, error) {
	switch strings.ToLower(s) {
	case "", "default":
		return model.Default, nil
	case "on", "true", "yes":
		return model.On, nil
	case "off", "false", "no":
		return model.Off, nil
	}
	return model.Default, usagef("--webrtc %q: type on or off", s)
}

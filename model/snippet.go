package model

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// longestSnippet is how much text ReadSnippet looks at.
const longestSnippet = 64 << 10

// ReadSnippet finds a connect in the text of a program and reads what it asks
// for: connectSip({...}) of either Node SDK, connect(devices=...) of Python,
// the parameters or the whole frame of calling.connect, or just the object. It
// is lenient: unknown members are passed over, members of a wrong kind too, and
// the result is not validated. It never panics.
func ReadSnippet(text string) (ConnectRequest, error) {
	var r ConnectRequest
	if len(text) > longestSnippet {
		return r, fmt.Errorf("%w: it is too long", errSnippet)
	}
	for _, mark := range []string{"connectSip(", "connect_sip(", ".connect(", "connect("} {
		if _, rest, found := strings.Cut(text, mark); found {
			args, err := (&reader{s: rest}).list(")")
			if err != nil {
				return r, err
			}
			return fromArguments(args.([]value))
		}
	}
	i := strings.IndexByte(text, '{')
	if i < 0 {
		return r, fmt.Errorf("%w: no connectSip({...}) and no {...}", errSnippet)
	}
	v, err := (&reader{s: text[i:]}).value()
	if err != nil {
		return r, err
	}
	return fromArguments([]value{v})
}

// Snippet reports whether a text looks like one that ReadSnippet should try.
func Snippet(text string) bool {
	return strings.Contains(text, "{") && (strings.Contains(text, "connect") || strings.Contains(text, "devices") ||
		strings.Contains(text, "to:") || strings.Contains(text, `"to"`))
}

func fromArguments(args []value) (ConnectRequest, error) {
	all := object{}
	for _, a := range args {
		if o, ok := a.(object); ok {
			all = append(all, o...)
		}
	}
	if p, ok := all.get("params").(object); ok && all.get("type") == nil {
		all = p // the whole frame
	}
	var r ConnectRequest
	r.fill(all)
	r.hunt(all.get("devices"))
	if r.To == "" && r.From == "" {
		return r, fmt.Errorf("%w: it has neither from nor to", errSnippet)
	}
	return r, nil
}

// hunt takes over a plan of devices: the parameters of the first and the
// targets of all.
func (r *ConnectRequest) hunt(plan value) {
	var steps []string
	for _, step := range items(plan) {
		var group []string
		for _, d := range devices(step) {
			if len(steps) == 0 && len(group) == 0 {
				r.fill(d)
			}
			if to, ok := d.get("to").(string); ok && len(steps)+len(group) < mostTargets {
				group = append(group, Clean(to))
			}
		}
		if len(group) > 0 {
			steps = append(steps, strings.Join(group, " & "))
		}
	}
	if len(steps) > 0 {
		r.To = strings.Join(steps, ", ")
	}
}

// items are the steps of a plan: of a list, or what a builder is given.
func items(plan value) []value {
	switch p := plan.(type) {
	case []value:
		return p
	case invocation:
		var list []value
		for _, c := range p {
			if c.name == "add" {
				list = append(list, c.args...)
			}
		}
		return list
	case object:
		return []value{p}
	}
	return nil
}

// devices are the devices of a step.
func devices(step value) []object {
	switch d := step.(type) {
	case object:
		if p, ok := d.get("params").(object); ok {
			d = p
		}
		return []object{d}
	case []value:
		var list []object
		for _, one := range d {
			if _, deeper := one.([]value); !deeper {
				list = append(list, devices(one)...)
			}
		}
		return list
	case invocation:
		for _, c := range d {
			if len(c.args) > 0 {
				if o, ok := c.args[0].(object); ok {
					return []object{o}
				}
			}
		}
	}
	return nil
}

// fill takes over the members that are there.
func (r *ConnectRequest) fill(o object) {
	str := func(to *string, names ...string) {
		if s, ok := o.get(names...).(string); ok {
			*to = Clean(s)
		}
	}
	dur := func(to *time.Duration, names ...string) {
		if d, ok := duration(o.get(names...)); ok {
			*to = d
		}
	}
	list := func(to *[]string, names ...string) {
		if l, ok := o.get(names...).([]value); ok {
			*to = words(l)
		}
	}
	str(&r.From, "from", "from_")
	str(&r.To, "to")
	dur(&r.Timeout, "timeout")
	list(&r.Codecs, "codecs")
	dur(&r.SessionTimeout, "sessionTimeout", "session_timeout")
	str(&r.CallStateURL, "callStateUrl", "call_state_url")
	list(&r.CallStateEvents, "callStateEvents", "call_state_events")
	if on, ok := o.get("webrtcMedia", "webrtc_media").(bool); ok {
		r.WebRTCMedia = Off
		if on {
			r.WebRTCMedia = On
		}
	}
	if f, ok := o.get("maxPricePerMinute", "max_price_per_minute").(float64); ok && f >= 0 && f < 1e6 {
		r.MaxPricePerMinute = Price(math.Round(f * 10000))
	}
	if h, ok := o.get("headers").([]value); ok {
		r.Headers = headersOf(h)
	}
	if v := o.get("ringback"); v != nil {
		r.Ringback = nil
		r.Ringback.collect(v)
	}
}

func duration(v value) (time.Duration, bool) {
	f, ok := v.(float64)
	if !ok || f < 0 || f > 86400 {
		return 0, false
	}
	return time.Duration(math.Round(f*1000)) * time.Millisecond, true
}

func words(list []value) []string {
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, Clean(s))
		}
	}
	return out
}

func headersOf(list []value) []Header {
	var out []Header
	for _, v := range list {
		o, ok := v.(object)
		name, named := o.get("name").(string)
		if ok && named {
			val := ""
			switch x := o.get("value").(type) {
			case string:
				val = x
			case float64:
				val = fmt.Sprint(x)
			}
			out = append(out, Header{Name: Clean(name), Value: Clean(val)})
		}
	}
	return out
}

// collect finds media in a list of objects or in a chain of calls.
func (p *Playlist) collect(v value) {
	switch v := v.(type) {
	case []value:
		for _, item := range v {
			p.collect(item)
		}
	case object:
		kind, _ := v.get("type").(string)
		params, ok := v.get("params").(object)
		if !ok {
			params = v
		}
		p.add(kind, params)
	case invocation:
		for _, c := range v {
			for _, arg := range c.args {
				if o, ok := arg.(object); ok {
					p.add(c.name, o)
				} else {
					p.collect(arg)
				}
			}
		}
	}
}

func (p *Playlist) add(kind string, o object) {
	text := func(name string) string {
		s, _ := o.get(name).(string)
		return Clean(s)
	}
	d, _ := duration(o.get("duration"))
	switch strings.ToLower(kind) {
	case "audio":
		*p = append(*p, Media{Kind: Audio, URL: text("url")})
	case "tts":
		*p = append(*p, Media{Kind: Speech, Text: text("text"), Language: text("language"), Gender: text("gender"), Voice: text("voice")})
	case "silence":
		*p = append(*p, Media{Kind: Silence, Duration: d})
	case "ringtone":
		*p = append(*p, Media{Kind: Ringtone, Country: text("name"), Duration: d})
	}
}

package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cordpair/model"
)

// readPreset reads a connect request. Its fields are checked as the form checks
// them; from and to may be left out.
func (c *Config) readPreset(name string, s *section) {
	p := Preset{Name: name}
	r := &p.Request
	var from, to, context, price, webrtc, url Value[string]
	var codecs, ringback, events Value[[]string]
	s.text("from", &from, checkAddress)
	s.text("to", &to, func(v string) error { _, err := model.ParseSIPAddress(v); return err })
	s.list("codecs", &codecs, func(v string, before []string) error { return model.CheckCodec(strings.ToUpper(v), before) })
	s.list("ringback", &ringback, func(v string, _ []string) error {
		m, err := model.ParseMedia(v)
		r.Ringback = append(r.Ringback, m)
		return err
	})
	s.text("max_price", &price, func(v string) (err error) { r.MaxPricePerMinute, err = model.ParsePrice(v); return err })
	s.text("webrtc", &webrtc, func(v string) error { return oneOf(v, []string{"on", "off", "default"}) })
	s.text("state_url", &url, model.CheckStateURL)
	s.list("state_events", &events, func(v string, _ []string) error { return oneOf(v, model.StateEvents) })
	s.text("context", &context, func(v string) error { return checkContext(v, nil) })
	r.From, r.To, r.CallStateURL, r.CallStateEvents, p.Context = from.V, to.V, url.V, events.V, context.V
	r.WebRTCMedia = map[string]model.Choice{"on": model.On, "off": model.Off}[webrtc.V]
	for _, codec := range codecs.V {
		r.Codecs = append(r.Codecs, strings.ToUpper(codec))
	}
	r.Timeout = s.seconds("timeout", 600*time.Second)
	r.SessionTimeout = s.seconds("session_timeout", 24*time.Hour)
	r.Headers = s.headers("headers")
	for _, other := range c.Presets {
		if p.Context != "" && other.Context == p.Context {
			s.wrong("context", nil, "preset %q is the default of %s already", other.Name, p.Context)
		}
	}
	c.Presets = append(c.Presets, p)
}

// Preset finds a preset by its name.
func (c *Config) Preset(name string) (Preset, error) {
	var known []string
	for _, p := range c.Presets {
		if p.Name == name {
			return p, nil
		}
		known = append(known, p.Name)
	}
	switch near := Nearest(name, known); {
	case near != "":
		return Preset{}, fmt.Errorf("there is no preset %q; did you mean %q?", name, near)
	case len(known) == 0:
		return Preset{}, fmt.Errorf("there is no preset %q: the configuration has none", name)
	}
	return Preset{}, fmt.Errorf("there is no preset %q: known are %s", name, strings.Join(known, ", "))
}

func (s *section) seconds(key string, most time.Duration) time.Duration {
	var v Value[time.Duration]
	s.duration(key, &v, most)
	if v.V%time.Second != 0 {
		s.wrong(key, nil, "must be whole seconds")
	}
	return v.V
}

// headers reads a table of SIP headers: X-Name = "value".
func (s *section) headers(key string) []model.Header {
	under, ok := s.sub(key)
	if !ok {
		return nil
	}
	var all []model.Header
	for _, name := range sortedKeys(under.table) {
		var v Value[string]
		if n, isInt := under.table[name].(int64); isInt {
			under.table[name] = strconv.FormatInt(n, 10) // an account number needs no quotes
		}
		under.text(name, &v, func(value string) error {
			return model.CheckHeader(model.Header{Name: name, Value: value}, all)
		})
		all = append(all, model.Header{Name: name, Value: v.V})
	}
	return all
}

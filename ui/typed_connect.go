package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// setting of a typed connect: name=value.
type connectSetting struct {
	name, note string
	set        func(v string, r *model.ConnectRequest) error
}

// connectSettings are what a typed connect takes after the address, besides
// X- headers.
func connectSettings() []connectSetting {
	return []connectSetting{
		{"timeout", "seconds the peer may ring", func(v string, r *model.ConnectRequest) (err error) {
			r.Timeout, err = model.ParseSeconds(v)
			return err
		}},
		{"from", "who calls", func(v string, r *model.ConnectRequest) error { r.From = v; return nil }},
		{"codecs", "in the order of preference, PCMU,PCMA", func(v string, r *model.ConnectRequest) error {
			r.Codecs = strings.Split(strings.ToUpper(v), ",")
			return nil
		}},
		{"ringback", "us, silence:2, https://..., say:words; again for more", func(v string, r *model.ConnectRequest) error {
			m, err := model.ParseMedia(v)
			r.Ringback = append(r.Ringback, m)
			return err
		}},
		{"price", "most USD a minute", func(v string, r *model.ConnectRequest) (err error) {
			r.MaxPricePerMinute, err = model.ParsePrice(v)
			return err
		}},
		{"webrtc", "on or off", func(v string, r *model.ConnectRequest) error {
			c, known := map[string]model.Choice{"on": model.On, "off": model.Off}[v]
			if !known {
				return errors.New("webrtc is on or off")
			}
			r.WebRTCMedia = c
			return nil
		}},
		{"session", "seconds, Session-Expires", func(v string, r *model.ConnectRequest) (err error) {
			r.SessionTimeout, err = model.ParseSeconds(v)
			return err
		}},
		{"stateurl", "a webhook", func(v string, r *model.ConnectRequest) error { r.CallStateURL = v; return nil }},
		{"events", "what the webhook is told, ringing,ended", func(v string, r *model.ConnectRequest) error {
			r.CallStateEvents = strings.Split(v, ",")
			return nil
		}},
	}
}

// readConnect reads "ADDRESS name=value ..." into a request.
func (a *App) readConnect(words []string) (model.ConnectRequest, error) {
	r := model.ConnectRequest{From: a.lastFrom}
	for _, w := range words {
		name, value, pair := strings.Cut(w, "=")
		if !pair || strings.Contains(name, ":") || strings.Contains(name, "@") {
			if r.To != "" {
				return r, fmt.Errorf("%q: type name=value", w)
			}
			r.To = w
			continue
		}
		if err := readSetting(name, value, &r); err != nil {
			return r, err
		}
	}
	if r.To == "" {
		return r, errors.New("no address: type sip:user@host")
	}
	return r, nil
}

func readSetting(name, value string, r *model.ConnectRequest) error {
	if strings.HasPrefix(strings.ToUpper(name), "X-") {
		r.Headers = append(r.Headers, model.Header{Name: name, Value: value})
		return nil
	}
	for _, s := range connectSettings() {
		if s.name == strings.ToLower(name) {
			return s.set(value, r)
		}
	}
	return fmt.Errorf("there is no %q: headers begin with X-", name)
}

func (a *App) typedConnect(words []string) (tea.Cmd, error) {
	c, r, err := a.connectArgs(words)
	if err != nil {
		return nil, err
	}
	if a.leaving.mode != staying {
		return nil, errLeaving
	}
	return nil, a.connect(c.ID, r)
}

func (a *App) connectArgs(words []string) (*model.Call, model.ConnectRequest, error) {
	c, rest, err := a.callArg(words)
	if err != nil {
		return nil, model.ConnectRequest{}, err
	}
	r, err := a.readConnect(rest)
	if r.From == "" {
		r.From = ownSide(c).URI
	}
	return c, r, err
}

// checkConnect says what is wrong with a connect that is being typed.
func (a *App) checkConnect(words []string) error {
	c, r, err := a.connectArgs(words)
	switch {
	case err != nil && c == nil:
		return err
	case c != nil && a.book.CanConnect(c.ID) != nil:
		return fmt.Errorf("#%d: %w", c.Number, a.book.CanConnect(c.ID))
	case r.To == "":
		return nil // it comes next
	case err != nil:
		return err
	}
	return r.Validate()
}

func (a *App) typedDial(words []string) (tea.Cmd, error) {
	if err := a.whyDial(); err != nil {
		return nil, err
	}
	r, err := a.readConnect(words)
	if err != nil {
		return nil, err
	}
	if err := checkDial(r); err != nil {
		return nil, err
	}
	a.dial(r)
	return nil, nil
}

// connectWords completes calls, then addresses, then settings.
func (a *App) connectWords(words []string) []entry {
	last := words[len(words)-1]
	if name, value, pair := strings.Cut(last, "="); pair {
		return settingWords(strings.ToLower(name), value)
	}
	var out []entry
	if len(words) == 1 {
		out = a.callWords(words, 1)
	}
	hasAddress := false
	for _, w := range words[:len(words)-1] {
		hasAddress = hasAddress || strings.Contains(w, "@")
	}
	if !hasAddress {
		for _, who := range a.suggest(last, nil) {
			out = append(out, entry{text: who.Address.URI, note: who.About})
		}
		return out
	}
	for _, s := range connectSettings() {
		if strings.HasPrefix(s.name, strings.ToLower(last)) {
			out = append(out, entry{text: s.name + "=", note: s.note})
		}
	}
	if strings.HasPrefix("X-", strings.ToUpper(last)) {
		out = append(out, entry{text: "X-", note: "a header, X-Account=8841"})
	}
	return out
}

// settingWords are the values that a setting is known to take.
func settingWords(name, value string) []entry {
	known := map[string][]string{"webrtc": {"on", "off"}, "codecs": model.Codecs, "events": model.StateEvents, "ringback": model.RingtoneCountries}[name]
	i := strings.LastIndexByte(value, ',')
	var out []entry
	for _, w := range wordEntries(known, []string{value[i+1:]}) {
		out = append(out, entry{text: value[:i+1] + w.text})
	}
	return out
}

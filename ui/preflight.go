package ui

import (
	"errors"
	"slices"
	"strings"

	"cordpair/model"
	"cordpair/theme"
)

// check is one line of the pre-flight: what would help or hinder a connect.
type check struct {
	role theme.Role // Good, Warn, Bad; Muted: not known
	text string
}

// preflight looks at what is known before a connect is sent: nothing is asked
// of anybody.
func (f *form) preflight(a *App) []check {
	r := f.request()
	c := a.book.Call(f.call)
	if c == nil {
		return nil
	}
	var list []check
	switch hunt := r.Hunt(); {
	case r.Several():
		list = append(list, a.checkHunt(hunt, r)...)
	case hunt != nil:
		list = append(list, a.checkTarget(r.To)...)
		list = append(list, a.checkAnswerTime(r)...)
	default:
		list = append(list, check{theme.Muted, "no target yet"})
	}
	list = append(list, checkCodecs(c, r), checkHeaders(r))
	if problems := otherProblems(r); problems > 0 {
		list = append(list, check{theme.Bad, plural(problems, "field") + " to mend: " + a.keyOf("form.connect") + " shows them"})
	}
	if r.CallStateURL != "" && model.CheckStateURL(r.CallStateURL) == nil {
		list = append(list, check{theme.Muted, "state URL: is told of " + strings.Join(eventsOr(r.CallStateEvents), ", ")})
	}
	return list
}

func eventsOr(list []string) []string {
	if len(list) == 0 {
		return []string{"ended"}
	}
	return list
}

// otherProblems counts what is wrong besides the target and the headers, which
// have lines of their own.
func otherProblems(r model.ConnectRequest) int {
	n := 0
	var invalid *model.InvalidRequest
	if errors.As(r.Validate(), &invalid) {
		for _, p := range invalid.Problems {
			if p.Field != model.FieldTo && p.Field != model.FieldHeaders && p.Field != model.FieldFrom {
				n++
			}
		}
	}
	return n
}

// checkHunt looks at each of several targets, in a line each.
func (a *App) checkHunt(hunt [][]string, r model.ConnectRequest) []check {
	list := []check{{theme.Muted, plural(len(hunt), "step") + ", rings for at most " + model.FormatSeconds(r.RingTime()) + " s"}}
	for _, b := range a.huntTree(hunt) {
		worst := check{role: theme.Muted}
		for i, c := range a.checkTarget(b.to) {
			if i == 0 || c.role == theme.Warn {
				worst = c
			}
		}
		worst.text = b.trunk + b.name + strings.TrimPrefix(strings.TrimPrefix(worst.text, "target"), " is")
		list = append(list, worst)
	}
	return list
}

// checkTarget says whether the target is there and free.
func (a *App) checkTarget(to string) []check {
	uri := model.LooseAddress(to).URI
	var list []check
	i := slices.IndexFunc(a.book.Contacts(), func(c model.Contact) bool { return strings.EqualFold(c.Address.URI, uri) })
	switch {
	case i < 0:
		list = append(list, check{theme.Muted, "target is not in the directory"})
	case a.book.Contacts()[i].Online:
		list = append(list, check{theme.Good, "target is online: " + aboutOr(a.book.Contacts()[i])})
	default:
		list = append(list, check{theme.Warn, "target is offline: " + aboutOr(a.book.Contacts()[i])})
	}
	for _, c := range a.legs {
		if !c.Live() {
			continue
		}
		if at := c.Attempt; at != nil && at.State.Active() && strings.EqualFold(model.LooseAddress(at.Request.To).URI, uri) {
			return append(list, check{theme.Warn, "target is busy: " + at.State.String() + " with " + label(c)})
		}
		if c.Direction == model.Inbound && strings.EqualFold(c.From.URI, uri) {
			return append(list, check{theme.Warn, "target is busy: it calls here, #" + string(appendInt(nil, c.Number))})
		}
	}
	return list
}

func aboutOr(c model.Contact) string {
	if c.About == "" {
		return c.Kind
	}
	return c.About
}

// checkAnswerTime compares the timeout with how long the target usually takes.
func (a *App) checkAnswerTime(r model.ConnectRequest) []check {
	waits, last := a.answerTimes(r.To)
	var list []check
	if n := len(waits); n > 0 {
		most := percentile(waits, 95)
		text := "usual answer after " + tenths(percentile(waits, 50)) + " s"
		if n >= 5 {
			text += ", 95 of 100 within " + tenths(most) + " s"
		}
		text += " (" + plural(n, "call") + ")"
		role := theme.Good
		if r.RingTimeout() < most {
			role, text = theme.Warn, "timeout "+model.FormatSeconds(r.RingTimeout())+" s is short: "+text
		}
		list = append(list, check{role, text})
	} else {
		how := "not connected from here before"
		if last != nil {
			how = "it has not answered here yet"
		}
		list = append(list, check{theme.Muted, how + ": rings for " + model.FormatSeconds(r.RingTimeout()) + " s"})
	}
	if last != nil && last.Answered.IsZero() {
		list = append(list, check{theme.Warn, "last time: " + a.outcomeOf(*last)})
	}
	return list
}

// checkCodecs says whether the caller's codec is among those asked for.
func checkCodecs(c *model.Call, r model.ConnectRequest) check {
	codec, _, _ := strings.Cut(c.Leg.Codec, "/")
	switch {
	case codec == "" && len(r.Codecs) == 0:
		return check{theme.Muted, "codecs: those of the caller's leg"}
	case codec == "":
		return check{theme.Muted, "codecs: the caller's codec is not known"}
	case len(r.Codecs) == 0:
		return check{theme.Good, "codecs: " + codec + " as the caller, no transcoding expected"}
	case !slices.ContainsFunc(r.Codecs, func(s string) bool { return strings.EqualFold(s, codec) }):
		return check{theme.Warn, "codecs: the caller speaks " + codec + ", not offered: transcoding"}
	case !strings.EqualFold(r.Codecs[0], codec):
		return check{theme.Good, "codecs: " + codec + " is offered, but " + r.Codecs[0] + " first"}
	}
	return check{theme.Good, "codecs: " + codec + " on both legs, no transcoding"}
}

// checkHeaders lints the headers.
func checkHeaders(r model.ConnectRequest) check {
	for i, h := range r.Headers {
		if err := model.CheckHeader(h, r.Headers[:i]); err != nil {
			return check{theme.Bad, "headers: " + err.Error()}
		}
	}
	if len(r.Headers) == 0 {
		return check{theme.Muted, "headers: none"}
	}
	return check{theme.Good, "headers: " + plural(len(r.Headers), "X- header") + " valid"}
}

// checkBox draws the pre-flight in a box of w by h.
func (f *form) checkBox(a *App, w, h int) []string {
	lines := make([]string, 0, h)
	for _, c := range f.preflight(a) {
		sign := map[theme.Role]string{theme.Good: a.st.Check, theme.Warn: "!", theme.Bad: a.st.Cross, theme.Muted: a.st.Sep}[c.role]
		text := theme.Text
		if c.role == theme.Muted {
			text = theme.Muted
		}
		for i, part := range wrap(c.text, w-6) {
			l := a.line(w-4, theme.Paint{})
			if i == 0 {
				l.put(a.st.Of(c.role), sign)
			}
			lines = append(lines, l.to(2).put(a.st.Of(text), part).String())
		}
	}
	if len(lines) > h-2 {
		lines = lines[:h-2]
	}
	return a.box(frame{title: []span{{a.st.Of(theme.Title), "Pre-flight"}}}, w, h, lines)
}

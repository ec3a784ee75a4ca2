package ui

import (
	"strings"
	"time"

	"cordpair/model"
	"cordpair/theme"
)

// clockMode is what the status line shows of the time.
type clockMode uint8

const (
	clockMinutes clockMode = iota
	clockSeconds
	clockOff
)

func (c clockMode) String() string {
	return [...]string{"hours and minutes", "with seconds", "off"}[min(int(c), 2)]
}

// status draws the first line: where we are connected, how the link is, how
// many calls there are.
func (a *App) status() string {
	bar := func(r theme.Role) theme.Paint { return a.st.On(theme.Bar, r) }
	right := a.statusCounts(bar)
	if clock := a.clockText(); clock != "" {
		right = append(right, span{bar(theme.Muted), "   " + clock})
	}
	l := a.line(a.w, bar(theme.Text))
	l.gap(1).put(bar(theme.Title), a.opt.Title)
	room := a.w - l.used - width(right) - 2
	for detail := 3; detail >= 0; detail-- {
		left := a.statusLink(bar, detail)
		if width(left) <= room || detail == 0 {
			l.spans(left...)
			break
		}
	}
	return l.to(a.w - width(right) - 1).spans(right...).String()
}

// statusLink says where and how the link is, in up to four degrees of detail.
func (a *App) statusLink(bar func(theme.Role) theme.Paint, detail int) []span {
	link := a.book.Link()
	role, word := theme.Good, link.State.String()
	switch link.State {
	case model.LinkConnecting:
		role = theme.Warn
	case model.LinkLost, model.LinkRefused, model.LinkClosed:
		role = theme.Bad
	}
	url, sip := link.Server.URL, link.Server.SIP
	if url == "" {
		url = a.opt.Relay
	}
	if sip == "" {
		sip = a.opt.SIP
	}
	if detail < 3 {
		url = bare(url)
	}
	out := []span{{bar(theme.Muted), "   "}, {bar(role), a.st.Dot}, {bar(theme.Muted), " relay "}}
	if url != "" && detail > 0 {
		out = append(out, span{bar(theme.Text), url + " "})
	}
	out = append(out, span{bar(role), word})
	if link.State == model.LinkUp && link.RTT > 0 && detail > 1 {
		out = append(out, span{bar(theme.Muted), " " + rtt(link.RTT)})
	}
	if sip != "" && detail > 0 {
		out = append(out, span{bar(theme.Muted), "   sip "}, span{bar(theme.Text), sip})
	}
	return out
}

// bare is a URL without its scheme and path.
func bare(url string) string {
	if _, rest, found := strings.Cut(url, "://"); found {
		url = rest
	}
	host, _, _ := strings.Cut(url, "/")
	return host
}

// rtt writes a round trip.
func rtt(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return d.Round(time.Millisecond).String()
}

// statusCounts counts calls; what needs somebody stands out.
func (a *App) statusCounts(bar func(theme.Role) theme.Paint) []span {
	n := a.counts
	out := []span{{bar(theme.Text), plural(n.Calls, "call")}}
	add := func(r theme.Role, n int, word, short string) {
		if n == 0 {
			return
		}
		s := string(appendInt(nil, n))
		if a.w < 100 {
			out = append(out, span{bar(r), " " + s + " " + short})
			return
		}
		out = append(out, span{bar(theme.Muted), "  "}, span{bar(r), s + " " + word})
	}
	add(theme.Warn, n.Ringing, "ringing", "ring")
	add(theme.Info, n.Connecting, "connecting", "conn")
	add(theme.Good, n.Talking, "talking", "talk")
	if depth := a.opt.Feed.Depth(); depth > 1000 {
		out = append(out, span{bar(theme.Warn), "  catching up"})
	}
	return out
}

func (a *App) clockText() string {
	switch a.clock {
	case clockSeconds:
		return a.now.Format("15:04:05")
	case clockMinutes:
		return a.now.Format("15:04")
	}
	return ""
}

// tabs draws the screens there are.
func (a *App) tabs() string {
	l := a.line(a.w, theme.Paint{}).gap(1)
	l.put(a.st.On(theme.Fill, theme.OnFill), " 1 Calls ")
	var note string
	if a.allLegs {
		note = "all legs"
	}
	if a.opt.ReadOnly {
		note = strings.TrimLeft(note+"  watching only", " ")
	}
	l.right(a.st.Of(theme.Muted), note, l.left()-1)
	return l.String()
}

// keySpans writes hints as "key text", in the colours of a ground.
func (a *App) keySpans(g theme.Ground, list []hint, brackets bool) []span {
	var out []span
	for i, h := range list {
		if i > 0 {
			out = append(out, span{a.st.On(g, theme.Text), "  "})
		}
		key, words := a.st.On(g, theme.Title), a.st.On(g, theme.Text)
		if h.off {
			key, words = a.st.On(g, theme.Muted), a.st.On(g, theme.Muted)
		}
		s := h.key
		if brackets {
			s = "[" + h.key + "]"
		}
		out = append(out, span{key, s}, span{words, " " + h.text})
	}
	return out
}

// keyBar draws the keys of what has the keyboard, from the table of actions.
func (a *App) keyBar() string {
	list := a.barHints()
	for len(list) > 1 && width(a.keySpans(theme.Bar, list, false)) > a.w-2 {
		list = a.dropLeast(list)
	}
	l := a.line(a.w, a.st.On(theme.Bar, theme.Text)).gap(1)
	return l.spans(a.keySpans(theme.Bar, list, false)...).String()
}

func (a *App) barHints() []hint {
	if o := a.overlay(); o != nil {
		return o.hints(a)
	}
	var list []hint
	for i := range a.acts {
		act := &a.acts[i]
		if act.where == inCalls && act.label != "" {
			list = append(list, hint{key: act.keys[0], text: act.label, off: a.allowed(act) != nil})
		}
	}
	return list
}

// dropLeast takes the hint that matters least off a bar that is too long.
func (a *App) dropLeast(list []hint) []hint {
	least, at := 1000, len(list)-1
	for i, h := range list {
		rank := a.rank(h)
		if h.off {
			rank -= 20
		}
		if rank < least {
			least, at = rank, i
		}
	}
	return append(list[:at:at], list[at+1:]...)
}

func (a *App) rank(h hint) int {
	for i := range a.acts {
		if a.acts[i].label == h.text && a.acts[i].keys[0] == h.key {
			return a.acts[i].rank
		}
	}
	return 0
}

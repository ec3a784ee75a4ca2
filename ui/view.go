package ui

import (
	"slices"

	"cordpair/model"
	"cordpair/theme"
)

// areas is how the rows of a window are given out, from top to bottom; zero
// means that there is no room.
type areas struct {
	banner, list, legs, events int
	loose                      bool // events without a box
}

// layout gives out the rows of a window; the status line, the tabs, the
// message and the key bar take four. Under 24 rows the events go first.
func layout(h int, banner bool, rows int) areas {
	var r areas
	if banner {
		r.banner = 1
	}
	body := h - 4 - r.banner
	switch {
	case body >= 28:
		r.legs = min(13, 11+(body-28)/4)
		r.events = min(8+(body-28)/3, 20)
	case body >= 19:
		r.legs, r.events, r.loose = 10, 2, true
	case body >= 14:
		r.legs = 8
	default:
		r.legs = max(5, body/2)
	}
	r.list = body - r.legs - r.events
	// A short list leaves its rows to the events, which always have more to say.
	if want := max(rows+4, body/3); !r.loose && r.events > 0 && r.list > want {
		more := min(r.list-want, 30-r.events)
		if more > 0 {
			r.list -= more
			r.events += more
		}
	}
	return r
}

// compose draws the whole window.
func (a *App) compose() []string {
	if a.small() {
		return a.tooSmall()
	}
	banner := a.banner()
	body := a.h - 4
	canvas := make([]string, 0, a.h)
	canvas = append(canvas, a.status(), a.tabs())
	if banner != "" {
		canvas = append(canvas, banner)
		body--
	}
	canvas = append(canvas, a.hotLines(spot{kind: spotPane, n: paneScreen}, a.here().draw(a, a.w, body))...)
	canvas = append(canvas, a.message(), a.keyBar())
	for i, o := range a.over {
		a.pointer.spots.depth = i + 1
		o.draw(a, canvas)
		canvas[len(canvas)-1] = a.keyBar()
	}
	return canvas
}

// callsScreen draws the list, the legs of the selected call and its events.
// Without calls it is one box that says what to do.
func (a *App) callsScreen(r areas, h int) []string {
	if len(a.rows) == 0 {
		return a.calls(a.w, h)
	}
	var body []string
	if r.list > 0 {
		body = a.calls(a.w, r.list)
	}
	if r.legs > 0 {
		body = append(body, a.split(a.w, r.legs)...)
	}
	if r.events > 0 {
		body = append(body, a.events(a.w, r.events, r.loose)...)
	}
	return body
}

// banner is one line about what is wrong or ending, empty when nothing is.
func (a *App) banner() string {
	if text := a.leavingText(); text != "" {
		return a.bannerLine(theme.WarnFill, text, nil)
	}
	if a.feedErr != nil {
		return a.bannerLine(theme.BadFill, "No events any more: "+a.feedErr.Error(), nil)
	}
	link := a.book.Link()
	switch link.State {
	case model.LinkLost:
		return a.bannerLine(theme.BadFill, a.lostText(link), []hint{{key: "ctrl+r", text: "now"}})
	case model.LinkRefused:
		return a.bannerLine(theme.BadFill, "The server refuses us: "+model.Clean(link.Detail), nil)
	case model.LinkClosed:
		return a.bannerLine(theme.BadFill, "The link is closed.", nil)
	}
	return ""
}

func (a *App) bannerLine(g theme.Ground, text string, keys []hint) string {
	p := a.st.On(g, theme.OnFill)
	l := a.line(a.w, p).gap(1)
	tail := ""
	for _, k := range keys {
		tail += "  " + k.key + " " + k.text
	}
	l.cell(p, text, a.w-2-cells(tail))
	for _, k := range keys {
		l.put(p, "  ").put(a.hotPaint(spot{kind: spotKey, id: k.key}, p), k.key+" "+k.text)
	}
	return l.String()
}

// lostText says how long the link is away, when it is tried again and what
// that means for the calls and for orders given meanwhile.
func (a *App) lostText(link model.Link) string {
	text := "Link lost " + brief(a.now.Sub(link.Since)) + " ago"
	if wait := link.RetryAt.Sub(a.now); wait > 0 {
		text += ", retry in " + brief(wait)
	} else {
		text += ", trying"
	}
	if a.counts.Stale > 0 {
		text += " " + a.st.Sep + " " + plural(a.counts.Stale, "call") + " stale"
	}
	if orders := a.waiting(); len(orders) > 0 {
		text += " " + a.st.Sep + " " + plural(len(orders), "order") + " " + verb(len(orders), "waits", "wait") +
			", " + verb(len(orders), "expires", "first expires") + " in " + brief(orders[0].Deadline.Sub(a.now))
	}
	if link.Detail != "" {
		text += " " + a.st.Sep + " " + model.Clean(link.Detail)
	}
	return text
}

// waiting lists the orders that can still be sent.
func (a *App) waiting() []model.Order {
	return slices.DeleteFunc(a.book.Orders(), func(o model.Order) bool { return !a.now.Before(o.Deadline) })
}

// tooSmall says what is needed and counts; keys that act on calls are off.
func (a *App) tooSmall() []string {
	link := a.book.Link()
	text := []span{
		{a.st.Of(theme.Title), a.opt.Title},
		{a.st.Of(theme.Text), "needs 60 x 15, this is " + string(appendInt(nil, a.w)) + " x " + string(appendInt(nil, a.h))},
		{a.st.Of(theme.Text), plural(a.counts.Calls, "call") + ": " + string(appendInt(nil, a.counts.Ringing)) + " ringing, " +
			string(appendInt(nil, a.counts.Talking)) + " talking"},
		{a.st.Of(theme.Text), "link " + link.State.String()},
		{a.st.Of(theme.Muted), "keys for calls are off   q quits"},
	}
	if a.leaving.mode == staying && len(a.over) > 0 {
		if _, asks := a.overlay().(*question); asks {
			text[4] = span{a.st.Of(theme.Warn), "leave? w waits, h hangs up, esc stays"}
		}
	}
	out := make([]string, 0, a.h)
	top := max(0, (a.h-len(text))/2)
	out = append(out, a.blank(top, a.w)...)
	for _, s := range text {
		if len(out) < a.h {
			l := a.line(a.w, theme.Paint{})
			out = append(out, l.gap((a.w-cells(s.s))/2).put(s.p, s.s).String())
		}
	}
	return append(out, a.blank(a.h-len(out), a.w)...)
}

package ui

import (
	"strings"

	"cordpair/model"
	"cordpair/theme"
)

// noCalls is the list without calls: what it waits for and the next key.
func (a *App) noCalls(w, h int) []string {
	link := a.book.Link()
	var text [][]span
	words := func(s ...span) { text = append(text, s) }
	key := func(k string) span { return span{a.st.Of(theme.Title), k} }
	say := func(s string) span { return span{a.st.Of(theme.Text), s} }
	quiet := func(s string) span { return span{a.st.Of(theme.Muted), s} }
	switch link.State {
	case model.LinkUp:
		words(say("No calls."))
		words(key("C"), say(" dials one"), quiet("   "), key("?"), say(" lists all keys"))
		if sip := link.Server.SIP; sip != "" {
			who := "anything@" + sip
			if len(link.Server.Contexts) > 0 {
				who = strings.Join(link.Server.Contexts[:1], "") + "@" + sip
			}
			words(quiet("A softphone reaches this desk at "), say("sip:"+who))
		}
	case model.LinkConnecting:
		words(say("Connecting to " + bare(a.opt.Relay) + a.dots()))
	default:
		words(say("No calls are known: the link is " + link.State.String() + "."))
	}
	lines := a.blank(max(0, (h-len(text))/2), w)
	for _, t := range text {
		lines = append(lines, a.line(w, theme.Paint{}).gap((w-width(t))/2).spans(t...).String())
	}
	return lines
}

package ui

import (
	"strings"
	"time"

	"cordpair/model"
	"cordpair/theme"
)

// aboutLeg says what is known of a leg, in lines of w cells.
func (a *App) aboutLeg(c *model.Call, w int) []legLine {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	list := append(append(a.monitorLines(c), a.opLines(c)...), legLine{5, "call", a.callSpans(c, w)})
	if c.Leg.SIPCallID != "" {
		list = append(list, legLine{2, "sip", []span{{muted, c.Leg.SIPCallID}}})
	}
	list = append(list, []legLine{
		{8, "from", []span{{text, c.From.String()}}},
		{8, "to", []span{{text, c.To.String()}}},
	}...)
	list = append(list, a.mediaLine(c)...)
	list = append(list, a.meterLines(c, w)...)
	list = append(list, a.headerLines(c)...)
	list = append(list, a.timeLines(c, w)...)
	if !c.Answered.IsZero() {
		list = append(list, legLine{6, "talk", []span{{text, brief(c.Talk(a.now))}}})
	}
	if !c.End.IsZero() && c.State >= model.Ending {
		list = append(list, a.endLines(c.End, c.EndSentence(label(c)), w)...)
	}
	return list
}

// mediaLine says how the leg carries sound and where to.
func (a *App) mediaLine(c *model.Call) []legLine {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	var s []span
	switch {
	case c.Leg.Codec != "":
		s = append(s, span{a.st.Of(theme.Info), c.Leg.Codec})
	case len(c.Codecs) > 0:
		s = append(s, span{muted, "asked "}, span{text, strings.Join(c.Codecs, " ")})
	}
	if c.Leg.Remote != "" {
		if len(s) > 0 {
			s = append(s, span{muted, "  "})
		}
		s = append(s, span{text, c.Leg.Remote}, span{muted, " " + c.Leg.Transport})
	}
	switch {
	case len(s) == 0:
		return nil
	case c.Leg.Codec == "" && len(c.Codecs) == 0:
		return []legLine{{7, "via", s}}
	}
	return []legLine{{7, "codec", s}}
}

// callSpans say which call it is, of what kind, on which context and node; what
// matters least goes where there is no room.
func (a *App) callSpans(c *model.Call, w int) []span {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	var s []span
	for drop := range 4 {
		s = []span{{text, model.Short(c.ID)}}
		if w >= 80 {
			s[0].s = string(c.ID)
		}
		kind := c.Direction.String()
		if drop < 2 {
			kind = strings.TrimSpace(kind + " " + c.Type)
		}
		if kind != "" && drop < 3 {
			s = append(s, span{muted, "  " + kind})
		}
		if c.Context != "" {
			s = append(s, span{muted, "  on "}, span{text, c.Context})
		}
		if c.Node != "" && drop < 1 {
			s = append(s, span{muted, "  node "}, span{text, model.Short(c.Node)})
		}
		if width(s) <= w {
			break
		}
	}
	return s
}

// headerLines lists X- headers: those that went out and those that came.
func (a *App) headerLines(c *model.Call) []legLine {
	sent, received := c.Leg.HeadersSent, c.Leg.HeadersReceived
	if len(sent) == 0 && len(received) == 0 {
		if c.Direction == model.Outbound {
			sent = c.Headers
		} else {
			received = c.Headers
		}
	}
	var list []legLine
	add := func(sign string, headers []model.Header) {
		for _, h := range headers {
			name := "hdrs"
			if len(list) > 0 {
				name = ""
			}
			list = append(list, legLine{4 - min(3, len(list)), name, []span{{a.st.Of(theme.Info), sign + " "},
				{a.st.Of(theme.Muted), h.Name + ": "}, {a.st.Of(theme.Text), h.Value}}})
		}
	}
	add(a.st.In, received)
	add(a.st.Out, sent)
	return list
}

// timeLines tell when the leg changed state: the first by the clock, the
// others from there.
func (a *App) timeLines(c *model.Call, w int) []legLine {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	began := c.Began()
	if began.IsZero() {
		return []legLine{{3, "times", []span{{muted, "-"}}}}
	}
	list := []legLine{{6, "times", []span{{text, a.moment(began, false)}}}}
	add := func(word string, t time.Time) {
		if t.IsZero() || !t.After(began) {
			return
		}
		last := &list[len(list)-1]
		more := []span{{muted, " " + word + " "}, {text, "+" + tenths(t.Sub(began))}}
		if width(last.text)+width(more) > w {
			more[0].s = word + " "
			list = append(list, legLine{rank: 6, text: more})
			return
		}
		last.text = append(last.text, more...)
	}
	words := [...]string{"rang", "answered", "joined", "ended"}
	if w < 40 {
		words = [...]string{"rang", "ans", "join", "end"}
	}
	if w >= 40 || c.Answered.IsZero() {
		add(words[0], c.Rang)
	}
	add(words[1], c.Answered)
	if c.Attempt != nil {
		add(words[2], c.Attempt.Joined)
	}
	add(words[3], c.Ended)
	return list
}

// tenths writes a length in seconds with one decimal, a long one in minutes.
func tenths(d time.Duration) string {
	if d >= time.Minute {
		return brief(d)
	}
	n := int(max(0, d) / (100 * time.Millisecond))
	return string(appendInt(nil, n/10)) + "." + string(appendInt(nil, n%10))
}

// aboutPeer says what is known of the last connect and its leg.
func (a *App) aboutPeer(c *model.Call, w int) []legLine {
	at, peer := c.Attempt, a.book.Peer(c)
	var list []legLine
	if peer != nil {
		list = a.aboutLeg(&model.Call{ID: peer.ID, Node: peer.Node, Direction: peer.Direction, Type: peer.Type,
			From: peer.From, To: peer.To, Leg: peer.Leg, Codecs: peer.Codecs, Headers: peer.Headers,
			Created: peer.Created, Rang: peer.Rang, Answered: peer.Answered, Ended: peer.Ended, State: min(peer.State, model.Answered)}, w)
	} else {
		text := a.st.Of(theme.Text)
		list = []legLine{
			{8, "from", []span{{text, at.Request.From}}},
			{8, "to", []span{{text, at.Request.To}}},
		}
	}
	if hunt := a.huntLines(c); hunt != nil && connecting(at) {
		list = hunt // which leg it will be is not known yet
	} else {
		list = append(hunt, list...)
	}
	if at.State == model.Connected {
		list = append(a.monitorLines(c), list...)
	}
	if connecting(at) {
		list = append(list, a.askedLines(at)...)
	}
	other := a.bridgedWith(c)
	if other != nil && at.State.Over() { // it talks again, though not to the last peer
		list = append([]legLine{{10, "now", []span{{a.st.Of(theme.Good), "bridged"}, {a.st.Of(theme.Muted), "  with "}, {a.st.Of(theme.Text), numbered(other)}}}}, list...)
	}
	if at.State.Over() {
		list = append(list, a.endLines(at.Cause, at.Cause.Sentence(a.peerName(c)), w)...)
	}
	if at.State.Over() && other == nil {
		list = append(list, a.afterLine(c, w)...)
	}
	return list
}

// askedLines say what a connect under way may take and how to end it.
func (a *App) askedLines(at *model.Attempt) []legLine {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	if at.Foreign {
		return []legLine{{9, "asked", []span{{muted, "by another client"}}}}
	}
	s := []span{{muted, "timeout "}, {text, model.FormatSeconds(at.Request.RingTimeout()) + " s"}}
	if len(at.Request.Ringback) > 0 {
		s = append(s, span{muted, "  "}, span{text, at.Request.Ringback[0].String()})
	}
	list := []legLine{{8, "asked", s}}
	if !at.Cancelling() {
		list = append(list, legLine{9, "", a.keySpans(theme.Page, []hint{{key: "esc", text: "cancels it"}}, true)})
	}
	return list
}

// endLines say who ended it and why: the sentence, then the words of SIP and
// RELAY.
func (a *App) endLines(cause model.Cause, sentence string, w int) []legLine {
	role := theme.Text
	if cause.By == model.Network || cause.Code >= 400 {
		role = theme.Bad
	}
	var list []legLine
	name := "end"
	for _, part := range wrap(sentence, w) {
		list = append(list, legLine{10, name, []span{{a.st.Of(role), part}}})
		name = ""
	}
	var words []span
	if sip := cause.SIP(); sip != "" {
		words = append(words, span{a.st.Of(theme.Muted), "sip "}, span{a.st.Of(theme.Text), sip + "  "})
	}
	words = append(words, span{a.st.Of(theme.Muted), "relay "}, span{a.st.Of(theme.Text), cause.Word},
		span{a.st.Of(theme.Muted), "  by "}, span{a.st.Of(theme.Text), cause.By.String()})
	if cells(cause.SIP())+cells(cause.Word)+20 > w && len(words) > 4 { // no room for the names of the words
		sep := span{a.st.Of(theme.Muted), " " + a.st.Sep + " "}
		words = []span{{words[1].p, cause.SIP()}, sep, words[3], sep, words[5]}
	}
	return append(list, legLine{9, "", words})
}

// afterLine says that the caller is still there and what to do.
func (a *App) afterLine(c *model.Call, w int) []legLine {
	if !c.Up() {
		return nil
	}
	who := label(c)
	if cells(who)+22 > w {
		who = "A"
	}
	return []legLine{
		{8, "", []span{{a.st.Of(theme.Strong), who}, {a.st.Of(theme.Text), " is still on the line."}}},
		{9, "", a.keySpans(theme.Page, a.nextKeys(c), true)},
	}
}

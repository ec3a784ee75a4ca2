package ui

import (
	"time"

	"cordpair/model"
	"cordpair/model/journal"
	"cordpair/theme"
)

func (h *history) draw(a *App, w, height int) []string {
	low := 0
	if height >= 16 {
		low = 8
	}
	list := h.entries(a)
	h.pick.settle(len(list), entryKey(list))
	f := frame{focused: true, title: []span{{a.st.Of(theme.Title), "History"}}}
	if n := len(h.book.Entries()); n > 0 {
		f.title = append(f.title, span{a.st.Of(theme.Muted), "  " + string(appendInt(nil, n)) + " kept"})
	}
	f.title = append(f.title, a.heldStill(!h.hold.IsZero(), h.news())...)
	lines := []string{a.searchLine(&h.find, w-4, "search")}
	if len(list) == 0 {
		return a.box(f, w, height, append(lines, h.nothing(a, w-4, height-3)...))
	}
	cols := a.historyColumns(w - 4)
	lines = append(lines, a.historyHead(w-4, cols))
	per := a.perRow(height - low - 4)
	from, to := h.pick.window(len(list), (height-low-4)/per)
	f.right = a.rowsSeen(from, to, len(list))
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, a.hot(spot{kind: spotRow, id: list[i].ID}, a.historyRow(&list[i], i == h.pick.at, w-4, cols)))
	}
	out := a.box(f, w, height-low, append(lines, a.spaced(rows, per, w-4)...))
	if low > 0 {
		out = append(out, a.aboutEntry(&list[h.pick.at], w, low)...)
	}
	return out
}

func (h *history) nothing(a *App, w, height int) []string {
	text, key := a.st.Of(theme.Text), a.st.Of(theme.Title)
	if h.find.text() != "" {
		return a.says(w, height, []span{{text, "Nothing fits."}}, []span{{key, "esc"}, {text, " clears the search"}})
	}
	return a.says(w, height, []span{{text, "No call has been here yet."}},
		[]span{{a.st.Of(theme.Muted), "Calls and connects are kept here with how they ended, across restarts."}},
		[]span{{key, "1"}, {text, " the calls   "}, {key, "2"}, {text, " whom to call"}})
}

type historyWidths struct {
	when, sign, from, to, result, by, wait, talk int

	long bool // words instead of signs, the day with its time
}

func (a *App) historyColumns(w int) historyWidths {
	c := historyWidths{when: 9, sign: 3, result: 16, talk: 7}
	if w >= 96 {
		c.when, c.sign, c.result, c.by, c.wait, c.long = 16, 9, 18, 10, 8, true
	}
	if a.look.times == times12 {
		c.when += 2
	}
	wide := func(n *int, column string) { *n = a.wide(listHistory, column, *n) }
	wide(&c.sign, "what")
	wide(&c.by, "ended by")
	wide(&c.wait, "wait")
	wide(&c.talk, "talk")
	flex := w - 3 - c.when - c.sign - c.result - c.by - c.wait - c.talk
	c.from = flex * 58 / 100 // who called may have a name and a number
	c.to = flex - c.from
	return c
}

func (a *App) historyHead(w int, c historyWidths) string {
	l := a.line(w, theme.Paint{}).gap(3)
	what := ""
	if c.long {
		what = "WHAT"
	}
	for n, col := range []struct {
		name string
		w    int
	}{{"WHEN", c.when}, {what, c.sign}, {"FROM", c.from}, {"TO", c.to}, {"RESULT", c.result}, {"ENDED BY", c.by}, {"WAIT", c.wait}, {"TALK", c.talk}} {
		s := a.head(&a.history.sort, n, col.name)
		if n >= 6 {
			l.right(s.p, s.s, col.w)
		} else {
			l.cell(s.p, s.s, col.w)
		}
	}
	return l.String()
}

func (a *App) historyRow(e *journal.Entry, selected bool, w int, c historyWidths) string {
	g, mark := theme.Page, " "
	if selected {
		g, mark = theme.Selected, a.st.Marker
	}
	text, muted := a.st.On(g, theme.Text), a.st.On(g, theme.Muted)
	l := a.line(w, text).put(a.st.On(g, theme.Accent), mark)
	note := noNote
	if a.noteOf(e.Call) != "" {
		note = noted
	}
	a.putNote(l, note, g)
	l.gap(1).cell(muted, a.when(e.Began, c.long), c.when)
	sign, word := a.entrySign(e)
	if c.long {
		sign = word
	}
	l.cell(a.st.On(g, theme.Info), sign, c.sign)
	a.party(l, e.From, g, false, c.from)
	a.party(l, e.To, g, e.Kind == journal.Call, c.to)
	result, role := a.result(e)
	l.cell(a.st.On(g, role), result, c.result-1).gap(1)
	waited, talked := a.lasted(e)
	l.cell(muted, e.End.By.String(), c.by).right(muted, brief(waited), c.wait)
	talk := "-"
	if talked > 0 {
		talk = brief(talked)
	}
	return l.right(text, talk, c.talk).String()
}

// lasted is how long an entry waited and talked, until now while it is under
// way.
func (a *App) lasted(e *journal.Entry) (waited, talked time.Duration) {
	waited, talked = e.Waited(), e.Talk()
	switch {
	case e.Over() || !a.lives(e.Call):
	case e.Answered.IsZero():
		waited = max(0, a.now.Sub(e.Began))
	default:
		talked = max(0, a.now.Sub(e.Answered))
	}
	return waited, talked
}

// entrySign tells a call in, a call out and a connect apart.
func (a *App) entrySign(e *journal.Entry) (sign, word string) {
	switch {
	case e.Kind == journal.Connect:
		return "+", "connect"
	case e.Direction == model.Outbound:
		return a.st.Out, "call out"
	}
	return a.st.In, "call in"
}

// when writes a moment: the time today, else the day, with the time where there
// is room.
func (a *App) when(t time.Time, long bool) string {
	t = t.In(a.now.Location())
	if a.look.times == timesAgo && !t.IsZero() {
		return elapsed(a.now.Sub(t))
	}
	clock := clockLayouts[b2i(a.look.times == times12)][1]
	today := t.YearDay() == a.now.YearDay() && t.Year() == a.now.Year()
	switch {
	case t.IsZero():
		return "-"
	case today:
		return t.Format(clock)
	case long:
		return t.Format("Jan _2 " + clock)
	}
	return t.Format("Jan _2")
}

// result is how an entry ended, in a word or two.
func (a *App) result(e *journal.Entry) (string, theme.Role) {
	if !e.Over() {
		if c := a.book.Call(e.Call); c != nil && c.Live() {
			return "under way", theme.Info
		}
		return "end not seen", theme.Muted
	}
	short := shortCause(e.End)
	switch {
	case !e.Answered.IsZero():
		return short, theme.Text
	case e.End.By == model.Operator, e.End.Word == model.WordCancel && e.Kind == journal.Connect:
		return short, theme.Muted
	case e.Kind == journal.Call && e.Direction == model.Inbound:
		if e.End.By == model.Caller && e.End.Word == model.WordCancel { // what else
			return "missed", theme.Warn
		}
		return "missed, " + short, theme.Warn
	}
	return short, theme.Bad
}

// shortCause is the short word of an end, with its SIP response where it says
// more.
func shortCause(c model.Cause) string {
	short := c.Word
	if r, known := remedies[short]; known {
		short = r.short
	}
	if c.Code >= 300 && len(short) <= 10 {
		short = string(appendInt(nil, c.Code)) + " " + short
	}
	return short
}

// aboutEntry tells all that is kept of an entry.
func (a *App) aboutEntry(e *journal.Entry, w, h int) []string {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	_, word := a.entrySign(e)
	from, to := e.From.Brief(), e.To.Brief()
	f := frame{title: []span{{a.st.Of(theme.Muted), word + " "}, {a.st.Of(theme.Strong), from}, {a.st.Of(theme.Info), " " + a.st.Out + " "}, {a.st.Of(theme.Strong), to}}}
	result, role := a.result(e)
	f.right = []span{{a.st.Of(role), result}}
	why := e.End.Sentence(to)
	if e.Kind == journal.Call && e.Direction == model.Inbound {
		why = e.End.SentenceIn(from)
	}
	inner := w - 4 - legLabel(w-4)
	var list []legLine
	if e.Over() {
		list = a.endLines(e.End, why, inner)
	} else if result != "under way" {
		list = []legLine{{10, "end", []span{{muted, "The console left before it ended."}}}}
	}
	waited, talked := a.lasted(e)
	wait := tenths(waited)
	if e.Answered.IsZero() && !e.Over() { // it counts
		wait = brief(waited)
	}
	times := []span{{text, e.Began.In(a.now.Location()).Format("Mon Jan _2 15:04:05")}, {muted, "  waited "}, {text, wait}}
	if talked > 0 {
		times = append(times, span{muted, "  talked "}, span{text, brief(talked)})
	}
	list = append(list, legLine{7, "when", times})
	if e.Kind == journal.Connect {
		list = append(list, legLine{6, "asked", a.asked(&e.Request)})
	}
	about := []span{{muted, "#" + string(appendInt(nil, e.Number)) + "  "}, {text, string(e.Call)}}
	if e.Context != "" {
		about = append(about, span{muted, "  on "}, span{text, e.Context})
	}
	list = append(list, legLine{4, "call", about})
	if note := a.noteOf(e.Call); note != "" {
		list = append(list, legLine{9, "note", []span{{a.st.Of(theme.Strong), model.Clean(note)}}})
	}
	if keys := a.entryKeys(e); len(keys) > 0 {
		list = append(list, legLine{8, "", a.keySpans(theme.Page, keys, true)})
	}
	return a.box(f, w, h, a.legLines(list, w-4, h-2))
}

// asked sums a connect's request up.
func (a *App) asked(r *model.ConnectRequest) []span {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	s := []span{{muted, "timeout "}, {text, model.FormatSeconds(r.RingTimeout()) + " s"}}
	if len(r.Codecs) > 0 {
		s = append(s, span{muted, "  codecs "})
		for i, c := range r.Codecs {
			if i > 0 {
				c = " " + c
			}
			s = append(s, span{text, c})
		}
	}
	if len(r.Ringback) > 0 {
		s = append(s, span{muted, "  ringback "}, span{text, r.Ringback[0].String()})
	}
	for _, h := range r.Headers {
		s = append(s, span{muted, "  " + h.Name + ": "}, span{text, h.Value})
	}
	return s
}

// entryKeys are the keys that help with an entry now.
func (a *App) entryKeys(e *journal.Entry) []hint {
	if a.whyRetry() != nil {
		return nil
	}
	if e.Kind == journal.Call {
		return []hint{{key: ".", text: "calls " + model.LooseAddress(redial(e).To).Brief()}, {key: "c", text: "in the form first"}}
	}
	c := a.retryOn(e)
	on := "on #" + string(appendInt(nil, c.Number)) + " " + label(c)
	return []hint{{key: ".", text: "repeats " + on}, {key: "c", text: "in the form first"}}
}

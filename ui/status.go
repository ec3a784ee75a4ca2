package ui

import (
	"strconv"
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

var clockWords = [...]string{"hours and minutes", "with seconds", "off"}

func (c clockMode) String() string { return clockWords[min(int(c), 2)] }

// status draws the first line: where we are connected, how the link is, how
// many calls there are.
func (a *App) status() string {
	bar := a.bar()
	left, right, _ := a.statusPlan()
	l := a.line(a.w, bar(theme.Text)).gap(1).put(bar(theme.Title), a.opt.Title)
	return l.spans(left...).to(a.w - width(right) - 1).spans(right...).String()
}

// bar is the paint of words on the status line.
func (a *App) bar() func(theme.Role) theme.Paint {
	return func(r theme.Role) theme.Paint { return a.st.On(theme.Bar, r) }
}

// statusPlan chooses what fits: first the counts become shorter, then the
// addresses. Whole is false when the addresses had to go.
func (a *App) statusPlan() (left, right []span, whole bool) {
	bar := a.bar()
	for _, try := range []struct {
		detail int
		words  countWords
	}{{3, fullWords}, {2, fullWords}, {2, shortWords}, {1, shortWords}, {1, letters}, {0, shortWords}, {0, letters}} {
		right = a.statusCounts(bar, try.words)
		if clock := a.clockText(); clock != "" {
			right = append(right, span{bar(theme.Muted), "  " + clock})
		}
		left, whole = a.statusLink(bar, try.detail), try.detail > 0
		if cells(a.opt.Title)+width(left)+width(right)+4 <= a.w {
			break
		}
	}
	return left, right, whole
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
	url, sip := a.addresses()
	if detail < 3 {
		url = bare(url)
	}
	gap := "   "
	if detail < 2 {
		gap = "  "
	}
	if detail < 2 && host(sip) == host(bare(url)) {
		sip = sip[len(host(sip)):]
	}
	out := []span{{bar(theme.Muted), gap}, {bar(role), a.st.Dot}, {bar(theme.Muted), " relay "}}
	if url != "" && detail > 0 {
		out = append(out, span{bar(theme.Text), url + " "})
	}
	out = append(out, span{bar(role), word})
	if link.State == model.LinkUp && link.RTT > 0 && detail > 1 {
		out = append(out, span{bar(theme.Muted), " " + rtt(link.RTT)})
	}
	if sip != "" && detail > 0 {
		out = append(out, span{bar(theme.Muted), gap + "sip "}, span{bar(theme.Text), sip})
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

// host is an address without its port.
func host(s string) string {
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		return s[:i]
	}
	return s
}

// rtt writes a round trip.
func rtt(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return strconv.Itoa(int(d.Round(time.Millisecond)/time.Millisecond)) + " ms"
}

// countWords is how the counts are written.
type countWords [4]string

var (
	fullWords  = countWords{"  ", " ringing", " connecting", " talking"}
	shortWords = countWords{" ", " ring", " conn", " talk"}
	letters    = countWords{" ", "R", "C", "T"}
)

// statusCounts counts calls; what needs somebody stands out.
func (a *App) statusCounts(bar func(theme.Role) theme.Paint, words countWords) []span {
	n := a.counts
	out := []span{{bar(theme.Text), plural(n.Calls, "call")}}
	for i, count := range []int{n.Ringing, n.Connecting, n.Talking} {
		if count > 0 {
			role := [...]theme.Role{theme.Warn, theme.Info, theme.Good}[i]
			out = append(out, span{bar(theme.Muted), words[0]}, span{bar(role), string(appendInt(nil, count)) + words[i+1]})
		}
	}
	if depth := a.opt.Feed.Depth(); depth > 1000 {
		out = append(out, span{bar(theme.Warn), "  catching up"})
	}
	return out
}

// clockLayouts are without and with seconds, of 24 and of 12 hours.
var clockLayouts = [2][2]string{{"15:04", "15:04:05"}, {"3:04pm", "3:04:05pm"}}

func (a *App) clockText() string {
	switch a.clock {
	case clockSeconds:
		return a.now.Format(clockLayouts[b2i(a.look.times == times12)][1])
	case clockMinutes:
		return a.now.Format(clockLayouts[b2i(a.look.times == times12)][0])
	}
	return ""
}

// tabs draws the numbered screens, and what the status line had no room for.
func (a *App) tabs() string {
	var notes []string
	if a.allLegs && a.at == atCalls {
		notes = append(notes, "all legs")
	}
	if a.opt.ReadOnly {
		notes = append(notes, "watching only")
	}
	if url, sip := a.addresses(); sip != "" {
		if _, _, whole := a.statusPlan(); !whole {
			if host(sip) == host(bare(url)) {
				sip = sip[len(host(sip)):]
			}
			notes = append(notes, bare(url)+"  sip "+sip)
		}
	}
	note := strings.Join(notes, "  ")
	list := a.tabSpans(0)
	for short := 1; short < 3 && width(list)+cells(note)+3 > a.w; short++ {
		list = a.tabSpans(short)
	}
	for len(notes) > 0 && width(list)+cells(note)+3 > a.w {
		notes = notes[:len(notes)-1]
		note = strings.Join(notes, "  ")
	}
	l := a.line(a.w, theme.Paint{}).gap(1).spans(list...)
	return l.right(a.st.Of(theme.Muted), note, l.left()-1).String()
}

// tabSpans writes the tabs: in full, short, or as numbers beside the one shown.
func (a *App) tabSpans(short int) []span {
	var out []span
	for id := range screenCount {
		number, name := string(appendInt(nil, int(id)+1)), screenNames[id][min(short, 1)]
		on := spot{kind: spotTab, n: int(id)}
		switch {
		case id == a.at:
			out = append(out, a.hotSpans(on, span{a.st.On(theme.Fill, theme.OnFill), " " + number + " " + name + " "})...)
		case short == 2:
			out = append(out, a.hotSpans(on, span{a.st.Of(theme.Title), " " + number + " "})...)
		default:
			out = append(out, a.hotSpans(on, span{a.st.Of(theme.Title), " " + number}, span{a.st.Of(theme.Muted), " " + name + " "})...)
		}
	}
	return out
}

// addresses are where the server is and where phones reach it.
func (a *App) addresses() (url, sip string) {
	server := a.book.Link().Server
	url, sip = server.URL, server.SIP
	if url == "" {
		url = a.opt.Relay
	}
	if sip == "" {
		sip = a.opt.SIP
	}
	return url, sip
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
		out = append(out, a.hotSpans(spot{kind: spotKey, id: h.key}, span{key, s}, span{words, " " + h.text})...)
	}
	return out
}

// keyBar draws the keys of what has the keyboard, from the table of actions.
func (a *App) keyBar() string {
	l := a.line(a.w, a.st.On(theme.Bar, theme.Text)).gap(1)
	if a.inserting() {
		l.put(a.st.On(theme.Fill, theme.OnFill), "INSERT").gap(2)
	}
	list := a.barHints()
	for len(list) > 1 && width(a.keySpans(theme.Bar, list, false)) > l.left()-1 {
		list = a.dropLeast(list)
	}
	return l.spans(a.keySpans(theme.Bar, list, false)...).String()
}

// inserting reports whether letters are text now.
func (a *App) inserting() bool {
	o, can := a.overlay().(typist)
	return can && o.typing()
}

func (a *App) barHints() []hint {
	if o := a.overlay(); o != nil {
		return o.hints(a)
	}
	return a.screenHints()
}

// screenHints are the keys of the screen, whatever lies over it.
func (a *App) screenHints() []hint {
	var list []hint
	for i := range a.acts {
		act := &a.acts[i]
		if (act.where == a.place() || act.where == everywhere) && act.label != "" {
			list = append(list, hint{key: act.shown(), text: act.label, off: a.allowed(act) != nil})
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
		if rank < least || rank == least && a.overlay() != nil && rank == 0 && i < len(list)-1 { // the first keys of a dialog matter, and the last closes it
			least, at = rank, i
		}
	}
	return append(list[:at:at], list[at+1:]...)
}

func (a *App) rank(h hint) int {
	for i := range a.acts {
		if a.acts[i].label == h.text && a.acts[i].shown() == h.key {
			return a.acts[i].rank
		}
	}
	return 0
}

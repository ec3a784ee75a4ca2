package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// callInspector shows what was said about a leg, word for word, in four parts.
// It follows the selection: [ and ] go to other calls.
type callInspector struct {
	inspector
	part int
	of   model.CallID
}

// callParts are what there is to see of a leg.
var callParts = [...]struct {
	name string
	text func(a *App, c *model.Call) (head, text string)
}{
	{"RELAY", (*App).relayPart}, {"SIP", (*App).sipPart}, {"SDP", (*App).sdpPart}, {"headers", (*App).headerPart},
}

func (a *App) doInspectCall() tea.Cmd {
	a.open(&callInspector{})
	return nil
}

func (a *App) whyInspectCall() error {
	switch {
	case a.current() == nil:
		return errNoSelection
	case a.target() == nil:
		return errNoPeerLeg
	}
	return nil
}

func (i *callInspector) key(a *App, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc", "q", "enter", "i":
		a.close(i)
	case "tab", "l", "right":
		i.show((i.part + 1) % len(callParts))
	case "shift+tab", "h", "left":
		i.show((i.part + len(callParts) - 1) % len(callParts))
	case "1", "2", "3", "4":
		i.show(int(k.Runes[0] - '1'))
	case "]":
		a.move(1)
	case "[":
		a.move(-1)
	default:
		i.scroll.key(k, plainKeys)
	}
	return nil
}

func (i *callInspector) show(part int) {
	i.part = part
	i.scroll.top()
}

func (i *callInspector) click(_ *App, under []found, _ bool) tea.Cmd {
	if n := clickedLine(under); n >= 0 {
		i.show(n)
	}
	return nil
}

func (i *callInspector) draw(a *App, canvas []string) {
	c := a.target()
	if c == nil {
		c = a.current()
	}
	if c == nil { // the last one was forgotten
		i.title, i.head, i.text = "Inspect", "No call is left.", ""
		i.inspector.draw(a, canvas)
		return
	}
	if i.of != c.ID {
		i.of = c.ID
		i.scroll.top()
	}
	i.title = a.numbered(c) + " (" + a.leg(c) + ")"
	i.head, i.text = callParts[i.part].text(a, c)
	i.tabs = nil
	for n, p := range callParts {
		role := theme.Muted
		if n == i.part {
			role = theme.Title
		}
		i.tabs = append(i.tabs, a.hotSpans(spot{kind: spotLine, n: n}, span{a.st.Of(role), " " + p.name + " "})...)
	}
	i.inspector.draw(a, canvas)
}

func (i *callInspector) hints(*App) []hint {
	return []hint{{key: "tab", text: "RELAY, SIP, SDP, headers"}, {key: "j k", text: "scroll"}, {key: "[ ]", text: "call"}, {key: "esc", text: "close"}}
}

// framesShown is how many frames of a leg are shown, the newest last.
const framesShown = 20

// relayPart is what RELAY knows of a leg: all in one, then frame by frame.
func (a *App) relayPart(c *model.Call) (head, text string) {
	a.takeFrames()
	var b strings.Builder
	b.WriteString(model.CallJSON(c))
	var mine []*Frame
	for i := range a.frames {
		if a.frames[i].Call == c.ID {
			mine = append(mine, &a.frames[i])
		}
	}
	for _, f := range mine[max(0, len(mine)-framesShown):] {
		sign := a.st.In
		if f.Out {
			sign = a.st.Out
		}
		b.WriteString("\n\n" + a.heading(f.At, sign+" "+f.Name) + f.Text)
	}
	head = "All that is known of it"
	switch {
	case len(mine) > 0:
		head += ", then its frames"
	case a.opt.Frames == nil:
		head += "; frames are not kept here"
	}
	return head + ".", b.String()
}

// legMessages are the SIP messages of a leg, as far as they were told.
func (a *App) legMessages(c *model.Call) []step {
	id, _ := a.under(c.ID)
	var out []step
	for _, s := range a.trails[id] {
		if s.raw != "" && s.call == c.ID {
			out = append(out, s)
		}
	}
	return out
}

// noSIP says why there is nothing of SIP to see.
func (a *App) noSIP(c *model.Call) string {
	switch {
	case c.Type == "phone":
		return "It is a telephone call: this server speaks no SIP with it."
	case !a.book.Link().Server.Cordpair:
		return "This server does not tell SIP messages."
	}
	return "No SIP message of this leg has been told."
}

func (a *App) sipPart(c *model.Call) (head, text string) {
	list := a.legMessages(c)
	if len(list) == 0 {
		return a.noSIP(c), ""
	}
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(a.heading(s.at, a.whoSays(&s, c)) + strings.TrimRight(strings.ReplaceAll(s.raw, "\r\n", "\n"), "\n"))
	}
	return plural(len(list), "message") + ", the oldest first.", b.String()
}

// whoSays names the two ends of a message.
func (a *App) whoSays(s *step, c *model.Call) string {
	if s.out {
		return "exchange " + a.st.Out + " " + label(c)
	}
	return label(c) + " " + a.st.Out + " exchange"
}

// heading is the line over a message.
func (a *App) heading(at time.Time, text string) string {
	return strings.Repeat(a.st.Horizontal, 2) + " " + a.moment(at, true) + "  " + text + "\n"
}

func (a *App) sdpPart(c *model.Call) (head, text string) {
	var b strings.Builder
	n := 0
	for _, s := range a.legMessages(c) {
		_, body, _ := strings.Cut(strings.ReplaceAll(s.raw, "\r\n", "\n"), "\n\n")
		if !strings.HasPrefix(body, "v=") {
			continue
		}
		if n++; n > 1 {
			b.WriteString("\n\n")
		}
		b.WriteString(a.heading(s.at, a.whoSays(&s, c)+", in "+s.word) + strings.TrimRight(body, "\n"))
	}
	if n == 0 {
		return "No session description of this leg has been told.", ""
	}
	return plural(n, "description") + ", the oldest first.", b.String()
}

// headerPart is the headers of a leg's INVITE, or those that are told without
// it.
func (a *App) headerPart(c *model.Call) (head, text string) {
	for _, s := range a.legMessages(c) {
		if !strings.HasPrefix(s.raw, "INVITE ") {
			continue
		}
		fields, _, _ := strings.Cut(strings.ReplaceAll(s.raw, "\r\n", "\n"), "\n\n")
		_, fields, _ = strings.Cut(fields, "\n")
		return "Headers of the INVITE, " + a.whoSays(&s, c) + ".", fields
	}
	var b strings.Builder
	for _, group := range []struct {
		name string
		list []model.Header
	}{{"received", c.Leg.HeadersReceived}, {"sent", c.Leg.HeadersSent}, {"of the call", c.Headers}} {
		for _, h := range group.list {
			b.WriteString(h.Name + ": " + h.Value + "  (" + group.name + ")\n")
		}
	}
	if b.Len() == 0 {
		return "No header of this leg has been told.", ""
	}
	return "Headers that were told.", strings.TrimRight(b.String(), "\n")
}

package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// confirm asks before legs are hung up, or calls parted from their peers. It
// names those that it was opened for and acts on no other, whatever is selected
// meanwhile.
type confirm struct {
	part  bool // disconnect the peers; else hang up
	calls []model.CallID
}

// bound is an overlay about some calls: it goes when all of them have ended.
type bound interface{ about() []model.CallID }

func newConfirm(part bool, calls []*model.Call) *confirm {
	f := &confirm{part: part}
	for _, c := range calls {
		f.calls = append(f.calls, c.ID)
	}
	return f
}

func (f *confirm) about() []model.CallID { return f.calls }

// living are the calls of the question that have not ended.
func (f *confirm) living(a *App) []*model.Call {
	var list []*model.Call
	for _, id := range f.calls {
		if c := a.book.Call(id); c != nil && c.State != model.Ended {
			list = append(list, c)
		}
	}
	return list
}

func (f *confirm) action() string {
	if f.part {
		return "call.disconnect"
	}
	return "call.hangup"
}

func (f *confirm) key(a *App, k tea.KeyMsg) tea.Cmd {
	if k.Paste {
		return nil
	}
	switch name := k.String(); {
	case a.hits(f.action(), k), name == "enter":
		a.close(f)
		return f.carryOut(a)
	case name == "r" && !f.part:
		a.close(f)
		a.open(reasonPicker(f.calls))
	case name == "esc", name == "n", name == "q":
		a.close(f)
	}
	return nil
}

func (f *confirm) carryOut(a *App) tea.Cmd {
	list := f.living(a)
	name := map[bool]string{true: "Disconnect", false: "Hang up"}[f.part]
	switch {
	case len(list) == 0:
		a.refuse(name, model.ErrOver)
	case a.small():
		a.refuse(name, errSmall)
	case f.part:
		return a.part(list)
	default:
		return a.hangup(list, "")
	}
	return nil
}

func (f *confirm) draw(a *App, canvas []string) {
	list := f.living(a)
	if len(list) == 0 {
		return
	}
	d := dialog{title: "Hang up", warn: true, keys: []hint{{key: a.keyOf(f.action()) + " or enter", text: "hangs up"}}}
	if f.part {
		d.title, d.keys[0].text = "Disconnect", "disconnects"
	} else {
		d.keys = append(d.keys, hint{key: "r", text: "reason"})
	}
	d.keys = append(d.keys, hint{key: "esc", text: "keeps"})
	if len(list) == 1 {
		d.lines = a.oneToEnd(list[0], d.title)
	} else {
		d.lines = a.manyToEnd(list, d.title, f.part)
	}
	a.modal(canvas, d)
}

func (a *App) oneToEnd(c *model.Call, title string) [][]span {
	text := []span{{a.st.Of(theme.Text), title + " "}, {a.st.Of(theme.Strong), label(c)},
		{a.st.Of(theme.Text), " (" + a.leg(c) + ", " + brief(a.shownAge(c)) + ")?"}}
	more := ""
	switch {
	case c.State < model.Answered && c.Direction == model.Inbound:
		more = "It rings; the caller hears that it was declined."
	case a.leg(c) == "B":
		more = label(a.book.Call(c.Parent)) + " (A) stays on the line."
	case c.ConnectState() == model.Connected:
		more = "It is talking to " + a.peerName(c) + " (B)."
	case c.Attempt != nil && connecting(c.Attempt):
		more = a.peerName(c) + " is being called for it."
	}
	return [][]span{text, {{a.st.Of(theme.Muted), more}}}
}

// manyToEnd lists what would end.
func (a *App) manyToEnd(list []*model.Call, title string, part bool) [][]span {
	const most = 8
	what := plural(len(list), "call")
	if part {
		what = "the peers of " + what
	}
	lines := [][]span{{{a.st.Of(theme.Text), title + " " + what + "?"}}}
	for i, c := range list {
		if i == most && len(list) > most+1 {
			return append(lines, []span{{a.st.Of(theme.Muted), "  and " + string(appendInt(nil, len(list)-most)) + " more"}})
		}
		who := label(c)
		if part {
			who = a.peerName(c) + ", keep " + who
		}
		lines = append(lines, []span{{a.st.Of(theme.Muted), "  #" + string(appendInt(nil, c.Number)) + " "}, {a.st.Of(theme.Strong), who},
			{a.st.Of(theme.Text), " (" + a.leg(c) + ", " + brief(a.shownAge(c)) + ")"}})
	}
	return lines
}

// shownAge is the time that the screen shows beside a leg.
func (a *App) shownAge(c *model.Call) time.Duration {
	if a.leg(c) == "B" && c.Up() {
		return c.Talk(a.now)
	}
	return c.Age(a.now)
}

func (f *confirm) hints(a *App) []hint {
	verb := map[bool]string{true: "disconnect", false: "hang up"}[f.part]
	list := []hint{{key: a.keyOf(f.action()), text: verb}, {key: "enter", text: verb}}
	if !f.part {
		list = append(list, hint{key: "r", text: "reason"})
	}
	return append(list, hint{key: "esc", text: "keep"})
}

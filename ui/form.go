package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// form is the connect form of one call. It closes the moment that its request
// is given; the outcome shows on the call's row.
type form struct {
	sheet
	call    model.CallID
	preview bool     // the frame instead of the fields
	scroll  scroller // of the frame
}

func newForm(a *App, c *model.Call) *form {
	req := model.ConnectRequest{From: a.lastFrom}
	if c.Attempt != nil && c.Attempt.Request.To != "" {
		req = c.Attempt.Request
	}
	if req.From == "" {
		req.From = ownSide(c).URI
	}
	f := &form{call: c.ID, sheet: newSheet(connectFields(), model.ConnectRequest.Validate, req)}
	f.own = a.ownAddresses(c)
	f.advanced = req.MaxPricePerMinute != 0 || req.WebRTCMedia != model.Default || req.SessionTimeout != 0 ||
		req.CallStateURL != "" || len(req.CallStateEvents) > 0
	if req.To == "" {
		f.offer(a)
	}
	return f
}

// ownAddresses are who a connect may come from: the operator, the caller whose
// id is passed on, and what the caller called.
func (a *App) ownAddresses(c *model.Call) []model.Contact {
	var list []model.Contact
	add := func(uri, about string) {
		if uri != "" {
			list = append(list, model.Contact{Address: model.LooseAddress(uri), About: about})
		}
	}
	add(a.opt.From, "your own address")
	if c != nil {
		add(c.Remote().URI, "the caller's own id")
		add(ownSide(c).URI, "what was called")
	}
	return list
}

// ownSide is the end of a call that is ours: what was called, or who we called
// as.
func ownSide(c *model.Call) model.Address {
	if c.Direction == model.Outbound {
		return c.From
	}
	return c.To
}

// formActions are the keys of the form.
func formActions() []action {
	on := func(do func(f *form, a *App)) func(*App) tea.Cmd {
		return func(a *App) tea.Cmd {
			if f, ok := a.overlay().(*form); ok {
				do(f, a)
			}
			return nil
		}
	}
	return []action{
		{name: "form.connect", keys: []string{"ctrl+g"}, label: "connect", rank: 10, group: groupForm, where: inForm, acts: true,
			help: "connect now, from any field", do: on((*form).fire)},
		{name: "form.preview", keys: []string{"ctrl+x"}, label: "preview", rank: 7, group: groupForm, where: inForm,
			help: "show the frame that would be sent", do: on(func(f *form, _ *App) { f.preview = !f.preview; f.scroll.top() })},
		{name: "form.advanced", keys: []string{"ctrl+t"}, label: "advanced", rank: 8, group: groupForm, where: inForm,
			help: "show or hide the advanced fields", do: on(func(f *form, _ *App) { f.toggle() })},
		{name: "form.next", keys: []string{"tab"}, label: "next", rank: 5, group: groupForm, where: inForm,
			help: "next field; down and enter too", do: on(func(f *form, _ *App) { f.step(1) })},
		{name: "form.previous", keys: []string{"shift+tab"}, group: groupForm, where: inForm,
			help: "previous field; up too", do: on(func(f *form, _ *App) { f.step(-1) })},
		{name: "form.help", keys: []string{"f1"}, label: "help", rank: 4, group: groupForm, where: inForm,
			help: "this help", do: func(a *App) tea.Cmd { return a.doHelp() }},
		{name: "form.cancel", keys: []string{"esc"}, label: "cancel", rank: 9, group: groupForm, where: inForm,
			help: "close the suggestions, then the form", do: on((*form).cancel)},
	}
}

func (f *form) key(a *App, k tea.KeyMsg) tea.Cmd {
	if act := a.lookup(inForm, k); act != nil && !k.Paste {
		return a.act(act)
	}
	if f.preview { // what is not seen is not edited
		f.scroll.key(k, plainKeys)
		return nil
	}
	f.sheet.key(a, k)
	return nil
}

// typing: what the preview hides is not edited.
func (f *form) typing() bool { return !f.preview && f.sheet.typing() }

func (f *form) cancel(a *App) {
	if f.menu.open {
		f.menu = menu{}
		return
	}
	a.close(f)
}

// fire gives the request and closes, or says what is wrong.
func (f *form) fire(a *App) {
	f.tried = true
	if !f.review() {
		f.focusWrong()
		f.preview = false
		return
	}
	if a.leaving.mode != staying {
		a.refuse("Connect", errLeaving)
		return
	}
	if err := a.connect(f.call, f.request()); err != nil {
		a.refuse("Connect", err)
		return
	}
	a.close(f)
}

// fate says what keeps the form from being sent, if the call's state does.
func (f *form) fate(a *App) (text string, tone theme.Role) {
	c := a.book.Call(f.call)
	switch {
	case c == nil:
		return "The call is gone. esc closes the form.", theme.Bad
	case !c.Live():
		return c.End.Sentence(label(c)) + " The call has ended: esc closes the form.", theme.Bad
	}
	if err := a.book.CanConnect(f.call); err != nil {
		return "Not now: " + err.Error() + ".", theme.Bad
	}
	return f.counsel()
}

func (f *form) hints(a *App) []hint {
	var list []hint
	for i := range a.acts {
		if act := &a.acts[i]; act.where == inForm && act.label != "" {
			list = append(list, hint{key: act.shown(), text: act.label, off: a.allowed(act) != nil})
		}
	}
	return list
}

// draw puts the form where the calls were.
func (f *form) draw(a *App, canvas []string) {
	top := 2
	if a.banner() != "" {
		top = 3
	}
	h := len(canvas) - top - 2
	var block []string
	switch {
	case f.preview:
		block = f.frame(a, a.w, h)
	case a.w >= 120:
		right := a.w * 2 / 5
		block = beside(f.fields(a, a.w-right, h), f.frame(a, right, h))
	default:
		block = f.fields(a, a.w, h)
	}
	copy(canvas[top:], block)
	text, role := f.fate(a)
	sign := a.st.Sep
	if role == theme.Bad {
		sign = a.st.Cross
	}
	canvas[len(canvas)-2] = a.line(a.w, theme.Paint{}).gap(1).put(a.st.Of(role), sign+" ").put(a.st.Of(role), text).String()
}

// fields draws the boxes to fill in, with the suggestions over them.
func (f *form) fields(a *App, w, h int) []string {
	c := a.book.Call(f.call)
	fr := frame{focused: true, title: []span{{a.st.Of(theme.Title), "Connect SIP"}}}
	if c != nil {
		fr.title = append(fr.title, span{a.st.Of(theme.Muted), " on #" + string(appendInt(nil, c.Number)) + " "}, span{a.st.Of(theme.Strong), label(c)})
		fr.right = []span{{a.st.Of(stateRole(c)), stateWord(c) + " " + brief(c.Age(a.now))}}
	}
	fold := "ctrl+t shows " + string(appendInt(nil, f.hidden())) + " advanced fields"
	if f.advanced {
		fold = "ctrl+t hides the advanced fields"
	}
	fr.foot = []span{{a.st.Of(theme.Muted), fold}}
	room := h - 2
	lines, at := f.lines(a, w-4, room)
	f.top = max(0, min(f.top, len(lines)-room))
	f.top = max(min(f.top, at), at-room+1)
	lines = lines[f.top:min(f.top+room, len(lines))]
	block := a.box(fr, w, h, lines)
	if list := f.menu.draw(a, w-15); list != nil {
		y := at - f.top + 2
		if y+len(list) > h && at-f.top+1-len(list) >= 0 {
			y = at - f.top + 1 - len(list)
		}
		a.paste(block, list[:min(len(list), max(0, h-y))], 12, y)
	}
	return block
}

func (f *form) hidden() int {
	n := 0
	for i := range f.items {
		if f.items[i].advanced {
			n++
		}
	}
	return n
}

// frame draws the exact frame that ctrl+g would send.
func (f *form) frame(a *App, w, h int) []string {
	fr := frame{focused: f.preview, title: []span{{a.st.Of(theme.Title), "calling.connect"}}}
	text := a.opt.Desk.Preview(model.Connect{Call: f.call, Tag: "new", Request: f.request()})
	var lines []string
	for _, s := range strings.Split(text, "\n") {
		indent := len(s) - len(strings.TrimLeft(s, " "))
		for i, part := range wrap(s, w-4) {
			l := a.line(w-4, theme.Paint{})
			if i > 0 {
				l.gap(min(indent+2, (w-4)/2)).put(a.st.Of(theme.Text), part)
				lines = append(lines, l.String())
				continue
			}
			lines = append(lines, a.json(l, part))
		}
	}
	room := h - 2
	seen := f.scroll.show(lines, w-4, room)
	var foot string
	if n := len(lines) - room; n > 0 {
		foot = plural(n, "more line") + " "
	}
	if f.preview {
		foot += "ctrl+x back to the fields"
	} else if foot != "" {
		foot += "ctrl+x shows all"
	}
	fr.foot = []span{{a.st.Of(theme.Muted), foot}}
	return a.box(fr, w, h, seen)
}

// json paints the name of a member apart from its value.
func (a *App) json(l *line, s string) string {
	if name, value, found := strings.Cut(s, `":`); found && strings.HasPrefix(strings.TrimSpace(name), `"`) {
		return l.put(a.st.Of(theme.Info), name+`":`).put(a.st.Of(theme.Text), value).String()
	}
	return l.put(a.st.Of(theme.Muted), s).String()
}

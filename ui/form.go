package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// form is the connect form of one call. It closes the moment that its request
// is given; the outcome shows on the call's row.
type form struct {
	sheet
	call    model.CallID
	others  []model.CallID // marked calls that get the same request
	preset  string         // last opened or saved
	preview bool           // the checks and the frame instead of the fields
	scroll  scroller       // of the frame
	said    uint64         // messages before it opened
}

// formMessage is how long a message stands in the place of the form's hints.
const formMessage = 4 * time.Second

func newForm(a *App, c *model.Call) *form {
	req := model.ConnectRequest{From: a.lastFrom}
	preset := a.presetFor(c)
	switch {
	case c.Attempt != nil && c.Attempt.Request.To != "":
		req, preset = c.Attempt.Request, nil
	case preset != nil:
		req = preset.Request
	}
	if req.From == "" {
		req.From = a.lastFrom
	}
	if req.From == "" {
		req.From = ownSide(c).URI
	}
	f := &form{call: c.ID, said: a.said, sheet: newSheet(connectFields(), model.ConnectRequest.Validate, req)}
	if preset != nil {
		f.preset = preset.Name
	}
	f.own = a.ownAddresses(c)
	f.advanced = usesAdvanced(req)
	if req.To == "" {
		f.offer(a)
	}
	return f
}

func usesAdvanced(r model.ConnectRequest) bool {
	return r.MaxPricePerMinute != 0 || r.WebRTCMedia != model.Default || r.SessionTimeout != 0 ||
		r.CallStateURL != "" || len(r.CallStateEvents) > 0
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

func (f *form) key(a *App, k tea.KeyMsg) tea.Cmd {
	if act := a.lookup(inForm, k); act != nil && !k.Paste {
		return a.act(act)
	}
	if k.Paste && f.paste(a, string(k.Runes)) {
		return nil
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
	if !f.review() && !f.complete() {
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
	f.fireOthers(a)
}

// fireOthers gives the same request to the other marked calls that can take it.
func (f *form) fireOthers(a *App) {
	if len(f.others) == 0 {
		return
	}
	n := 1
	var refused []string
	for _, id := range f.others {
		if err := a.connect(id, f.request()); err != nil {
			refused = append(refused, label(a.book.Call(id)))
		} else {
			n++
		}
	}
	a.unmark()
	text := "Connecting " + plural(n, "call") + " to " + targetName(f.request()) + "."
	if len(refused) > 0 {
		text += " Not " + listed(refused) + "."
	}
	a.say(levelInfo, text+a.delayed())
}

// paste takes a piece of a program that connects; it reports whether the text
// was one.
func (f *form) paste(a *App, text string) bool {
	if !model.Snippet(text) {
		return false
	}
	r, err := model.ReadSnippet(text)
	if err != nil {
		a.say(levelWarn, "Pasted code: "+err.Error()+".")
		return true
	}
	f.preview = false
	f.fill(r)
	a.say(levelGood, "Filled in from the pasted code.")
	return true
}

// copyCode offers the request as a program.
func (f *form) copyCode(a *App) { a.open(codeMenu(f.request())) }

// fate says what keeps the form from being sent, if the call's state does.
func (f *form) fate(a *App) (text string, tone theme.Role) {
	c := a.book.Call(f.call)
	switch {
	case c == nil:
		return "The call is gone. esc closes the form.", theme.Bad
	case !c.Live():
		return c.EndSentence(label(c)) + " The call has ended: esc closes the form.", theme.Bad
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
	case f.preview && h >= 16:
		block = append(f.checkBox(a, a.w, checkRows), f.frame(a, a.w, h-checkRows)...)
	case f.preview:
		block = f.frame(a, a.w, h)
	case a.w >= 120 && h >= 20:
		right := a.w * 2 / 5
		block = beside(f.fields(a, a.w-right, h), append(f.checkBox(a, right, checkRows+1), f.frame(a, right, h-checkRows-1)...))
	case a.w >= 120:
		right := a.w * 2 / 5
		block = beside(f.fields(a, a.w-right, h), f.frame(a, right, h))
	default:
		block = f.fields(a, a.w, h)
	}
	copy(canvas[top:], a.hotLines(spot{kind: spotBox}, block))
	text, role := f.fate(a)
	if role != theme.Bad && a.said > f.said && a.now.Sub(a.toast.at) < formMessage {
		return // what was just said matters more than a hint
	}
	sign := a.st.Sep
	if role == theme.Bad {
		sign = a.st.Cross
	}
	canvas[len(canvas)-2] = a.line(a.w, theme.Paint{}).gap(1).put(a.st.Of(role), sign+" ").put(a.st.Of(role), text).String()
}

// checkRows is the height of the pre-flight's box.
const checkRows = 9

// fields draws the boxes to fill in, with the suggestions over them.
func (f *form) fields(a *App, w, h int) []string {
	c := a.book.Call(f.call)
	fr := frame{focused: true, title: []span{{a.st.Of(theme.Title), "Connect SIP"}}}
	if c != nil {
		fr.title = append(fr.title, span{a.st.Of(theme.Muted), " on #" + string(appendInt(nil, c.Number)) + " "}, span{a.st.Of(theme.Strong), label(c)})
		if n := len(f.others); n > 0 {
			fr.title = append(fr.title, span{a.st.Of(theme.Warn), " and " + plural(n, "more call")})
		}
		if f.preset != "" {
			fr.title = append(fr.title, span{a.st.Of(theme.Muted), "  preset " + f.preset})
		}
		fr.right = []span{{a.st.Of(stateRole(c)), stateWord(c) + " " + brief(c.Age(a.now))}}
	}
	fold := hint{key: a.keyOf("form.advanced"), text: "shows " + string(appendInt(nil, f.hidden())) + " advanced fields"}
	if f.advanced {
		fold.text = "hides the advanced fields"
	}
	fr.foot = a.keySpans(theme.Page, []hint{fold}, false)
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
	if n := len(lines) - room; n > 0 {
		fr.foot = []span{{a.st.Of(theme.Muted), plural(n, "more line") + "  "}}
	}
	switch back := (hint{key: a.keyOf("form.preview"), text: "back to the fields"}); {
	case f.preview:
		fr.foot = append(fr.foot, a.keySpans(theme.Page, []hint{back}, false)...)
	case len(fr.foot) > 0:
		back.text = "shows all"
		fr.foot = append(fr.foot, a.keySpans(theme.Page, []hint{back}, false)...)
	}
	return a.box(fr, w, h, seen)
}

// json paints the name of a member apart from its value.
func (a *App) json(l *line, s string) string {
	if name, value, found := strings.Cut(s, `":`); found && strings.HasPrefix(strings.TrimSpace(name), `"`) {
		return l.put(a.st.Of(theme.Info), name+`":`).put(a.st.Of(theme.Text), value).String()
	}
	return l.put(a.st.Of(theme.Muted), s).String()
}

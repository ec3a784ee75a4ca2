package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// dial is the dialog for a first leg.
type dial struct{ sheet }

func newDial(a *App) *dial {
	d := &dial{sheet: newSheet(dialFields(), checkDial, model.ConnectRequest{From: a.lastFrom})}
	d.own = a.ownAddresses(nil)
	d.offer(a)
	return d
}

// checkDial is Validate for a first leg, which may be a telephone.
func checkDial(r model.ConnectRequest) error {
	var problems []model.Problem
	add := func(f model.Field, err error) {
		if err != nil {
			problems = append(problems, model.Problem{Field: f, Text: err.Error()})
		}
	}
	_, err := model.ParseAddress(r.To)
	add(model.FieldTo, err)
	_, err = model.ParseAddress(r.From)
	add(model.FieldFrom, err)
	add(model.FieldTimeout, timeoutProblem(r))
	if len(problems) == 0 {
		return nil
	}
	return &model.InvalidRequest{Problems: problems}
}

// timeoutProblem is Validate's word on the timeout alone.
func timeoutProblem(r model.ConnectRequest) error {
	probe := model.ConnectRequest{From: "sip:a@b", To: "sip:a@b", Timeout: r.Timeout}
	if err, ok := probe.Validate().(*model.InvalidRequest); ok {
		return plainError(err.Problems[0].Text)
	}
	return nil
}

type plainError string

func (e plainError) Error() string { return string(e) }

func (d *dial) key(a *App, k tea.KeyMsg) tea.Cmd {
	if k.Paste {
		d.sheet.key(a, k)
		return nil
	}
	switch k.String() {
	case "ctrl+g":
		d.fire(a)
	case "enter":
		if d.menu.open && d.menu.at >= 0 {
			d.sheet.key(a, k)
		} else {
			d.fire(a)
		}
	case "esc":
		if d.menu.open {
			d.menu = menu{}
		} else {
			a.close(d)
		}
	case "tab":
		d.next()
	case "shift+tab":
		d.step(-1)
	default:
		d.sheet.key(a, k)
	}
	return nil
}

func (d *dial) fire(a *App) {
	d.tried = true
	if !d.review() && !d.complete() {
		d.focusWrong()
		return
	}
	if a.small() {
		a.refuse("Dial", errSmall)
		return
	}
	a.close(d)
	a.dial(d.request())
}

// dial orders a first leg that has been checked.
func (a *App) dial(r model.ConnectRequest) {
	to, _ := model.ParseAddress(r.To)
	from, _ := model.ParseAddress(r.From)
	a.dialled = a.opt.NewTag()
	a.order(model.Dial{Tag: a.dialled, From: from.URI, To: to.URI, Timeout: r.RingTimeout()})
	a.remember(to.URI)
	a.lastFrom = r.From
	a.show(atCalls)
	a.say(levelInfo, "Dialing "+to.Brief()+"."+a.delayed())
}

func (d *dial) draw(a *App, canvas []string) {
	w := min(a.w-4, 84)
	lines, at := d.lines(a, w-4, 0)
	text, tone := d.counsel()
	if d.menu.open { // it lies there
		text = ""
	}
	lines = append(lines, a.blank(1, w-4)...)
	lines = append(lines, a.line(w-4, theme.Paint{}).put(a.st.Of(tone), text).String())
	lines = append(lines, a.blank(1, w-4)...)
	lines = append([]string{a.line(w-4, theme.Paint{}).String()}, lines...)
	lines = append(lines, a.line(w-4, theme.Paint{}).spans(a.keySpans(theme.Page, []hint{
		{key: "enter", text: "dials"}, {key: "esc", text: "cancels"}}, true)...).String())
	h := len(lines) + 2
	a.center(canvas, frame{focused: true, title: []span{{a.st.Of(theme.Title), "Dial a first leg"}}}, w, h, lines)
	if list := d.menu.draw(a, w-15); list != nil {
		x, y := (a.w-w)/2+12, max(0, (a.h-h)*2/5)+at+3
		a.paste(canvas, list[:max(0, min(len(list), len(canvas)-1-y))], x, y)
	}
}

func (d *dial) hints(*App) []hint {
	return []hint{{key: "ctrl+g", text: "dial"}, {key: "enter", text: "dial"}, {key: "tab", text: "next"}, {key: "esc", text: "cancel"}}
}

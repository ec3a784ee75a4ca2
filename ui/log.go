package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// logLimit is how many lines of the log are held.
const logLimit = 2000

// logLevel is how much a line of the log matters.
type logLevel uint8

const (
	logFrame logLevel = iota // RELAY frames
	logInfo
	logWarn
	logError
	logLevels
)

func (l logLevel) String() string {
	return [...]string{"frame", "info", "warn", "error"}[min(l, logError)]
}

// logLine is one line of the log.
type logLine struct {
	key   string
	at    time.Time
	level logLevel
	kind  string // link, order, call, notice, relay
	text  string
	more  string // what Enter shows besides
}

// logScreen is what the program did and heard, newest last.
type logScreen struct {
	pick  picker
	find  edit
	lines []logLine
	count int // lines ever
	least logLevel
	still bool // the screen does not follow
}

func newLog() *logScreen { return &logScreen{least: logInfo} }

// note adds a line.
func (s *logScreen) note(l logLine) {
	s.count++
	l.key = "n" + string(appendInt(nil, s.count))
	if len(s.lines) >= logLimit {
		s.lines = append(s.lines[:0], s.lines[logLimit/4:]...)
	}
	s.lines = append(s.lines, l)
}

// logEvent notes what an event says about the program and its link.
func (a *App) logEvent(ev model.Event, before witness) {
	s := a.log
	switch ev := ev.(type) {
	case model.LinkChanged:
		if l, worth := a.linkLine(ev, before); worth {
			s.note(l)
		}
	case model.CallSeen:
		a.logCall(ev, before)
	case model.ConnectChanged:
		if c := a.book.Call(ev.Call); c != nil && c.Attempt != nil && c.Attempt.State.Over() && (c.Attempt.State != before.attempt || c.Attempt.Tag != before.tag) {
			l := logLine{at: ev.At, level: logInfo, kind: "call", text: a.numbered(c) + ": " + c.Attempt.Cause.Sentence(a.peerName(c))}
			if c.Attempt.State == model.Failed && c.Attempt.Cause.By != model.Operator {
				l.level = logWarn
			}
			s.note(l)
		}
	case model.OrderSettled:
		a.logOrder(ev, before)
	case model.DialChanged:
		if ev.State == model.DialFailed {
			s.note(logLine{at: ev.At, level: logWarn, kind: "call", text: "dial failed: " + firstWord(ev.Reason, "no reason was given")})
		}
	case model.Snapshot:
		s.note(logLine{at: ev.At, level: logInfo, kind: "link", text: readText(ev)})
	case model.Notice:
		s.note(logLine{at: ev.At, level: logWarn, kind: "notice", text: model.Clean(ev.Text)})
	}
}

// linkLine tells a change of the link; a new round trip time is none.
func (a *App) linkLine(ev model.LinkChanged, before witness) (logLine, bool) {
	link := ev.Link
	l := logLine{at: ev.At, kind: "link", level: logInfo, text: "link " + link.State.String()}
	switch {
	case link.State == before.link && (link.State != model.LinkLost || link.Tries == before.tries):
		return l, false
	case link.State == model.LinkUp:
		l.text += " to " + firstWord(link.Server.URL, a.opt.Relay)
		if link.Gap > 0 {
			l.text += " after " + tenths(link.Gap) + " s away"
			l.text += map[bool]string{true: ", session resumed", false: ", new session"}[link.Resumed]
		}
	case link.State == model.LinkLost:
		l.level = logWarn
		if link.Tries > 0 {
			l.text += ", try " + string(appendInt(nil, link.Tries))
		}
		if wait := link.RetryAt.Sub(ev.At); wait > 0 {
			l.text += ", again in " + tenths(wait) + " s"
		}
	case link.State == model.LinkRefused:
		l.level = logError
	}
	if link.Detail != "" {
		l.text += ": " + model.Clean(link.Detail)
	}
	return l, true
}

// numbered names a call with its row.
func (a *App) numbered(c *model.Call) string {
	if c.Number == 0 {
		return label(c)
	}
	return "#" + string(appendInt(nil, c.Number)) + " " + label(c)
}

func (a *App) logCall(ev model.CallSeen, before witness) {
	c := a.book.Call(ev.Call.ID)
	if c == nil || c.State == model.Created || a.leg(c) == "B" || c.IsMonitor() || before.known && c.State == before.state {
		return
	}
	l := logLine{at: ev.At, level: logInfo, kind: "call", text: a.numbered(c) + " " + strings.ToLower(stateWord(c))}
	switch {
	case c.State == model.Ended:
		l.text = a.numbered(c) + ": " + endOf(c)
	case c.State == model.Ringing && c.Context != "":
		l.text += " on " + c.Context
	}
	a.log.note(l)
}

// logOrder tells what became of an order and how long that took.
func (a *App) logOrder(ev model.OrderSettled, before witness) {
	if before.order.Command == nil {
		return
	}
	l := logLine{at: ev.At, level: logInfo, kind: "order", text: a.orderText(before.order.Command)}
	took := millis(ev.At.Sub(before.order.Given))
	if ev.Fault == nil {
		l.text += ": taken in " + took
	} else {
		l.level = logError
		l.text += ": " + faultText(ev.Fault)
		if ev.Fault.Code != 0 {
			l.text += " (" + string(appendInt(nil, ev.Fault.Code)) + ")"
		}
		l.text += ", after " + took
	}
	if _, can := before.order.Command.(model.Connect); can {
		l.more = a.opt.Desk.Preview(before.order.Command)
	}
	a.log.note(l)
}

// orderText says what was ordered.
func (a *App) orderText(cmd model.Command) string {
	text := model.Verb(cmd)
	if c := a.book.Call(model.Target(cmd)); c != nil {
		text += " " + a.numbered(c)
	}
	switch cmd := cmd.(type) {
	case model.Connect:
		text += " to " + model.LooseAddress(cmd.Request.To).Brief()
	case model.Dial:
		text += " " + model.LooseAddress(cmd.To).Brief()
	case model.Hangup:
		text += " (" + firstWord(cmd.Reason, model.WordHangup) + ")"
	}
	return text
}

// millis writes a short length.
func millis(d time.Duration) string {
	if d < 10*time.Second {
		return string(appendInt(nil, int(max(0, d)/time.Millisecond))) + " ms"
	}
	return tenths(d) + " s"
}

func (s *logScreen) search() *edit        { return &s.find }
func (s *logScreen) enter(a *App) tea.Cmd { return nil }
func (s *logScreen) page(*App) int        { return max(1, s.pick.visible) }
func (s *logScreen) rows(a *App) int      { return len(s.shown(a)) }
func (s *logScreen) escape(*App) bool     { return unsearch(&s.find) }
func (s *logScreen) moving(a *App) bool   { return a.opt.Frames != nil && s.least == logFrame }

// shown are the lines that fit level and search, in the order of time.
func (s *logScreen) shown(a *App) []logLine {
	words := strings.Fields(strings.ToLower(s.find.text()))
	var out []logLine
	fits := func(l *logLine) bool {
		return l.level >= s.least && (len(words) == 0 || hasAll(l.level.String()+" "+l.kind+" "+l.text, words))
	}
	frames := a.frames
	if s.least > logFrame {
		frames = nil
	}
	at := 0
	until := func(t time.Time) {
		for ; at < len(frames) && frames[at].At.Before(t); at++ {
			if l := frameLine(&frames[at], a); fits(&l) {
				out = append(out, l)
			}
		}
	}
	for i := range s.lines {
		until(s.lines[i].at)
		if fits(&s.lines[i]) {
			out = append(out, s.lines[i])
		}
	}
	until(time.Unix(1<<40, 0))
	return out
}

func frameLine(f *Frame, a *App) logLine {
	sign := a.st.In
	if f.Out {
		sign = a.st.Out
	}
	text := sign + " " + f.Name
	if f.Call != "" {
		text += "  " + model.Short(f.Call)
	}
	return logLine{key: "f" + string(appendInt(nil, int(f.Seq))), at: f.At, level: logFrame, kind: "relay",
		text: text + "  " + string(appendInt(nil, f.Bytes)) + " bytes", more: f.Text}
}

func lineKey(list []logLine) func(int) string { return func(i int) string { return list[i].key } }

// move leaves the newest line, or comes back to it.
func (s *logScreen) move(a *App, n int) {
	list := s.shown(a)
	s.settle(list)
	s.pick.move(n, len(list), lineKey(list))
	s.still = s.pick.at < len(list)-1
}

// settle keeps the selection on its line, or on the newest one.
func (s *logScreen) settle(list []logLine) {
	s.pick.settle(len(list), lineKey(list))
	if !s.still && len(list) > 0 {
		s.pick.at = len(list) - 1
		s.pick.key = list[s.pick.at].key
	}
}

// logActions are the keys of the Log screen.
func logActions() []action {
	return []action{
		{name: "log.open", keys: []string{"enter"}, label: "open", rank: 8, group: groupLog, where: inLog,
			help: "show the line in full, and its frame", why: (*App).whyOpenLine, do: (*App).doOpenLine},
		{name: "log.level", keys: []string{"l"}, label: "level", rank: 9, group: groupLog, where: inLog,
			help: "show more or less: frames, info, warnings, errors", do: func(a *App) tea.Cmd {
				a.log.least = (a.log.least + 1) % logLevels
				return nil
			}},
		{name: "log.follow", keys: []string{"f"}, label: "follow", rank: 7, group: groupLog, where: inLog,
			help: "follow what is new, or stand still", do: func(a *App) tea.Cmd {
				a.log.still = !a.log.still
				return nil
			}},
		{name: "log.write", keys: []string{"w", "f12"}, group: groupLog, where: inLog,
			help: "write what is listed as text and JSON lines", why: (*App).whyWriteList, do: (*App).doWriteLog},
		{name: "log.search", keys: []string{"/", "f3"}, label: "search", rank: 6, group: groupLog, where: inLog,
			help: "search the log", do: (*App).doSearch},
	}
}

// line is the one under the bar.
func (s *logScreen) line(a *App) (logLine, bool) {
	list := s.shown(a)
	s.settle(list)
	if len(list) == 0 {
		return logLine{}, false
	}
	return list[s.pick.at], true
}

func (a *App) whyOpenLine() error {
	if _, ok := a.log.line(a); !ok {
		return errNoRow
	}
	return nil
}

func (a *App) doOpenLine() tea.Cmd {
	l, _ := a.log.line(a)
	a.open(&inspector{title: l.at.Format("15:04:05.000") + "  " + l.kind, head: l.text, text: l.more})
	return nil
}

// readText says where a list of calls came from.
func readText(ev model.Snapshot) string {
	if ev.Remembered {
		return "recalled " + plural(len(ev.Calls), "live leg") + " of before, none is confirmed"
	}
	return "read " + plural(len(ev.Calls), "live leg") + " from the server"
}

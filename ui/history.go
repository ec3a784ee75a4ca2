package ui

import (
	"errors"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/model/journal"
)

// HistoryLimit is how many calls and connects the History screen holds.
const HistoryLimit = 10_000

// Journal keeps calls and connects beyond the program. Its methods are called
// from different goroutines.
type Journal interface {
	// Load reads what earlier runs kept, oldest first. It is called once, off
	// the program's loop, and may take its time.
	Load() ([]journal.Entry, error)
	// Append keeps an entry, replacing an earlier one of the same ID. It
	// returns at once.
	Append(journal.Entry)
}

// history is the screen of what is past; the entries of this run are kept as
// they happen, whether they are shown or not.
type history struct {
	pick picker
	find edit
	sort order
	book *journal.Book
	hold time.Time // the screen stands still: nothing after it is shown

	notes map[string][]string // entries with a note, by who called

	version uint64 // of book
	listed  struct {
		list          []journal.Entry
		text          string
		sort          order
		hold          time.Time
		version, seen uint64 // of book, and of the calls
	}
}

func newHistory() *history { return &history{book: journal.NewBook(HistoryLimit)} }

// loadedMsg is what earlier runs kept.
type loadedMsg struct {
	entries []journal.Entry
	err     error
}

// load asks the journal, off the loop.
func (a *App) load() tea.Cmd {
	if a.opt.Journal == nil {
		return nil
	}
	j := a.opt.Journal
	return func() tea.Msg {
		entries, err := j.Load()
		return loadedMsg{entries, err}
	}
}

// loaded puts earlier runs before this one.
func (a *App) loaded(msg loadedMsg) {
	h := a.history
	if msg.err != nil {
		a.say(levelWarn, "The history could not be read: "+model.Clean(msg.err.Error())+".")
	}
	book := journal.NewBook(HistoryLimit)
	for _, e := range msg.entries {
		book.Put(e)
	}
	for _, e := range h.book.Entries() {
		book.Put(e)
	}
	h.book, h.notes = book, nil
	for _, e := range book.Entries() {
		h.note(&e)
	}
	h.version++
	a.dirty = true
}

// chronicle keeps what an event changed in a call, or in all of them.
func (a *App) chronicle(ev model.Event, id model.CallID) {
	switch ev.(type) {
	case model.Snapshot, model.LinkChanged, model.DialChanged:
		a.chronicleAll()
	default:
		a.chronicleCall(a.book.Call(id))
	}
}

func (a *App) chronicleAll() {
	for _, c := range a.book.Rows(true) {
		a.chronicleCall(c)
	}
}

// chronicleCall keeps a call and its connect; a peer leg is told by the connect
// that made it.
func (a *App) chronicleCall(c *model.Call) {
	if c == nil {
		return
	}
	if parent := a.book.Call(c.Parent); parent != nil {
		c = parent
	}
	if c.State != model.CallUnknown {
		a.keep(a.callEntry(c))
	}
	if c.Attempt != nil && c.Attempt.State != model.Idle {
		a.keep(a.connectEntry(c))
	}
}

// keep files an entry that says something new.
func (a *App) keep(e journal.Entry) {
	if old, known := a.history.book.Entry(e.ID); known && sameEntry(&old, &e) {
		return
	}
	a.history.book.Put(e)
	a.history.note(&e)
	a.history.version++
	if a.opt.Journal != nil {
		a.opt.Journal.Append(e)
	}
}

func sameEntry(x, y *journal.Entry) bool {
	return x.From == y.From && x.To == y.To && x.Answered.Equal(y.Answered) && x.Ended.Equal(y.Ended) &&
		x.End.Word == y.End.Word && x.End.By == y.End.By && x.End.Code == y.End.Code && x.End.Phrase == y.End.Phrase && x.End.Text == y.End.Text && x.Note == y.Note
}

func (a *App) callEntry(c *model.Call) journal.Entry {
	e := journal.Entry{ID: string(c.ID), Kind: journal.Call, Call: c.ID, Number: c.Number, Direction: c.Direction, Type: c.Type,
		Context: c.Context, From: c.From, To: c.To, Began: c.Began(), Answered: c.Answered, Note: a.noteOf(c.ID)}
	if c.State == model.Ended {
		e.Ended, e.End = c.Ended, c.End
	}
	return e
}

func (a *App) connectEntry(c *model.Call) journal.Entry {
	at := c.Attempt
	id := string(c.ID) + " " + string(at.Tag)
	if at.Foreign { // its client may use one tag for every connect
		id += " " + string(at.Peer)
	}
	e := journal.Entry{ID: id, Kind: journal.Connect, Call: c.ID, Number: c.Number, Direction: model.Outbound,
		From: c.Remote(), To: model.LooseAddress(at.Request.To), Began: at.Submitted, Answered: at.Joined, Request: at.Request}
	if p := a.book.Peer(c); p != nil && !p.To.IsZero() {
		e.To = p.To
	}
	if at.State.Over() {
		e.Ended, e.End = at.Cause.At, at.Cause
	}
	return e
}

func (h *history) search() *edit { return &h.find }

// entries are those that fit the search, newest first; kept until something
// changes. They must not be changed.
func (h *history) entries(a *App) []journal.Entry {
	text, seen := h.find.text(), uint64(0)
	if text != "" || h.sort.by > 0 { // whether a call is still under way is searched too, and sorted by
		seen = a.book.Version()
	}
	l := &h.listed
	if l.list != nil && l.text == text && l.sort == h.sort && l.hold.Equal(h.hold) && l.version == h.version && l.seen == seen {
		return l.list
	}
	l.list, l.text, l.sort, l.hold, l.version, l.seen = h.fitting(a, text), text, h.sort, h.hold, h.version, seen
	a.sortEntries(l.list, h.sort)
	return l.list
}

func (h *history) fitting(a *App, text string) []journal.Entry {
	words := strings.Fields(strings.ToLower(text))
	out := make([]journal.Entry, 0, 64)
	for _, e := range slices.Backward(h.book.Entries()) {
		if !h.hold.IsZero() && e.Began.After(h.hold) {
			continue
		}
		if len(words) == 0 || hasAll(a.entryText(&e), words) {
			out = append(out, e)
		}
	}
	return out
}

// entryText is what a search of an entry looks at.
func (a *App) entryText(e *journal.Entry) string {
	result, _ := a.result(e)
	return strings.Join([]string{string(e.Kind), e.Direction.String(), e.From.Name, e.From.URI, e.To.Name, e.To.URI, e.Context,
		e.Note, result, e.End.Word, e.End.SIP(), "by " + e.End.By.String()}, " ")
}

func entryKey(list []journal.Entry) func(int) string {
	return func(i int) string { return list[i].ID }
}

func (h *history) rows(a *App) int    { return len(h.entries(a)) }
func (h *history) page(*App) int      { return max(1, h.pick.visible) }
func (h *history) escape(*App) bool   { return unsearch(&h.find) }
func (h *history) enter(*App) tea.Cmd { return nil }

func (h *history) move(a *App, n int) {
	list := h.entries(a)
	h.pick.move(n, len(list), entryKey(list))
}

// entry is the one under the bar.
func (a *App) pastEntry() (journal.Entry, bool) {
	list := a.history.entries(a)
	a.history.pick.settle(len(list), entryKey(list))
	if len(list) == 0 {
		return journal.Entry{}, false
	}
	return list[a.history.pick.at], true
}

// historyActions are the keys of the History screen.
func historyActions() []action {
	return []action{
		{name: "history.retry", keys: []string{"."}, label: "repeat", rank: 9, group: groupHistory, where: inHistory, acts: true,
			help: "repeat the connect on its call or on the selected one; call back", why: (*App).whyRetry, do: (*App).doRetry},
		{name: "history.edit", keys: []string{"c", "f4"}, label: "edit and repeat", rank: 10, group: groupHistory, where: inHistory, acts: true,
			help: "the same, in the form first", why: (*App).whyRetry, do: (*App).doEditRetry},
		{name: "history.open", keys: []string{"enter"}, label: "open", rank: 7, group: groupHistory, where: inHistory,
			help: "show the call among the calls, while it is known", why: (*App).whyOpenEntry, do: (*App).doOpenEntry},
		{name: "history.ladder", keys: []string{"e", "f9"}, label: "ladder", rank: 5, group: groupHistory, where: inHistory,
			help: "ladder of the call, as long as it is kept", why: (*App).whyHistoryLadder, do: (*App).doHistoryLadder},
		{name: "history.write", keys: []string{"w", "f12"}, group: groupHistory, where: inHistory,
			help: "write what is listed as CSV and JSON lines", why: (*App).whyWriteList, do: (*App).doWriteHistory},
		{name: "history.note", keys: []string{"n"}, label: "note", rank: 3, group: groupHistory, where: inHistory, acts: true,
			help: "write a note on the call", why: (*App).whyHistoryNote, do: (*App).doHistoryNote},
		{name: "history.search", keys: []string{"/", "f3"}, label: "search", rank: 8, group: groupHistory, where: inHistory,
			help: "search by party, word, code or who ended it", do: (*App).doSearch},
	}
}

var (
	errNoEntry   = errors.New("nothing is past yet")
	errNoLadder  = errors.New("its ladder is not kept any more")
	errForgotten = errors.New("the call is no longer known")
	errNoTarget  = errors.New("its call has ended: select one that is up on Calls first")
	errNowhere   = errors.New("it does not say whom to call")

	errStillThere = errors.New("the call is still there: enter shows it")
)

func (a *App) lives(id model.CallID) bool {
	c := a.book.Call(id)
	return c != nil && c.Live()
}

// retryOn is the call that a repeated connect would be about: its own while it
// is up, else the selected one.
func (a *App) retryOn(e *journal.Entry) *model.Call {
	for _, id := range []model.CallID{e.Call, a.selected} {
		if a.book.Call(id) != nil && a.book.CanConnect(id) == nil {
			return a.book.Call(id)
		}
	}
	return nil
}

func (a *App) whyRetry() error {
	e, ok := a.pastEntry()
	switch {
	case !ok:
		return errNoEntry
	case a.leaving.mode != staying:
		return errLeaving
	case e.Kind == journal.Connect && a.retryOn(&e) == nil && a.lives(e.Call):
		return a.book.CanConnect(e.Call)
	case e.Kind == journal.Connect && a.retryOn(&e) == nil:
		return errNoTarget
	case e.Kind == journal.Call && a.lives(e.Call):
		return errStillThere
	case e.Kind == journal.Call && redial(&e).To == "":
		return errNowhere
	}
	return nil
}

// redial is the dial that calls the far end of a call again.
func redial(e *journal.Entry) model.ConnectRequest {
	if e.Direction == model.Outbound {
		return model.ConnectRequest{From: e.From.URI, To: e.To.URI}
	}
	return model.ConnectRequest{From: e.To.URI, To: e.From.URI}
}

func (a *App) doRetry() tea.Cmd {
	e, _ := a.pastEntry()
	if e.Kind == journal.Connect {
		c := a.retryOn(&e)
		if err := a.connect(c.ID, e.Request); err != nil {
			return a.doEditRetry()
		}
		a.selected = c.ID
		a.changed()
		return nil
	}
	r := redial(&e)
	if checkDial(r) != nil {
		return a.doEditRetry()
	}
	a.dial(r)
	return nil
}

func (a *App) doEditRetry() tea.Cmd {
	e, _ := a.pastEntry()
	if e.Kind == journal.Connect {
		f := newForm(a, a.retryOn(&e))
		f.fill(e.Request)
		a.open(f)
		return nil
	}
	d := newDial(a)
	d.load(redial(&e))
	a.open(d)
	return nil
}

func (a *App) whyOpenEntry() error {
	e, ok := a.pastEntry()
	switch {
	case !ok:
		return errNoEntry
	case a.book.Call(e.Call) == nil:
		return errForgotten
	}
	return nil
}

func (a *App) doOpenEntry() tea.Cmd {
	e, _ := a.pastEntry()
	a.selected = e.Call
	a.changed()
	a.show(atCalls)
	return nil
}

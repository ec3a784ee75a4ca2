package ui

import (
	"context"
	"crypto/rand"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"cordpair/model"
	"cordpair/theme"
)

// The smallest window in which keys act on calls.
const (
	leastWidth  = 60
	leastHeight = 15
)

// App is the console as a Bubble Tea model. It belongs to the program that
// runs it.
type App struct {
	opt  Options
	th   theme.Theme
	st   *theme.Styles
	rend *lipgloss.Renderer
	pump *pump
	acts []action

	book     *model.Book
	rows     []*model.Call // as listed: live, newest first, then ended
	live     int           // how many of rows live
	legs     []*model.Call // the same, oldest first, as the book gives them
	counts   model.LiveCounts
	trails   trails
	filed    map[model.CallID]filed
	past     []string // targets of this session, newest first
	lastFrom string
	alert    alert
	asking   *welcome  // the first start's question, until it is gone
	dialled  model.Tag // of the last dial: its call is selected when it comes

	screens  [screenCount]screen
	phones   *phones
	history  *history
	log      *logScreen
	ladder   *ladder
	frames   []Frame // the last ones, oldest first
	sipSeen  bool    // the server tells SIP messages
	media    map[model.CallID]model.LegMedia
	levels   levels
	mine     string // the operator's own phone, to monitor with
	at       screenID
	cameFrom screenID

	w, h     int
	now      time.Time
	selected model.CallID
	index    int  // of the selected row, as last seen
	touched  bool // somebody works here: the selection is theirs
	top      int  // first visible row
	focus    pane
	panes    panes
	look     look
	base     map[string]string // of the view settings, as the program was started
	chosen   map[string]Choice
	allLegs  bool
	clock    clockMode
	over     []overlay // the last has the keyboard
	toast    toast
	said     uint64 // how many messages there were
	leaving  leaving
	held     []held // orders that can still be taken back
	batches  uint64
	gated    gated

	marked     map[model.CallID]bool
	anchor     model.CallID // of the last mark: where a range begins
	onlyMarked bool
	still      bool // the list stands still
	news       int  // calls that came meanwhile

	filter     string
	query      query
	unfiltered int // how many rows there would be without it
	sort       sortColumn
	reverse    bool
	notes      map[model.CallID]string
	greetings  map[model.CallID]greeting
	plays      map[model.CallID]string // control ids of what plays to legs from here
	ops        map[model.CallID]*operation
	presets    []Preset
	consult    *consult // the attended transfer under way
	feedErr    error

	tick     uint64 // of the tick that counts
	tickSlow bool   // the pending tick is for the clock only
	ticking  bool
	dirty    bool
	screen   string
	title    string // of the terminal
	cache    rowCache
	pointer  pointer
}

// overlay is something that lies over the screen and has the keyboard.
type overlay interface {
	key(*App, tea.KeyMsg) tea.Cmd
	draw(a *App, canvas []string)
	hints(*App) []hint
}

// typist is an overlay that may have the keyboard in a text field.
type typist interface{ typing() bool }

// New returns a console. The context ends its pulls and ticks; Run does all
// this for a program of its own.
func New(ctx context.Context, opt Options) *App {
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.NewTag == nil {
		opt.NewTag = func() model.Tag { return model.Tag(rand.Text()) }
	}
	if opt.Title == "" {
		opt.Title = "cordpair"
	}
	if opt.Renderer == nil {
		opt.Renderer = newRenderer(opt)
	}
	a := &App{
		opt: opt, rend: opt.Renderer, pump: newPump(ctx, opt.Feed), book: model.NewBook(),
		trails: make(trails), allLegs: opt.AllLegs, dirty: true, now: opt.Clock(), lastFrom: opt.From, mine: opt.Phone,
	}
	a.opt.slow(a.pump)
	a.acts = opt.Keymap.bind(actions())
	a.phones, a.history, a.log, a.ladder = &phones{}, newHistory(), newLog(), newLadder()
	a.screens = [screenCount]screen{callsView{}, a.phones, a.ladder, a.history, a.log, wall{}}
	if opt.Wall {
		a.at = atWall
	}
	a.filter, a.query = opt.Filter, parseQuery(opt.Filter)
	a.setTheme(opt.Theme)
	a.restore()
	a.pointer.told, a.pointer.spots.hidden = !a.opt.NoMouse, a.opt.NoMouse
	if a.setup().First {
		a.asking = &welcome{}
		a.open(a.asking)
	}
	return a
}

func (a *App) setTheme(t theme.Theme) {
	a.th = t
	a.st = t.Styles(a.rend)
	a.cache.clear()
	a.dirty = true
}

// Init starts the pull and the clock.
func (a *App) Init() tea.Cmd {
	return tea.Batch(a.load(), a.loadPresets(), a.pump.pull(), a.nextTick(), a.announce())
}

// Update dispatches; what a message does is said where it is handled.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.now = a.opt.Clock()
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.w, a.h = msg.Width, msg.Height
		a.dirty = true
		cmd = tea.ClearScreen
	case tea.KeyMsg:
		a.dirty, a.touched = true, true
		cmd = a.keys(msg)
	case tea.MouseMsg:
		a.touched = true
		cmd = a.mouse(msg)
	case tea.ResumeMsg:
		a.pointer.told = a.opt.NoMouse // the terminal has forgotten
	case tea.FocusMsg:
		a.alert.away = false
	case tea.BlurMsg:
		a.alert.away = true
	case batchMsg:
		cmd = a.batch(msg)
	case savedMsg:
		a.dirty = true
		a.saved(msg)
	case loadedMsg:
		a.loaded(msg)
	case tickMsg:
		a.onTick(msg)
	case heldMsg:
		a.flush(false)
	case copiedMsg:
		a.copied(msg)
	case bygoneMsg:
		a.bygoneCame(msg)
	case askedMsg:
		a.welcomed(msg)
	case viewKeptMsg:
		a.dirty = true
		a.viewKept(msg)
	case presetsMsg:
		a.presetsCame(msg)
	case keptMsg:
		a.phoneKept(msg)
	default:
		return a, nil
	}
	a.watchLevels()
	return a, tea.Batch(cmd, a.nextTick(), a.announce(), a.departure(), a.rememberAsked(), a.aim())
}

// View returns the screen: exactly the window, or nothing while its size is
// not known.
func (a *App) View() string {
	if a.w <= 0 || a.h <= 0 {
		return ""
	}
	if a.dirty {
		a.pointer.spots.begin()
		a.screen = a.pointer.spots.end(a.compose())
		a.dirty = false
	}
	return a.screen
}

// keys splits what a terminal delivered in one piece into single keys, so that
// fast typing acts like slow typing. A paste is text or nothing.
func (a *App) keys(msg tea.KeyMsg) tea.Cmd {
	if msg.Type != tea.KeyRunes || len(msg.Runes) < 2 || msg.Paste {
		return a.key(msg)
	}
	var cmds []tea.Cmd
	for _, r := range msg.Runes {
		cmds = append(cmds, a.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}))
	}
	return tea.Batch(cmds...)
}

func (a *App) key(k tea.KeyMsg) tea.Cmd {
	if k.String() == "ctrl+c" {
		return a.interrupt()
	}
	if o := a.overlay(); o != nil {
		return o.key(a, k)
	}
	if k.Paste {
		return nil
	}
	act := a.lookup(a.place(), k)
	if act == nil {
		act = a.lookup(everywhere, k)
	}
	return a.act(act)
}

// overlay is the one that has the keyboard, nil when the screen has it.
func (a *App) overlay() overlay {
	if len(a.over) == 0 {
		return nil
	}
	return a.over[len(a.over)-1]
}

func (a *App) open(o overlay) { a.over = append(a.over, o) }

// close takes an overlay away, wherever it lies.
func (a *App) close(o overlay) {
	for i := range a.over {
		if a.over[i] == o {
			a.over = append(a.over[:i], a.over[i+1:]...)
			return
		}
	}
}

// small reports whether the window is too small to show what keys act on.
func (a *App) small() bool { return a.w < leastWidth || a.h < leastHeight }

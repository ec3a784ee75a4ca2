package ui

import (
	"context"
	"flag"
	"fmt"
	"io"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"go.uber.org/goleak"

	"cordpair/model"
	"cordpair/theme"
)

var update = flag.Bool("update", false, "write the golden screens anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(suite{m}) }

// suite fails a full run that leaves golden files unused.
type suite struct{ *testing.M }

func (s suite) Run() int {
	code := s.M.Run()
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return code
		}
	}
	if left := unusedGolden(); len(left) > 0 && code == 0 {
		fmt.Printf("no test asks for %v (go test ./ui -update takes them away)\n", left)
		return 1
	}
	return code
}

// fakeFeed gives what it is handed, then waits for the context.
type fakeFeed struct {
	batches chan []model.Event
	depth   int
}

func (f *fakeFeed) Take(ctx context.Context) ([]model.Event, error) {
	select {
	case b, open := <-f.batches:
		if !open {
			return nil, io.ErrUnexpectedEOF
		}
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (f *fakeFeed) Depth() int { return f.depth }

// fakeDesk keeps a journal of orders.
type fakeDesk struct {
	orders    []model.Order
	reconnect int
	reread    int
}

func (d *fakeDesk) Do(o model.Order) { d.orders = append(d.orders, o) }
func (d *fakeDesk) Reconnect()       { d.reconnect++ }
func (d *fakeDesk) Reread()          { d.reread++ }
func (d *fakeDesk) Preview(c model.Command) string {
	cmd, ok := c.(model.Connect)
	if !ok {
		return fmt.Sprintf("{\n  \"method\": %q\n}", model.Verb(c))
	}
	r := cmd.Request
	return fmt.Sprintf("{\n  \"method\": \"calling.connect\",\n  \"params\": {\n    \"devices\": [[{\n      \"from\": %q,\n      \"to\": %q,\n      \"timeout\": %v\n    }]]\n  }\n}",
		r.From, r.To, r.RingTimeout().Seconds())
}

// noon is when every test happens.
var noon = time.Date(2026, 3, 14, 14, 2, 11, 0, time.UTC)

// rig is a console with fakes around it and a clock that stands.
type rig struct {
	*App
	t    testing.TB
	desk *fakeDesk
	feed *fakeFeed
	at   time.Time
	quit bool
}

func newRig(t testing.TB, w, h int, change ...func(*Options)) *rig {
	r := &rig{t: t, desk: &fakeDesk{}, feed: &fakeFeed{batches: make(chan []model.Event, 16)}, at: noon}
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(termenv.Ascii)
	th, err := theme.Pick(theme.Dark, true, false)
	if err != nil {
		t.Fatal(err)
	}
	tags := 0
	opt := Options{Feed: r.feed, Desk: r.desk, Theme: th, Renderer: renderer, From: "sip:operator@demo",
		Relay: "ws://127.0.0.1:7070", SIP: "127.0.0.1:5060",
		Clock:  func() time.Time { return r.at },
		NewTag: func() model.Tag { tags++; return model.Tag(fmt.Sprintf("tag-%d", tags)) }}
	for _, f := range change {
		f(&opt)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r.App = New(ctx, opt)
	r.touched = true // or the selection would go to who rings
	r.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return r
}

func (r *rig) resize(w, h int) { r.Update(tea.WindowSizeMsg{Width: w, Height: h}) }

// happen folds events as the feed would bring them.
func (r *rig) happen(events ...model.Event) *rig {
	r.t.Helper()
	r.Update(batchMsg{events: events})
	return r
}

// wait lets time pass second by second.
func (r *rig) wait(d time.Duration) *rig {
	for range int(d / time.Second) {
		r.at = r.at.Add(time.Second)
		r.Update(tickMsg{r.tick})
	}
	return r
}

// press types keys by their names; other words are typed letter by letter.
func (r *rig) press(keys ...string) *rig {
	for _, k := range keys {
		for _, msg := range keyMsgs(k) {
			if _, cmd := r.Update(msg); cmd != nil && r.leaving.mode == gone {
				r.quit = true
			}
		}
	}
	return r
}

var namedKeys = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "space": tea.KeySpace,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"shift+up": tea.KeyShiftUp, "shift+down": tea.KeyShiftDown,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7,
	"f9": tea.KeyF9, "f12": tea.KeyF12, "ctrl+o": tea.KeyCtrlO, "ctrl+s": tea.KeyCtrlS, "ctrl+y": tea.KeyCtrlY, "f8": tea.KeyF8, "f10": tea.KeyF10,
	"ctrl+a": tea.KeyCtrlA, "ctrl+b": tea.KeyCtrlB, "ctrl+c": tea.KeyCtrlC, "ctrl+d": tea.KeyCtrlD, "ctrl+e": tea.KeyCtrlE,
	"ctrl+f": tea.KeyCtrlF, "ctrl+g": tea.KeyCtrlG, "ctrl+k": tea.KeyCtrlK, "ctrl+l": tea.KeyCtrlL, "ctrl+n": tea.KeyCtrlN,
	"ctrl+p": tea.KeyCtrlP, "ctrl+r": tea.KeyCtrlR, "ctrl+t": tea.KeyCtrlT, "ctrl+u": tea.KeyCtrlU, "ctrl+w": tea.KeyCtrlW,
	"ctrl+x": tea.KeyCtrlX, "ctrl+z": tea.KeyCtrlZ,
}

func keyMsgs(k string) []tea.KeyMsg {
	if t, ok := namedKeys[k]; ok {
		msg := tea.KeyMsg{Type: t}
		if t == tea.KeySpace {
			msg.Runes = []rune{' '}
		}
		return []tea.KeyMsg{msg}
	}
	var out []tea.KeyMsg
	for _, r := range k {
		out = append(out, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
	return out
}

// The people of the tests.
var (
	erin    = model.Address{Name: "Erin Vale", URI: "sip:erin@demo"}
	globex  = model.Address{Name: "Globex", URI: "+15550100"}
	carol   = model.Address{Name: "Carol", URI: "sip:carol@demo"}
	bob     = model.Address{Name: "Bob", URI: "sip:bob@demo"}
	support = model.Address{URI: "sip:support@cordpair.local"}
)

func ago(s float64) time.Time { return noon.Add(-time.Duration(s * float64(time.Second))) }

func linkUp(at time.Time) model.Event {
	return model.LinkChanged{At: at, Link: model.Link{State: model.LinkUp, Generation: 1, Since: at, RTT: 1200 * time.Microsecond,
		Server: model.Server{URL: "ws://127.0.0.1:7070", Cordpair: true, SIP: "127.0.0.1:5060", Domain: "cordpair.local", Contexts: []string{"support"}}}}
}

// call is an inbound leg that went through states, each some seconds ago.
func call(id model.CallID, from model.Address, steps ...any) []model.Event {
	var out []model.Event
	for i := 0; i < len(steps); i += 2 {
		at := ago(steps[i+1].(float64))
		out = append(out, model.CallSeen{At: at, Offered: i == 0, Call: model.CallInfo{ID: id, Node: "node-1", State: steps[i].(model.CallState),
			Direction: model.Inbound, Type: "sip", From: from, To: support, Context: "support"}})
	}
	return out
}

func peer(id, parent model.CallID, tag model.Tag, to model.Address, state model.CallState, at time.Time) model.CallSeen {
	return model.CallSeen{At: at, Call: model.CallInfo{ID: id, Node: "node-1", State: state, Direction: model.Outbound, Type: "sip",
		From: model.Address{URI: "sip:operator@demo"}, To: to, Parent: parent, Tag: tag}}
}

func connect(id model.CallID, tag model.Tag, peer model.CallID, to model.Address, state model.ConnectState, at time.Time) model.ConnectChanged {
	return model.ConnectChanged{At: at, Call: id, Tag: tag, State: state,
		Peer: model.CallInfo{ID: peer, Node: "node-1", Direction: model.Outbound, Type: "sip", To: to, From: model.Address{URI: "sip:operator@demo"}}}
}

func contacts() model.Event {
	return model.DirectoryChanged{At: noon, Contacts: []model.Contact{
		{Address: bob, Kind: "person", About: "answers and talks", Online: true},
		{Address: model.Address{URI: "sip:busy@demo"}, Kind: "person", About: "is always busy", Online: true},
		{Address: model.Address{URI: "sip:late5@demo"}, Kind: "person", About: "answers after 5 s", Online: true},
		{Address: model.Address{URI: "sip:1002@cordpair.local"}, Kind: "phone", About: "registered", Online: true},
		{Address: model.Address{URI: "sip:1003@cordpair.local"}, Kind: "phone", About: "not registered"},
	}}
}

package ui

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// Keymap gives actions other keys than the table's, by the action's name. The
// first key is the one shown; no keys turn the action's keys off, the palette
// still reaches it. Keys are named as Bubble Tea does: a, D, ctrl+r, f5, space,
// shift+tab.
type Keymap map[string][]string

// The presets of keys.
const (
	KeysDefault  = "default"
	KeysOperator = "operator" // function keys first, as on an attendant console
	KeysSngrep   = "sngrep"   // the function keys of sngrep where it has the thing
	KeysBaresip  = "baresip"  // the letters of baresip: d dials, b hangs up, x holds
)

// KeymapNames lists the presets.
func KeymapNames() []string { return []string{KeysDefault, KeysOperator, KeysSngrep, KeysBaresip} }

// KeymapPreset returns a preset by its name; empty is the default. The caller
// may add to it.
func KeymapPreset(name string) (Keymap, error) {
	switch name {
	case "", KeysDefault:
		return Keymap{}, nil
	case KeysOperator:
		return operatorKeys(), nil
	case KeysSngrep:
		return sngrepKeys(), nil
	case KeysBaresip:
		return baresipKeys(), nil
	}
	return nil, fmt.Errorf("no keys %q, choose one of %s", name, strings.Join(KeymapNames(), ", "))
}

// operatorKeys puts the function key of each action first.
func operatorKeys() Keymap {
	m := Keymap{}
	for _, act := range actions() {
		if act.where != inCalls && act.where != everywhere {
			continue
		}
		keys := slices.Clone(act.keys)
		sort.SliceStable(keys, func(i, j int) bool { return functionKey(keys[i]) && !functionKey(keys[j]) })
		if !slices.Equal(keys, act.keys) {
			m[act.name] = keys
		}
	}
	return m
}

func functionKey(k string) bool { return len(k) > 1 && k[0] == 'f' && k[1] >= '0' && k[1] <= '9' }

// sngrepKeys follows sngrep: F2 saves, F3 and F7 search and filter, F6 shows the
// message, F8 and F10 are settings. What these keys do here moves to letters.
func sngrepKeys() Keymap {
	return Keymap{
		"call.answer":    {"a"},
		"call.park":      {"p"},
		"call.hangup":    {"D"},
		"list.write":     {"f2", "w"},
		"history.write":  {"f2", "w"},
		"log.write":      {"f2", "w"},
		"ladder.write":   {"f2", "w"},
		"list.filter":    {"f7", "f3", "/"},
		"ladder.inspect": {"enter", "f6", "i"},
		"view.ladder":    {"enter", "e", "f9"},
		"view.settings":  {"f8", "f10", ","},
	}
}

// baresipKeys follows baresip's menu where nothing is lost by it: the peer is
// disconnected by E, for d dials.
func baresipKeys() Keymap {
	return Keymap{
		"call.dial":       {"d", "C"},
		"call.hangup":     {"b", "D", "f8"},
		"call.hold":       {"x", "o", "f5"},
		"call.disconnect": {"E"},
	}
}

// ErrKeymap is what every error of Keymap.Check is.
var ErrKeymap = errors.New("the keys do not fit together")

// Check reports every action name that does not exist and every key that would
// have two actions in one place; the error wraps ErrKeymap. An empty Keymap is
// always well.
func (m Keymap) Check() error {
	var problems []error
	known := make(map[string]bool)
	taken := make(map[string]string)
	for _, act := range m.bind(actions()) {
		known[act.name] = true
		for _, k := range act.bind.Keys() {
			for _, where := range act.where.all() {
				at := where.String() + " " + k
				if other := taken[at]; other != "" {
					problems = append(problems, fmt.Errorf("%w: %s is the key of %s and of %s", ErrKeymap, k, other, act.name))
					break
				}
				taken[at] = act.name
			}
		}
	}
	for _, name := range sortedNames(m) {
		if !known[name] {
			problems = append(problems, fmt.Errorf("%w: there is no action %s", ErrKeymap, name))
		}
		for _, k := range m[name] {
			if strings.TrimSpace(k) == "" && k != " " {
				problems = append(problems, fmt.Errorf("%w: %s has a key without a name", ErrKeymap, name))
			}
		}
	}
	return errors.Join(problems...)
}

func sortedNames(m Keymap) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// bind gives each action its keys.
func (m Keymap) bind(list []action) []action {
	for i := range list {
		act := &list[i]
		if keys, moved := m[act.name]; moved {
			act.keys = keys
		}
		keys := make([]string, len(act.keys))
		for j, k := range act.keys {
			keys[j] = typedKey(k)
		}
		act.bind = key.NewBinding(key.WithKeys(keys...), key.WithHelp(act.shown(), act.help))
	}
	return list
}

// typedKey is a key as Bubble Tea reports it.
func typedKey(k string) string {
	if k == "space" {
		return " "
	}
	return k
}

// shown is the key to tell people, empty when the action has none.
func (act *action) shown() string {
	if len(act.keys) == 0 {
		return ""
	}
	return act.keys[0]
}

// hits reports whether a key is one of an action's, for dialogs that the
// action's own key answers.
func (a *App) hits(name string, k tea.KeyMsg) bool {
	act := a.named(name)
	return act != nil && key.Matches(k, act.bind)
}

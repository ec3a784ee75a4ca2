package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// namedKeys are the keys that are not a character, as they are written.
var namedKeys = []string{
	"enter", "esc", "tab", "shift+tab", "space", "backspace", "delete", "insert", "home", "end", "pgup", "pgdown",
	"up", "down", "left", "right", "shift+up", "shift+down", "shift+left", "shift+right",
	"ctrl+up", "ctrl+down", "ctrl+left", "ctrl+right",
}

// read takes the key map. Names hold dots, so call.hangup = […] may stand with
// or without quotes.
func (k *Keys) read(s *section, with Keyboard) {
	k.Map = map[string][]string{}
	s.choice("preset", &k.Preset, sortedKeys(with.Presets)...)
	k.readUnder(s, "", with.Actions)
	k.checkClashes(s, with)
}

func (k *Keys) readUnder(s *section, prefix string, actions []Action) {
	for _, key := range sortedKeys(s.table) {
		name := prefix + key
		if name == "preset" {
			continue
		}
		if _, isTable := s.table[key].(map[string]any); isTable {
			if under, ok := s.sub(key); ok {
				k.readUnder(under, name+".", actions)
			}
			continue
		}
		if !slices.ContainsFunc(actions, func(a Action) bool { return a.Name == name }) {
			s.report(false, s.r.doc.keys, s.at(key), noAction(name, actions))
			continue
		}
		var keys Value[[]string]
		s.list(key, &keys, func(v string, before []string) error {
			if slices.Contains(before, v) {
				return fmt.Errorf("%q is listed twice", v)
			}
			return checkKey(v)
		})
		if keys.Given() {
			k.Map[name] = append([]string{}, keys.V...)
		}
	}
}

func noAction(name string, actions []Action) string {
	names := make([]string, 0, len(actions))
	for _, a := range actions {
		names = append(names, a.Name)
	}
	if near := Nearest(name, names); near != "" {
		return fmt.Sprintf("there is no action %q; did you mean %q?", name, near)
	}
	return fmt.Sprintf("there is no action %q: see cordpair keys --dump", name)
}

// checkKey accepts one character, a named key, f1 to f20, and ctrl+ or alt+
// with a character.
func checkKey(v string) error {
	bare := strings.TrimPrefix(v, "alt+")
	if c, ok := strings.CutPrefix(bare, "ctrl+"); ok && len(c) == 1 && strings.ContainsAny(c, `abcdefghijklmnopqrstuvwxyz@\]^_`) {
		return nil
	}
	if n, ok := strings.CutPrefix(bare, "f"); ok {
		if i, err := strconv.Atoi(n); err == nil && i >= 1 && i <= 20 {
			return nil
		}
	}
	if r, size := utf8.DecodeRuneInString(bare); size == len(bare) && size > 0 && r > ' ' && r != utf8.RuneError {
		return nil
	}
	if slices.Contains(namedKeys, bare) {
		return nil
	}
	text := fmt.Sprintf("%q is no key", v)
	if near := Nearest(bare, namedKeys); near != "" {
		return fmt.Errorf("%s; did you mean %q?", text, near)
	}
	return fmt.Errorf("%s: type a character, f1 to f20, ctrl+x, alt+x or one of %s", text, strings.Join(namedKeys[:12], ", "))
}

// keysOf is an action's keys by this map, and whether the map itself says so.
func (k *Keys) keysOf(a Action, with Keyboard) (keys []string, mine bool) {
	if keys, mine = k.Map[a.Name]; mine {
		return keys, true
	}
	if keys, moved := with.Presets[k.Preset.V][a.Name]; moved {
		return keys, false
	}
	return a.Keys, false
}

// meet reports whether two actions can be asked for in one place.
func meet(a, b Action) bool {
	return a.Where == b.Where || a.Where == AllScreens && b.Where != TheForm || b.Where == AllScreens && a.Where != TheForm
}

// checkClashes reports keys of this map that would do two things in one place.
func (k *Keys) checkClashes(s *section, with Keyboard) {
	for i, a := range with.Actions {
		keys, mine := k.keysOf(a, with)
		if !mine {
			continue
		}
		for j, b := range with.Actions {
			others, too := k.keysOf(b, with)
			if i == j || !meet(a, b) || too && j > i {
				continue // two lines of the file are told of once
			}
			for n, key := range keys {
				if !slices.Contains(others, key) {
					continue
				}
				path := append(s.pathTo(a.Name), strconv.Itoa(n))
				s.report(false, s.r.doc.spots, path, fmt.Sprintf("keys.%s: %q does %s too: move that to another key or choose one that is free", a.Name, key, b.Name))
			}
		}
	}
}

// pathTo is where an action stands in the file, quoted or not.
func (s *section) pathTo(action string) []string {
	quoted := s.at(action)
	if _, ok := s.r.doc.spots[pathOf(quoted...)]; ok {
		return quoted
	}
	return append(slices.Clone(s.path), strings.Split(action, ".")...)
}

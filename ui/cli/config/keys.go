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
func (k *Keys) read(s *section, actions []Action) {
	k.Map = map[string][]string{}
	k.readUnder(s, "", actions)
	k.checkClashes(s, actions)
}

func (k *Keys) readUnder(s *section, prefix string, actions []Action) {
	for _, key := range sortedKeys(s.table) {
		name := prefix + key
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
			k.Map[name] = keys.V
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

// checkClashes reports keys that would do two things in one place.
func (k *Keys) checkClashes(s *section, actions []Action) {
	type spot struct{ where, key string }
	taken := map[spot]string{}
	for _, a := range actions {
		keys, moved := k.Map[a.Name]
		if !moved {
			keys = a.Keys
		}
		for i, key := range keys {
			at := spot{a.Where, key}
			other, clash := taken[at]
			taken[at] = a.Name
			if !clash {
				continue
			}
			mine := a.Name
			if !moved {
				mine, other, i = other, a.Name, slices.Index(k.Map[other], key)
			}
			path := append(s.pathTo(mine), strconv.Itoa(max(i, 0)))
			s.report(false, s.r.doc.spots, path, fmt.Sprintf("keys.%s: %q does %s too: move that to another key or choose one that is free", mine, key, other))
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

package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Row is one setting for people to read. A secret's value is masked.
type Row struct {
	Key    string
	Value  string
	Origin Origin
}

// masked stands for a secret.
const masked = "********"

// reading is what sections share while one file is read.
type reading struct {
	doc      *document
	problems []Problem
	rows     []Row    // every value that was accepted
	kept     []Secret // those in the keyring
}

// section reads one table: each key that is asked for is known, all others are
// wrong.
type section struct {
	r     *reading
	path  []string
	table map[string]any
	known []string
}

func (s *section) at(key string) []string { return append(slices.Clone(s.path), key) }

// name is the path as people write it.
func (s *section) name(key string) string { return strings.Join(s.at(key), ".") }

func (s *section) origin(key string) Origin {
	p := s.r.doc.keys[pathOf(s.at(key)...)]
	return Origin{Layer: FromFile, Name: s.r.doc.name, Line: p.line, Col: p.col}
}

// wrong reports a value; more leads on to a part of it.
func (s *section) wrong(key string, more []string, format string, args ...any) {
	s.report(false, s.r.doc.spots, append(s.at(key), more...), s.name(key)+": "+fmt.Sprintf(format, args...))
}

func (s *section) warn(key, format string, args ...any) {
	s.report(true, s.r.doc.spots, s.at(key), s.name(key)+": "+fmt.Sprintf(format, args...))
}

func (s *section) report(warning bool, in map[string]place, path []string, text string) {
	p, ok := in[pathOf(path...)]
	for !ok && len(path) > 1 {
		path = path[:len(path)-1]
		p, ok = s.r.doc.spots[pathOf(path...)]
	}
	s.r.problems = append(s.r.problems, Problem{File: s.r.doc.name, Line: p.line, Col: p.col, Text: text, Warning: warning})
}

// take marks a key as known and tells its value, if there is one.
func (s *section) take(key string) (any, bool) {
	s.known = append(s.known, key)
	v, ok := s.table[key]
	return v, ok
}

func (s *section) accept(key, value string) Origin {
	o := s.origin(key)
	s.r.rows = append(s.r.rows, Row{Key: s.name(key), Value: value, Origin: o})
	return o
}

// text reads a string; check may be nil.
func (s *section) text(key string, into *Value[string], check func(string) error) {
	v, ok := s.take(key)
	if !ok {
		return
	}
	str, isText := v.(string)
	if !isText {
		s.wrong(key, nil, "must be text, type %s = %q", key, fmt.Sprint(v))
		return
	}
	if check != nil {
		if err := check(str); err != nil {
			s.wrong(key, nil, "%s", err)
			return
		}
	}
	into.Override(str, s.accept(key, str))
}

// filePath reads the path of a file or folder; see expand.
func (s *section) filePath(key string, into *Value[string]) {
	s.text(key, into, notEmpty)
	if into.Origin.Layer == FromFile {
		into.V = expand(into.V, s.r.doc.name)
	}
}

// choice reads one of several words.
func (s *section) choice(key string, into *Value[string], words ...string) {
	s.text(key, into, func(v string) error { return oneOf(v, words) })
}

func oneOf(v string, words []string) error {
	if slices.Contains(words, v) {
		return nil
	}
	return fmt.Errorf("%q is none of %s", v, strings.Join(words, ", "))
}

func (s *section) flag(key string, into *Value[bool]) {
	v, ok := s.take(key)
	if !ok {
		return
	}
	b, isBool := v.(bool)
	if !isBool {
		s.wrong(key, nil, "must be true or false, without quotes")
		return
	}
	into.Override(b, s.accept(key, strconv.FormatBool(b)))
}

// number reads a whole number from least to most.
func (s *section) number(key string, into *Value[int64], least, most int64) {
	v, ok := s.take(key)
	if !ok {
		return
	}
	n, isInt := v.(int64)
	if !isInt || n < least || n > most {
		s.wrong(key, nil, "must be a whole number from %d to %d, without quotes", least, most)
		return
	}
	into.Override(n, s.accept(key, strconv.FormatInt(n, 10)))
}

// duration reads a length of time, more than none.
func (s *section) duration(key string, into *Value[time.Duration], most time.Duration) {
	s.length(key, into, 1, most)
}

// length reads a length of time: a text with a unit, or seconds.
func (s *section) length(key string, into *Value[time.Duration], least, most time.Duration) {
	v, ok := s.take(key)
	if !ok {
		return
	}
	d, err := durationOf(v)
	switch {
	case err != nil:
		s.wrong(key, nil, "%s", err)
	case d < least && least > 0:
		s.wrong(key, nil, "must be more than 0")
	case d < 0 || d > most:
		s.wrong(key, nil, "must be at most %s, and not negative", most)
	default:
		into.Override(d, s.accept(key, d.String()))
	}
}

func durationOf(v any) (time.Duration, error) {
	switch v := v.(type) {
	case int64:
		if v > math.MaxInt32 || v < 0 {
			return 0, fmt.Errorf("%d s is no length of time that makes sense", v)
		}
		return time.Duration(v) * time.Second, nil
	case string:
		if d, err := time.ParseDuration(v); err == nil {
			return d, nil
		}
	}
	return 0, fmt.Errorf(`must be a length of time, type for example "30s" or "2m"`)
}

// list reads texts; a single text is a list of one. check is told those before
// it too, and may be nil.
func (s *section) list(key string, into *Value[[]string], check func(v string, before []string) error) {
	v, ok := s.take(key)
	if !ok {
		return
	}
	items, isList := v.([]any)
	if one, isText := v.(string); isText {
		items, isList = []any{one}, true
	}
	if !isList {
		s.wrong(key, nil, `must be a list of texts, type %s = ["…", "…"]`, key)
		return
	}
	var all []string
	for i, item := range items {
		str, isText := item.(string)
		var err error
		if !isText {
			err = fmt.Errorf("each must be text, in quotes")
		} else if check != nil {
			err = check(str, all)
		}
		if err != nil {
			s.wrong(key, []string{strconv.Itoa(i)}, "%s", err)
			return
		}
		all = append(all, str)
	}
	into.Override(all, s.accept(key, strings.Join(all, ", ")))
}

// sub is the table under a key, if there is one.
func (s *section) sub(key string) (*section, bool) {
	v, ok := s.take(key)
	if !ok {
		return nil, false
	}
	t, isTable := v.(map[string]any)
	if !isTable {
		s.wrong(key, nil, "must be a table, type [%s] on a line of its own", s.name(key))
		return nil, false
	}
	return &section{r: s.r, path: s.at(key), table: t}, true
}

// each reads the tables under a key by name, in order of their names.
func (s *section) each(key string, read func(name string, of *section)) {
	under, ok := s.sub(key)
	if !ok {
		return
	}
	for _, name := range sortedKeys(under.table) {
		if of, ok := under.sub(name); ok {
			read(name, of)
			of.done()
		}
	}
}

// done reports the keys that nobody asked for.
func (s *section) done() {
	for _, key := range sortedKeys(s.table) {
		if slices.Contains(s.known, key) {
			continue
		}
		text := fmt.Sprintf("there is no setting %q", s.name(key))
		if near := Nearest(key, s.known); near != "" {
			text += fmt.Sprintf("; did you mean %q?", near)
		} else {
			text += ": known here are " + strings.Join(s.known, ", ")
		}
		s.report(false, s.r.doc.keys, s.at(key), text)
	}
}

package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// maxFile bounds what is read: a configuration is written by hand.
const maxFile = 1 << 20

// place is where something stands in the file, from 1.
type place struct{ line, col int }

// document is a parsed file: the values, and for each path the place of its
// key and of its value.
type document struct {
	name   string
	values map[string]any
	keys   map[string]place
	spots  map[string]place
}

// pathOf joins the parts of a path. Keys can hold any character, so the parts
// are parted by one that TOML forbids.
func pathOf(parts ...string) string { return strings.Join(parts, "\x00") }

// parse reads the text. A syntax error comes with its place.
func parse(name string, data []byte) (*document, *Problem) {
	if len(data) > maxFile {
		return nil, &Problem{File: name, Text: fmt.Sprintf("longer than %d KiB: this is no configuration file", maxFile>>10)}
	}
	d := &document{name: name, keys: map[string]place{}, spots: map[string]place{}}
	if err := toml.Unmarshal(data, &d.values); err != nil {
		p := &Problem{File: name, Text: strings.TrimPrefix(err.Error(), "toml: ")}
		var syntax *toml.DecodeError
		if errors.As(err, &syntax) {
			p.Line, p.Col = syntax.Position()
		}
		return nil, p
	}
	l := locator{doc: d, data: data}
	l.walk()
	return d, nil
}

// locator finds the places of keys and values of a text that is known to be
// good.
type locator struct {
	doc    *document
	data   []byte
	parser unstable.Parser
	table  []string       // the table that key-values belong to
	counts map[string]int // of array tables seen
}

func (l *locator) walk() {
	l.counts = map[string]int{}
	l.parser.Reset(l.data)
	for l.parser.NextExpression() {
		switch n := l.parser.Expression(); n.Kind {
		case unstable.Table, unstable.ArrayTable:
			l.enter(n)
		case unstable.KeyValue:
			l.keyValue(l.table, n)
		}
	}
}

// enter notes a table's header; each [[header]] is one more element.
func (l *locator) enter(n *unstable.Node) {
	l.table = nil
	for it := n.Key(); it.Next(); {
		l.table = append(l.table, string(it.Node().Data))
		path := pathOf(l.table...)
		l.note(l.doc.keys, path, it.Node())
		l.note(l.doc.spots, path, it.Node())
		last := it.IsLast()
		if n.Kind == unstable.ArrayTable && last {
			l.counts[path]++
		}
		if c := l.counts[path]; c > 0 {
			l.table = append(l.table, fmt.Sprint(c-1))
			l.note(l.doc.spots, pathOf(l.table...), it.Node())
		}
	}
}

func (l *locator) keyValue(under []string, n *unstable.Node) {
	path := append([]string(nil), under...)
	var last *unstable.Node
	for it := n.Key(); it.Next(); {
		last = it.Node()
		path = append(path, string(last.Data))
		l.note(l.doc.keys, pathOf(path...), last)
	}
	l.value(path, n.Value(), last)
}

// value notes where a value begins; one without a place of its own has that of
// its key.
func (l *locator) value(path []string, n, key *unstable.Node) {
	at := key
	if n.Raw.Length > 0 {
		at = n
	}
	l.note(l.doc.spots, pathOf(path...), at)
	switch n.Kind {
	case unstable.Array:
		i := 0
		for it := n.Children(); it.Next(); i++ {
			l.value(append(append([]string(nil), path...), fmt.Sprint(i)), it.Node(), at)
		}
	case unstable.InlineTable:
		for it := n.Children(); it.Next(); {
			l.keyValue(path, it.Node())
		}
	}
}

// note keeps the first place of a path.
func (l *locator) note(in map[string]place, path string, n *unstable.Node) {
	if _, known := in[path]; known {
		return
	}
	before := l.data[:min(int(n.Raw.Offset), len(l.data))]
	in[path] = place{
		line: 1 + bytes.Count(before, []byte("\n")),
		col:  len(before) - bytes.LastIndexByte(before, '\n'),
	}
}

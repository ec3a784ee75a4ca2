package model

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// value is what a piece of JavaScript, JSON or Python says, as far as data goes:
// a string, float64, bool, nil, []value, object or call.
type value any

type object []member

type member struct {
	name  string
	value value
}

// get finds a member by any of its names.
func (o object) get(names ...string) value {
	for _, m := range o {
		for _, n := range names {
			if m.name == n {
				return m.value
			}
		}
	}
	return nil
}

// invocation is a chain such as new Voice.Playlist().add(...): every call in it
// by the last word of its name.
type invocation []call

type call struct {
	name string
	args []value
}

// deepest is how far values may be nested: what is deeper is no connect.
const deepest = 32

var errSnippet = errors.New("this is no connect")

// reader reads values from a program's text: trailing commas, comments, bare
// names and single quotes are all fine.
type reader struct {
	s     string
	depth int
}

func (r *reader) skip() {
	for {
		r.s = strings.TrimLeftFunc(r.s, unicode.IsSpace)
		end := ""
		switch {
		case strings.HasPrefix(r.s, "//"), strings.HasPrefix(r.s, "#"):
			end = "\n"
		case strings.HasPrefix(r.s, "/*"):
			end = "*/"
		default:
			return
		}
		_, rest, _ := strings.Cut(r.s[1:], end)
		r.s = rest
	}
}

// take consumes a sign, when it comes next.
func (r *reader) take(sign string) bool {
	r.skip()
	rest, found := strings.CutPrefix(r.s, sign)
	if found {
		r.s = rest
	}
	return found
}

func (r *reader) value() (value, error) {
	if r.depth++; r.depth > deepest {
		return nil, fmt.Errorf("%w: it is nested too deeply", errSnippet)
	}
	defer func() { r.depth-- }()
	r.skip()
	if r.s == "" {
		return nil, fmt.Errorf("%w: it ends in the middle", errSnippet)
	}
	switch c := r.s[0]; {
	case c == '{':
		return r.object()
	case c == '[':
		r.s = r.s[1:]
		return r.list("]")
	case c == '(':
		r.s = r.s[1:]
		return r.list(")")
	case c == '"' || c == '\'' || c == '`':
		return r.text()
	case c == '-' || c == '.' || c >= '0' && c <= '9':
		return r.number()
	}
	return r.name()
}

func (r *reader) object() (value, error) {
	o := object{}
	r.take("{")
	for !r.take("}") {
		name, err := r.key()
		if err != nil {
			return nil, err
		}
		v := value(nil)
		if r.take(":") || r.take("=") {
			if v, err = r.value(); err != nil {
				return nil, err
			}
		}
		o = append(o, member{name, v})
		if !r.take(",") && !strings.HasPrefix(r.s, "}") {
			return nil, fmt.Errorf("%w: no comma after %s", errSnippet, Clean(name))
		}
	}
	return o, nil
}

func (r *reader) key() (string, error) {
	r.skip()
	if r.s != "" && strings.ContainsRune("\"'`", rune(r.s[0])) {
		v, err := r.text()
		s, _ := v.(string)
		return s, err
	}
	word := r.word()
	if word == "" {
		return "", fmt.Errorf("%w: a name is missing", errSnippet)
	}
	return word, nil
}

// list reads up to its end; its beginning has been read.
func (r *reader) list(end string) (value, error) {
	list := []value{}
	for !r.take(end) {
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		if r.take("=") { // a named argument of Python
			named, err := r.value()
			if err != nil {
				return nil, err
			}
			word, _ := v.(string)
			v = object{{word, named}}
		}
		list = append(list, v)
		if !r.take(",") && !strings.HasPrefix(r.s, end) {
			return nil, fmt.Errorf("%w: no comma in a list", errSnippet)
		}
	}
	return list, nil
}

func (r *reader) text() (value, error) {
	quote := r.s[0]
	var b strings.Builder
	for i := 1; i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == quote:
			r.s = r.s[i+1:]
			return b.String(), nil
		case c == '\n' && quote != '`':
			return nil, fmt.Errorf("%w: a text is not closed", errSnippet)
		case c == '\\' && i+1 < len(r.s):
			n := escape(&b, r.s[i+1:])
			i += n
		default:
			b.WriteByte(c)
		}
	}
	return nil, fmt.Errorf("%w: a text is not closed", errSnippet)
}

// escape writes what stands after a backslash and returns how many bytes it
// took.
func escape(b *strings.Builder, s string) int {
	digits := map[byte]int{'u': 4, 'x': 2}[s[0]]
	if digits > 0 && len(s) > digits {
		if n, err := strconv.ParseUint(s[1:1+digits], 16, 32); err == nil {
			b.WriteRune(rune(n))
			return 1 + digits
		}
	}
	switch s[0] {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	default:
		char, n := utf8.DecodeRuneInString(s)
		b.WriteRune(char)
		return n
	}
	return 1
}

func (r *reader) number() (value, error) {
	n := strings.IndexFunc(r.s, func(c rune) bool { return !strings.ContainsRune("+-.eE_0123456789", c) })
	if n < 0 {
		n = len(r.s)
	}
	word := strings.ReplaceAll(r.s[:n], "_", "")
	f, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: %.20q is no number", errSnippet, word)
	}
	r.s = r.s[n:]
	return f, nil
}

func (r *reader) word() string {
	n := strings.IndexFunc(r.s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != '$' && c != '-'
	})
	if n < 0 {
		n = len(r.s)
	}
	word := r.s[:n]
	r.s = r.s[n:]
	return word
}

// name reads true, null, a variable, or a chain of calls.
func (r *reader) name() (value, error) {
	var chain invocation
	last := ""
	for {
		r.skip()
		word := r.word()
		switch {
		case word == "new" || word == "await":
			continue
		case word == "" && last == "":
			return nil, fmt.Errorf("%w: %.10q is not understood", errSnippet, r.s)
		}
		last = word
		for r.take("(") {
			args, err := r.list(")")
			if err != nil {
				return nil, err
			}
			chain = append(chain, call{last, args.([]value)})
		}
		if !r.take(".") {
			break
		}
	}
	if chain != nil {
		return chain, nil
	}
	switch strings.ToLower(last) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null", "none", "undefined":
		return nil, nil
	}
	return last, nil // a variable: its name stands for it
}

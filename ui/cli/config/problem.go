package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrInvalid is wrapped by the error of a file that cannot be used.
var ErrInvalid = errors.New("the configuration file has errors")

// Problem is one thing wrong in a file, with what to type instead.
type Problem struct {
	File      string
	Line, Col int // from 1; 0 when it is about the whole file
	Text      string
	Warning   bool // the file can be used all the same
}

// String is "config.toml:3:9: text", as compilers write it and editors read
// it.
func (p Problem) String() string {
	at := p.File
	if p.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
	}
	if p.Warning {
		return at + ": warning: " + p.Text
	}
	return at + ": " + p.Text
}

// Error is every problem of a file, in its order. It matches [ErrInvalid].
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

func (e *Error) Unwrap() error { return ErrInvalid }

// split parts the problems into warnings and an error, nil without errors.
func split(all []Problem) ([]Problem, error) {
	slices.SortStableFunc(all, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	var wrong, warn []Problem
	for _, p := range all {
		if p.Warning {
			warn = append(warn, p)
		} else {
			wrong = append(wrong, p)
		}
	}
	if len(wrong) > 0 {
		return warn, &Error{Problems: wrong}
	}
	return warn, nil
}

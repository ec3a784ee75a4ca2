package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// ground is the terminal's own colours.
type ground struct{ fore, back string }

var (
	dark = ground{fore: "#d4d4d4", back: "#16181d"}
	pale = ground{fore: "#1e1e1e", back: "#ffffff"}
)

// look is how a run of cells is drawn; empty colours are the ground's.
type look struct {
	fore, back                     string
	bold, faint, italic, underline bool
	reverse                        bool
}

// colours resolves what is drawn, reverse video included.
func (l look) colours(g ground) (fore, back string) {
	fore, back = l.fore, l.back
	if fore == "" {
		fore = g.fore
	}
	if l.reverse {
		if back == "" {
			back = g.back
		}
		return back, fore
	}
	return fore, back
}

// run is text of one look that begins at a column.
type run struct {
	col, cells int
	text       string
	look       look
}

// parse splits a captured line into runs; the look carries over lines, as tmux
// writes it.
func parse(line string, now *look) []run {
	var runs []run
	col := 0
	for len(line) > 0 {
		if strings.HasPrefix(line, "\x1b[") {
			end := strings.IndexFunc(line[2:], func(r rune) bool { return r >= '@' && r <= '~' })
			if end < 0 {
				break
			}
			if line[2+end] == 'm' {
				now.apply(line[2 : 2+end])
			}
			line = line[3+end:]
			continue
		}
		text := line
		if i := strings.IndexByte(line, '\x1b'); i == 0 {
			line = line[1:]
			continue
		} else if i > 0 {
			text = line[:i]
		}
		cells := ansi.StringWidth(text)
		runs = append(runs, run{col: col, cells: cells, text: text, look: *now})
		col += cells
		line = line[len(text):]
	}
	return runs
}

// apply folds one SGR sequence.
func (l *look) apply(params string) {
	codes := strings.FieldsFunc(params, func(r rune) bool { return r == ';' || r == ':' })
	if len(codes) == 0 {
		*l = look{}
	}
	for i := 0; i < len(codes); i++ {
		n, err := strconv.Atoi(codes[i])
		if err != nil {
			continue
		}
		switch {
		case n == 0:
			*l = look{}
		case n == 38 || n == 48:
			colour, used := extended(codes[i+1:])
			i += used
			if n == 38 {
				l.fore = colour
			} else {
				l.back = colour
			}
		default:
			l.simple(n)
		}
	}
}

func (l *look) simple(n int) {
	switch {
	case n == 1:
		l.bold = true
	case n == 2:
		l.faint = true
	case n == 3:
		l.italic = true
	case n == 4:
		l.underline = true
	case n == 7:
		l.reverse = true
	case n == 22:
		l.bold, l.faint = false, false
	case n == 23:
		l.italic = false
	case n == 24:
		l.underline = false
	case n == 27:
		l.reverse = false
	case n >= 30 && n <= 37:
		l.fore = palette(n - 30)
	case n == 39:
		l.fore = ""
	case n >= 40 && n <= 47:
		l.back = palette(n - 40)
	case n == 49:
		l.back = ""
	case n >= 90 && n <= 97:
		l.fore = palette(n - 90 + 8)
	case n >= 100 && n <= 107:
		l.back = palette(n - 100 + 8)
	}
}

// extended reads what follows 38 or 48: 5;n or 2;r;g;b.
func extended(codes []string) (colour string, used int) {
	number := func(i int) int {
		if i >= len(codes) {
			return 0
		}
		n, _ := strconv.Atoi(codes[i])
		return n & 255
	}
	switch number(0) {
	case 5:
		return palette(number(1)), 2
	case 2:
		return fmt.Sprintf("#%02x%02x%02x", number(1), number(2), number(3)), 4
	}
	return "", 0
}

var basic = [16]string{"#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5",
	"#666666", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff"}

// palette is the colour of one of the 256 indices.
func palette(n int) string {
	switch {
	case n < 16:
		return basic[n]
	case n < 232:
		level := func(v int) int {
			if v == 0 {
				return 0
			}
			return 55 + 40*v
		}
		n -= 16
		return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6))
	}
	grey := 8 + 10*(n-232)
	return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
}

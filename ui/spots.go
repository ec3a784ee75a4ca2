package ui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cordpair/theme"
)

// spot is a place on the screen that the mouse can act on. It says what is
// there, never where: that is found in the screen as it was drawn.
type spot struct {
	kind  spotKind
	n     int
	id    string
	depth int // how many overlays lay on the screen when it was drawn
}

type spotKind uint8

const (
	spotTab   spotKind = iota + 1 // n: a numbered screen
	spotKey                       // id: a key that the screen names
	spotPane                      // n: a pane of the Calls screen
	spotRow                       // id: a row, by its key
	spotHead                      // n: a column that rows can be sorted by
	spotBox                       // the overlay, where nothing of it is
	spotLine                      // n: a line of an overlay
	spotField                     // n: a field of a form
	spotSlot                      // n: a slot of the field
	spotWord                      // n: a word that the field offers
	spotOffer                     // n: a suggestion
)

// A spot is marked in the text that it stands on: a sequence of our own opens
// it, another closes the innermost. They take no cell, survive cutting and
// joining as colours do, and are taken out before the terminal gets the screen.
// What comes from the wire cannot forge one, for it is cleaned of escapes.
const (
	spotOpen  = "\x1b[="
	spotFinal = "z"
	spotClose = spotOpen + "0" + spotFinal
)

// spots are the places of the screen that was drawn last.
type spots struct {
	list   []spot
	lines  []string // with the marks in them
	depth  int      // of what is drawn now
	hidden bool     // the mouse is off: nothing is marked
}

// begin forgets the screen before.
func (s *spots) begin() { s.list, s.depth = s.list[:0], 0 }

// open is the mark before a spot's text, empty while the mouse is off.
func (s *spots) open(p spot) string {
	if s.hidden {
		return ""
	}
	p.depth = s.depth
	s.list = append(s.list, p)
	return spotOpen + strconv.Itoa(len(s.list)) + spotFinal
}

// close is the mark after a spot's text.
func (s *spots) close() string {
	if s.hidden {
		return ""
	}
	return spotClose
}

// end keeps the marked lines and returns the screen without its marks.
func (s *spots) end(lines []string) string {
	screen := strings.Join(lines, "\n")
	if s.hidden {
		return screen
	}
	s.lines = lines
	var b strings.Builder
	b.Grow(len(screen))
	for {
		i := strings.Index(screen, spotOpen)
		if i < 0 {
			break
		}
		b.WriteString(screen[:i])
		screen = screen[i+strings.IndexByte(screen[i:], spotFinal[0])+1:]
	}
	b.WriteString(screen)
	return b.String()
}

// found is a spot under a cell, and how far from its left edge the cell is.
type found struct {
	spot
	dx int
}

// at finds the spots of a cell, the outermost first.
func (s *spots) at(x, y int) []found {
	if y < 0 || y >= len(s.lines) || s.hidden {
		return nil
	}
	var stack []found
	col, state := 0, byte(0)
	for rest := s.lines[y]; rest != ""; {
		seq, width, n, next := ansi.DecodeSequence(rest, state, nil)
		rest, state = rest[n:], next
		switch {
		case width > 0 && x < col+width:
			for i := range stack {
				stack[i].dx = x - stack[i].dx
			}
			return stack
		case width > 0:
			col += width
		case seq == spotClose:
			stack = stack[:max(0, len(stack)-1)]
		case strings.HasPrefix(seq, spotOpen):
			if i, err := strconv.Atoi(seq[len(spotOpen) : len(seq)-1]); err == nil && i <= len(s.list) {
				stack = append(stack, found{s.list[i-1], col})
			}
		}
	}
	return nil
}

// hot makes a text a spot.
func (a *App) hot(p spot, text string) string {
	return a.pointer.spots.open(p) + text + a.pointer.spots.close()
}

// hotPaint makes what is painted with a paint a spot.
func (a *App) hotPaint(p spot, paint theme.Paint) theme.Paint {
	return theme.Paint{Open: a.pointer.spots.open(p) + paint.Open, Close: paint.Close + a.pointer.spots.close()}
}

// hotLines makes each line of a block a spot.
func (a *App) hotLines(p spot, block []string) []string {
	for i := range block {
		block[i] = a.hot(p, block[i])
	}
	return block
}

// hotSpans makes pieces of text one spot.
func (a *App) hotSpans(p spot, list ...span) []span {
	last := len(list) - 1
	list[0].p.Open = a.pointer.spots.open(p) + list[0].p.Open
	list[last].p.Close += a.pointer.spots.close()
	return list
}

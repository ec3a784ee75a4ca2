package theme

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Role is what a text is.
type Role uint8

// The roles.
const (
	Text   Role = iota // words
	Strong             // words that lead
	Muted              // labels, hints, what is over
	Faint              // lines of boxes, separators: never words
	Accent             // focus, links to a key
	Title              // titles
	Good
	Warn // needs somebody: ringing
	Bad
	Info
	OnFill // words on Fill, WarnFill, BadFill
	roleCount
)

// Ground is what a text stands on.
type Ground uint8

// The grounds.
const (
	Page     Ground = iota // the terminal's own background
	Bar                    // status line, key bar
	Selected               // the selected row
	Field                  // a text field
	Focus                  // the text field that has the keyboard
	Fill                   // a badge
	WarnFill               // a badge that warns
	BadFill                // a banner of something broken
	groundCount
)

// Paint is the bytes before and after a text. The zero Paint paints nothing.
type Paint struct{ Open, Close string }

// Render paints a text.
func (p Paint) Render(s string) string {
	if p.Open == "" || s == "" {
		return s
	}
	return p.Open + s + p.Close
}

// Styles is a Theme rendered for one terminal.
type Styles struct {
	Glyphs
	paints [groundCount][roleCount]Paint
	cursor Paint
	print  Paint
}

// On returns the paint of a role on a ground.
func (s *Styles) On(g Ground, r Role) Paint { return s.paints[g][r] }

// Of returns the paint of a role on the page.
func (s *Styles) Of(r Role) Paint { return s.paints[Page][r] }

// Cursor paints the character under the cursor.
func (s *Styles) Cursor() Paint { return s.cursor }

// Print is black on white in every theme, for what a camera reads; it paints
// nothing where there are no colours.
func (s *Styles) Print() Paint { return s.print }

// Styles renders the theme for a renderer, which fixes the colour profile.
func (t Theme) Styles(r *lipgloss.Renderer) *Styles {
	s := &Styles{Glyphs: glyphs(t.ASCII)}
	for g := range groundCount {
		for role := range roleCount {
			style := t.ground(r.NewStyle(), g)
			s.paints[g][role] = paint(t.role(style, role, g))
		}
	}
	s.cursor = paint(r.NewStyle().Reverse(true))
	if !t.NoColor {
		s.print = paint(r.NewStyle().Foreground(Ink{"#000000", "0"}.color()).Background(Ink{"#ffffff", "15"}.color()))
	}
	return s
}

func (t Theme) ground(s lipgloss.Style, g Ground) lipgloss.Style {
	if t.NoColor {
		switch g {
		case Selected, Fill, WarnFill:
			return s.Reverse(true)
		case BadFill:
			return s.Reverse(true).Bold(true)
		case Field:
			return s.Underline(true)
		case Focus:
			return s.Underline(true).Bold(true)
		}
		return s
	}
	if ink := t.Palette.ground(g); ink != (Ink{}) {
		return s.Background(ink.color())
	}
	return s
}

// ground is what a text stands on; the zero Ink is the terminal's own.
func (p *Palette) ground(g Ground) Ink {
	return [groundCount]Ink{
		Bar: p.Bar, Selected: p.Selected, Field: p.Field, Focus: p.Focus,
		Fill: p.Accent, WarnFill: p.Warn, BadFill: p.Bad,
	}[g]
}

// ink is what a role is written with; the zero Ink is the terminal's own.
func (p *Palette) ink(r Role) Ink {
	return [roleCount]Ink{
		Text: p.Text, Strong: p.Text, Muted: p.Muted, Faint: p.Faint, Accent: p.Accent, Title: p.Accent,
		Good: p.Good, Warn: p.Warn, Bad: p.Bad, Info: p.Info, OnFill: p.OnFill,
	}[r]
}

func (t Theme) role(s lipgloss.Style, r Role, g Ground) lipgloss.Style {
	switch r {
	case Strong, Title, Warn, Bad, OnFill:
		s = s.Bold(true)
	}
	if t.NoColor {
		if r == Faint || r == Muted && (g == Page || g == Bar || g == Field) {
			s = s.Faint(true)
		}
		return s
	}
	ink := t.Palette.ink(r)
	if ink == (Ink{}) {
		return s
	}
	if r != Faint { // lines of boxes are no words
		ink = t.Palette.readable(ink, t.Palette.ground(g))
	}
	return s.Foreground(ink.color())
}

// paint renders a mark and keeps what lipgloss put around it.
func paint(s lipgloss.Style) Paint {
	open, closing, found := strings.Cut(s.Render("x"), "x")
	if !found {
		return Paint{}
	}
	return Paint{Open: open, Close: closing}
}

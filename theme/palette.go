package theme

import "github.com/charmbracelet/lipgloss"

// Ink is one colour: as RGB for terminals that can show it, and as one of the
// sixteen that every colour terminal has. The zero Ink is the terminal's own.
type Ink struct {
	Hex  string // #rrggbb
	ANSI string // 0 to 15
}

// color is what lipgloss paints with; 256-colour terminals get the nearest.
func (i Ink) color() lipgloss.TerminalColor {
	if i == (Ink{}) {
		return lipgloss.NoColor{}
	}
	return lipgloss.CompleteColor{TrueColor: i.Hex, ANSI256: i.Hex, ANSI: i.ANSI}
}

// Palette is all that makes a theme. Grounds lists the terminal backgrounds
// that it is meant for; the first is the one assumed.
type Palette struct {
	Grounds []string // #rrggbb

	Text, Muted, Faint          Ink // words, secondary words, lines of boxes
	Accent, Good, Warn, Bad     Ink // focus, well, needs somebody, failed
	Info                        Ink // neutral marks: directions, codecs
	Bar, Selected, Field, Focus Ink // grounds: bars, selected row, text fields
	OnFill                      Ink // words on a ground of Accent, Warn or Bad
}

var (
	// inks that more than one palette uses are not shared on purpose: a theme
	// must be readable as one literal.
	dark = Palette{
		Grounds: []string{"#16181d", "#000000", "#1e1e2e", "#282c34"},
		Text:    Ink{"#dfe3ea", "7"}, Muted: Ink{"#9aa5b8", "7"}, Faint: Ink{"#4a5263", "8"},
		Accent: Ink{"#8ab4f8", "14"}, Good: Ink{"#9fd68a", "10"}, Warn: Ink{"#f0c674", "11"}, Bad: Ink{"#ff8f8f", "9"},
		Info: Ink{"#7fd4d4", "6"},
		Bar:  Ink{"#242933", "0"}, Selected: Ink{"#2b3a55", "4"}, Field: Ink{"#242933", "0"}, Focus: Ink{"#2b3a55", "4"},
		OnFill: Ink{"#12141a", "0"},
	}
	light = Palette{
		Grounds: []string{"#ffffff", "#fafafa", "#fdf6e3"},
		Text:    Ink{"#1f2328", "0"}, Muted: Ink{"#4f5864", "0"}, Faint: Ink{"#b4bcc6", "7"},
		Accent: Ink{"#0a4fb0", "4"}, Good: Ink{"#0f5d22", "2"}, Warn: Ink{"#744600", "3"}, Bad: Ink{"#ab1f17", "1"},
		Info: Ink{"#05595f", "6"},
		Bar:  Ink{"#e9edf2", "7"}, Selected: Ink{"#d3e4fb", "7"}, Field: Ink{"#e9edf2", "7"}, Focus: Ink{"#d3e4fb", "7"},
		OnFill: Ink{"#ffffff", "15"},
	}
	contrastDark = Palette{
		Grounds: []string{"#000000", "#16181d", "#282c34"},
		Text:    Ink{"#ffffff", "15"}, Muted: Ink{"#e0e0e0", "15"}, Faint: Ink{"#a8a8a8", "7"},
		Accent: Ink{"#5fd7ff", "14"}, Good: Ink{"#5fff5f", "10"}, Warn: Ink{"#ffff5f", "11"}, Bad: Ink{"#ffa0a0", "9"},
		Info: Ink{"#87ffff", "14"},
		Bar:  Ink{"#1c1c1c", "0"}, Selected: Ink{"#00427a", "4"}, Field: Ink{"#1c1c1c", "0"}, Focus: Ink{"#00427a", "4"},
		OnFill: Ink{"#000000", "0"},
	}
	contrastLight = Palette{
		Grounds: []string{"#ffffff", "#fdf6e3"},
		Text:    Ink{"#000000", "0"}, Muted: Ink{"#262626", "0"}, Faint: Ink{"#626262", "8"},
		Accent: Ink{"#00369c", "4"}, Good: Ink{"#00450f", "2"}, Warn: Ink{"#553000", "3"}, Bad: Ink{"#8a0000", "1"},
		Info: Ink{"#00404a", "6"},
		Bar:  Ink{"#e4e4e4", "7"}, Selected: Ink{"#c6ddff", "7"}, Field: Ink{"#e4e4e4", "7"}, Focus: Ink{"#c6ddff", "7"},
		OnFill: Ink{"#ffffff", "15"},
	}
)

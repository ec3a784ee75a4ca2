package theme

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The names of the themes. Auto is Dark or Light by the terminal's background.
const (
	Auto     = "auto"
	Dark     = "dark"
	Light    = "light"
	Contrast = "contrast"
	None     = "none"
)

// ErrUnknown is wrapped by Pick's error.
var ErrUnknown = errors.New("no such theme")

// Names lists the themes in the order in which a menu offers them.
func Names() []string { return []string{Auto, Dark, Light, Contrast, None} }

// Theme is a chosen theme. The zero Theme is plain text without colour.
type Theme struct {
	Name    string // as asked for, such as auto
	IsDark  bool   // the terminal's background
	NoColor bool   // NO_COLOR: emphasis by bold, reverse and underline only
	ASCII   bool   // boxes and signs from ASCII only
	Palette Palette
}

// Pick chooses a theme by name; an empty name is Auto. With noColor every name
// gives None. The error wraps ErrUnknown and lists the names.
func Pick(name string, darkBackground, noColor bool) (Theme, error) {
	if name == "" {
		name = Auto
	}
	if !slices.Contains(Names(), name) {
		return Theme{}, fmt.Errorf("%w: %q, choose one of %s", ErrUnknown, name, strings.Join(Names(), ", "))
	}
	t := Theme{Name: name, IsDark: darkBackground, NoColor: noColor || name == None}
	if !t.NoColor {
		t.Palette = palette(name, darkBackground)
	}
	return t, nil
}

// With is the same terminal with another theme; an unknown name changes
// nothing. A terminal without colour stays without.
func (t Theme) With(name string) Theme {
	next, err := Pick(name, t.IsDark, t.NoColor && t.Name != None)
	if err != nil {
		return t
	}
	next.ASCII = t.ASCII
	return next
}

func palette(name string, isDark bool) Palette {
	switch {
	case name == Contrast && isDark:
		return contrastDark
	case name == Contrast:
		return contrastLight
	case name == Dark, name == Auto && isDark:
		return dark
	}
	return light
}

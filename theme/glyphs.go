package theme

// Glyphs are the signs that a screen draws with; each is one cell wide.
type Glyphs struct {
	TopLeft, TopRight, BottomLeft, BottomRight string
	Horizontal, Vertical, TeeLeft, TeeRight    string
	Double                                     string // a horizontal line of another kind

	Ellipsis string // text was cut here
	Marker   string // the selected row
	Dot      string // a state
	Hollow   string // a state that is off
	Sep      string // between words of a line
	In, Out  string // directions
	Check    string
	Note     string // there is a note to read
	Cross    string
	Up, Down string
}

func glyphs(ascii bool) Glyphs {
	if ascii {
		return Glyphs{
			TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
			Horizontal: "-", Vertical: "|", TeeLeft: "+", TeeRight: "+", Double: "=",
			Ellipsis: "~", Marker: ">", Dot: "*", Hollow: "o", Sep: "|", In: "<", Out: ">",
			Check: "x", Note: "n", Cross: "!", Up: "^", Down: "v",
		}
	}
	return Glyphs{
		TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯",
		Horizontal: "─", Vertical: "│", TeeLeft: "├", TeeRight: "┤", Double: "═",
		Ellipsis: "…", Marker: "▌", Dot: "●", Hollow: "○", Sep: "·", In: "←", Out: "→",
		Check: "✓", Note: "≡", Cross: "✗", Up: "↑", Down: "↓",
	}
}

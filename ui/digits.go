package ui

import (
	"strings"

	"cordpair/theme"
)

// bigDigits are characters of five lines, three dots wide.
var bigDigits = map[rune][5]string{
	'0': {"###", "# #", "# #", "# #", "###"},
	'1': {" # ", "## ", " # ", " # ", "###"},
	'2': {"###", "  #", "###", "#  ", "###"},
	'3': {"###", "  #", "###", "  #", "###"},
	'4': {"# #", "# #", "###", "  #", "  #"},
	'5': {"###", "#  ", "###", "  #", "###"},
	'6': {"###", "#  ", "###", "# #", "###"},
	'7': {"###", "  #", "  #", "  #", "  #"},
	'8': {"###", "# #", "###", "# #", "###"},
	'9': {"###", "# #", "###", "  #", "###"},
	':': {" ", "#", " ", "#", " "},
	'-': {"   ", "   ", "###", "   ", "   "},
}

// dots lays a text out in dots, five lines of the same length.
func dots(text string) [5]string {
	var out [5]string
	for i, r := range text {
		d, known := bigDigits[r]
		if !known {
			d = bigDigits['-']
		}
		for y := range out {
			if i > 0 {
				out[y] += " "
			}
			out[y] += d[y]
		}
	}
	return out
}

// big draws a number as large as fits w by h cells, in the middle: dots of
// blocks, half blocks, or the plain number.
func (a *App) big(text string, p theme.Paint, w, h int) []string {
	rows := dots(text)
	n := len(rows[0])
	full := "█"
	if a.th.ASCII {
		full = "#"
	}
	var art []string
	for k := min(h/5, w/(2*n)); k >= 1 && art == nil; k-- {
		for _, row := range rows {
			line := ""
			for _, dot := range row {
				sign := " "
				if dot == '#' {
					sign = full
				}
				line += strings.Repeat(sign, 2*k)
			}
			for range k {
				art = append(art, line)
			}
		}
	}
	if art == nil && !a.th.ASCII && h >= 3 && n <= w {
		art = halves(rows)
	}
	if art == nil {
		art = []string{text}
	}
	out := a.blank((h-len(art))/2, w)
	for _, s := range art {
		out = append(out, a.line(w, theme.Paint{}).gap((w-cells(s))/2).put(p, s).String())
	}
	return append(out, a.blank(h-len(out), w)...)
}

// halves puts two lines of dots on one of cells.
func halves(rows [5]string) []string {
	var out []string
	for y := 0; y < 5; y += 2 {
		line := ""
		for x := range rows[y] {
			upper, lower := rows[y][x] == '#', y+1 < 5 && rows[y+1][x] == '#'
			switch {
			case upper && lower:
				line += "█"
			case upper:
				line += "▀"
			case lower:
				line += "▄"
			default:
				line += " "
			}
		}
		out = append(out, line)
	}
	return out
}

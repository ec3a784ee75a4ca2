package main

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// The size of a cell and the border, in pixels.
const (
	cellWidth  = 8.4
	cellHeight = 18
	baseline   = 13.5
	border     = 12
)

// draw writes the screen as an SVG of fixed cells: each run is stretched to
// its cells, so that columns line up whatever font the reader has.
func draw(w io.Writer, lines []string, cols int, g ground, title string) {
	width, height := float64(cols)*cellWidth+2*border, float64(len(lines)*cellHeight+2*border)
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">`+"\n",
		width, height, width, height, html.EscapeString(title))
	fmt.Fprintf(w, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", g.back)
	var now look
	for row, line := range lines {
		for _, r := range parse(line, &now) {
			drawRun(w, r, row, g)
		}
	}
	fmt.Fprintln(w, "</svg>")
}

func drawRun(w io.Writer, r run, row int, g ground) {
	fore, back := r.look.colours(g)
	x, y := border+float64(r.col)*cellWidth, float64(border+row*cellHeight)
	width := float64(r.cells) * cellWidth
	if back != "" && back != g.back {
		fmt.Fprintf(w, `<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>`+"\n", x, y, width, cellHeight, back)
	}
	if strings.TrimSpace(r.text) == "" {
		return
	}
	var style strings.Builder
	if r.look.bold {
		style.WriteString(` font-weight="bold"`)
	}
	if r.look.faint {
		style.WriteString(` opacity="0.6"`)
	}
	if r.look.italic {
		style.WriteString(` font-style="italic"`)
	}
	if r.look.underline {
		style.WriteString(` text-decoration="underline"`)
	}
	fmt.Fprintf(w, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="%s"%s>%s</text>`+"\n",
		x, y+baseline, width, fore, style.String(), html.EscapeString(r.text))
}

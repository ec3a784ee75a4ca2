package ui

import (
	"strings"

	"rsc.io/qr"

	"cordpair/theme"
)

// quiet is the light border around a QR code, in modules. The standard asks for
// four (ISO/IEC 18004, 6.3.8); readers do with two, which a window of 24 rows
// has room for.
const quiet = 2

// qrCode draws a text as a QR code, two modules to a cell one over the other.
// The lines have as many cells as it has modules. Nil: it cannot be drawn here.
func (a *App) qrCode(text string) []string {
	if a.th.ASCII {
		return nil
	}
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil
	}
	paint, signs := a.st.Print(), [4]string{" ", "▀", "▄", "█"} // light, upper half dark, lower half dark, dark
	if paint == (theme.Paint{}) {                               // light is drawn, dark is the terminal's own ground
		signs = [4]string{"█", "▄", "▀", " "}
	}
	var lines []string
	for y := -quiet; y < code.Size+quiet; y += 2 {
		var b strings.Builder
		for x := -quiet; x < code.Size+quiet; x++ {
			at := 0
			if code.Black(x, y) {
				at |= 1
			}
			if code.Black(x, y+1) {
				at |= 2
			}
			b.WriteString(signs[at])
		}
		lines = append(lines, paint.Render(b.String()))
	}
	return lines
}

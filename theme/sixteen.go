package theme

import (
	"math"
	"strconv"
)

// Where there are sixteen colours, what they are is the terminal's business. A
// word is held readable in the two sets that most terminals have.
var sixteen = [...][16]uint32{
	// the console of Linux and of a PC
	{0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa,
		0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff},
	// xterm
	{0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff},
}

// leastContrast is what words need to be read (WCAG 2.1, 1.4.3).
const leastContrast = 4.5

// readable is an ink whose one of the sixteen can be read on that of a ground:
// its own where it can, else that of plain words, else black or white. Other
// terminals get the ink as it is.
func (p *Palette) readable(ink, ground Ink) Ink {
	on := ground.ANSI
	if ground == (Ink{}) {
		on = "0"
		if luminance(rgb(p.Grounds[0])) > 0.5 {
			on = "15"
		}
	}
	best := ink.ANSI
	for _, try := range []string{p.Text.ANSI, "0", "15"} {
		if contrast16(best, on) >= leastContrast {
			break
		}
		if contrast16(try, on) > contrast16(best, on) {
			best = try
		}
	}
	ink.ANSI = best
	return ink
}

// contrast16 is the least contrast of two of the sixteen in any of the sets.
func contrast16(a, b string) float64 {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	least := math.Inf(1)
	for _, set := range sixteen {
		l, m := luminance(set[x&15]), luminance(set[y&15])
		least = min(least, (max(l, m)+0.05)/(min(l, m)+0.05))
	}
	return least
}

// rgb reads #rrggbb.
func rgb(hex string) uint32 {
	v, _ := strconv.ParseUint(hex[1:], 16, 32) // the palettes are literals, a test reads them all
	return uint32(v)
}

// luminance is WCAG 2.1's relative luminance.
func luminance(c uint32) float64 {
	channel := func(shift uint) float64 {
		v := float64(c>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

package ui

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"cordpair/theme"
)

// A golden screen is its text and, under it, a letter for how each cell is
// painted. What a letter is in each theme is in styles-THEME.golden, and each
// screen is painted in every theme to see that it is.

// paintLetters are the paints, ground by ground; a cell without paint is a space.
var paintLetters = []string{
	theme.Page:     "tsmfa>gwbio",
	theme.Bar:      "TSMFABGWRIO",
	theme.Selected: "0123456789=",
	theme.Field:    "cdehjklnpqr",
	theme.Focus:    "uvxyzCDEHJK",
	theme.Fill:     "LNPQUVXYZ<#",
	theme.WarnFill: "()[]{}+-/|!",
	theme.BadFill:  "$%&*,.:;^_@",
}

// The letters of paints that stand on no ground.
const cursorLetter, printLetter = "~", "?"

// backdrop is a theme on a background that it is for.
type backdrop struct {
	name string
	theme.Theme
}

// backdrops are all of them; the first has a paint of its own for each letter.
func backdrops() []backdrop {
	var out []backdrop
	for _, v := range []struct {
		name string
		pick string
		dark bool
	}{
		{"dark", theme.Dark, true}, {"light", theme.Light, false}, {"none", theme.None, true},
		{"contrast", theme.Contrast, true}, {"contrast-light", theme.Contrast, false},
	} {
		th, err := theme.Pick(v.pick, v.dark, false)
		if err != nil {
			panic(err)
		}
		out = append(out, backdrop{v.name, th})
	}
	return out
}

var inColour = sync.OnceValue(func() *lipgloss.Renderer {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	return r
})

// eachPaint calls f for every paint of a theme and its letter.
func eachPaint(st *theme.Styles, f func(letter, what, open string)) {
	for g, row := range paintLetters {
		for r := range row {
			f(row[r:r+1], fmt.Sprintf("ground %d role %d", g, r), st.On(theme.Ground(g), theme.Role(r)).Open)
		}
	}
	f(cursorLetter, "cursor", st.Cursor().Open)
	f(printLetter, "print", st.Print().Open)
}

// blocks hides what a drawing of dark and light is made of: without colours it
// is drawn the other way round.
var blocks = strings.NewReplacer("█", " ", "▀", " ", "▄", " ")

// dressed is a backdrop rendered, with the letters that each opening may have.
type dressed struct {
	name    string
	th      theme.Theme
	st      *theme.Styles
	letters map[string]string
}

var wardrobe = sync.OnceValue(func() []dressed {
	var out []dressed
	for _, b := range backdrops() {
		d := dressed{b.name, b.Theme, b.Styles(inColour()), make(map[string]string)}
		eachPaint(d.st, func(letter, _, open string) { d.letters[open] += letter })
		out = append(out, d)
	}
	return out
})

// painted is the screen in every theme as one: its text, which must be the
// same in all, and the letters of its paints.
func painted(t testing.TB, r *rig) string {
	t.Helper()
	was, th, st := "", r.th, r.st
	wear := func(th theme.Theme, st *theme.Styles) {
		r.th, r.st, r.dirty = th, st, true
		r.cache.clear()
	}
	defer func() { wear(th, st) }()
	var fits [][]string // line, cell: the letters that are right in every theme
	for i, d := range wardrobe() {
		d.th.ASCII, d.th.Name = th.ASCII, th.Name
		st := *d.st
		st.Glyphs = r.st.Glyphs
		wear(d.th, &st)
		text := ansi.Strip(r.View())
		if i == 0 {
			was = text
		}
		if blocks.Replace(text) != blocks.Replace(was) {
			t.Fatalf("in the theme %s the screen says something else:\n%s", d.name, diff(was, text))
		}
		for y, line := range strings.Split(r.View(), "\n") {
			cells := paints(t, line, d.letters)
			if i == 0 {
				fits = append(fits, cells)
				continue
			}
			for x := range cells {
				if fits[y][x] = common(fits[y][x], cells[x]); fits[y][x] == "" {
					t.Fatalf("line %d, cell %d: no paint is the same in every theme", y+1, x+1)
				}
			}
		}
	}
	var out strings.Builder
	out.WriteString(was + "\n")
	for _, line := range fits {
		var letters strings.Builder
		for _, cell := range line {
			letters.WriteByte(cell[0])
		}
		out.WriteString(strings.TrimRight(letters.String(), " ") + "\n")
	}
	return out.String()
}

// paints lists, for each cell of a line, the letters that its paint may have.
func paints(t testing.TB, line string, letters map[string]string) []string {
	t.Helper()
	var out []string
	open, state := "", byte(0)
	for line != "" {
		seq, width, n, next := ansi.DecodeSequence(line, state, nil)
		line, state = line[n:], next
		switch {
		case width > 0:
			fit := letters[open]
			if open == "" {
				fit += " "
			} else if fit == "" {
				t.Fatalf("%q is painted %q, which is no style of the theme", seq, open)
			}
			for range width {
				out = append(out, fit)
			}
		case seq == "\x1b[0m" || seq == "\x1b[m":
			open = ""
		case seq[0] == 0x1b:
			open += seq
		}
	}
	return out
}

// common are the letters that are in both.
func common(a, b string) string {
	if a == b {
		return a
	}
	return strings.Map(func(l rune) rune {
		if strings.ContainsRune(b, l) {
			return l
		}
		return -1
	}, a)
}

// TestStyles holds the bytes of every paint in every theme.
func TestStyles(t *testing.T) {
	for _, look := range backdrops() {
		var out strings.Builder
		eachPaint(look.Styles(inColour()), func(letter, what, open string) { fmt.Fprintf(&out, "%s  %-18s %q\n", letter, what, open) })
		goldenText(t, out.String(), "styles-"+look.name)
	}
}

// TestLetters: no two paints share a letter.
func TestLetters(t *testing.T) {
	seen := cursorLetter + printLetter + " "
	for _, row := range paintLetters {
		for _, l := range row {
			if strings.ContainsRune(seen, l) {
				t.Errorf("%q is the letter of two paints", l)
			}
			seen += string(l)
		}
	}
}

// goldenFiles are the golden files that tests have asked for.
var goldenFiles sync.Map

// unusedGolden lists golden files that no test has asked for; with -update it
// takes them away.
func unusedGolden() []string {
	files, _ := filepath.Glob(filepath.Join("testdata", "*.golden"))
	return slices.DeleteFunc(files, func(file string) bool {
		if _, used := goldenFiles.Load(file); used {
			return true
		}
		return *update && os.Remove(file) == nil
	})
}

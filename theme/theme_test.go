package theme

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	for _, hex := range []string{a, b} {
		if _, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32); err != nil || len(hex) != 7 {
			t.Fatalf("%q is no colour", hex)
		}
	}
	x, y := luminance(rgb(a)), luminance(rgb(b))
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func palettes() map[string]Palette {
	return map[string]Palette{"dark": dark, "light": light, "contrast dark": contrastDark, "contrast light": contrastLight}
}

func TestTextIsReadable(t *testing.T) {
	for name, p := range palettes() {
		want := 4.5
		if strings.HasPrefix(name, "contrast") {
			want = 7
		}
		words := map[string]Ink{"text": p.Text, "muted": p.Muted, "accent": p.Accent, "good": p.Good, "warn": p.Warn, "bad": p.Bad, "info": p.Info}
		grounds := append([]string{}, p.Grounds...)
		for _, g := range []Ink{p.Bar, p.Selected, p.Field, p.Focus} {
			grounds = append(grounds, g.Hex)
		}
		for word, ink := range words {
			for i, ground := range grounds {
				least := want
				if i >= len(p.Grounds) || i > 0 {
					least = 4.5
				}
				if c := contrast(t, ink.Hex, ground); c < least {
					t.Errorf("%s: %s %s on %s has a contrast of %.2f, want %.1f", name, word, ink.Hex, ground, c, least)
				}
			}
		}
		for _, fill := range []Ink{p.Accent, p.Warn, p.Bad} {
			if c := contrast(t, p.OnFill.Hex, fill.Hex); c < 4.5 {
				t.Errorf("%s: %s on the fill %s has a contrast of %.2f", name, p.OnFill.Hex, fill.Hex, c)
			}
		}
	}
}

// TestSixteenColoursAreReadable holds that where there are sixteen colours no
// word is lost on its ground, such as a key on the selected row.
func TestSixteenColoursAreReadable(t *testing.T) {
	for name, p := range palettes() {
		page := Ink{ANSI: "0"}
		if strings.Contains(name, "light") {
			page.ANSI = "15"
		}
		for g := range groundCount {
			ground := p.ground(g)
			if ground == (Ink{}) {
				ground = page
			}
			for r := range roleCount {
				onFill := g == Fill || g == WarnFill || g == BadFill
				if r == Faint || onFill != (r == OnFill) {
					continue
				}
				ink := p.readable(p.ink(r), p.ground(g))
				least := leastContrast
				if onFill {
					least = 4 // a badge may be brown or yellow
				}
				if c := contrast16(ink.ANSI, ground.ANSI); c < least {
					t.Errorf("%s: role %d on ground %d is %s on %s, a contrast of %.2f", name, r, g, ink.ANSI, ground.ANSI, c)
				}
				if ink.Hex != p.ink(r).Hex {
					t.Errorf("%s: role %d on ground %d is another colour where there are more", name, r, g)
				}
			}
		}
	}
	if ink := dark.readable(dark.Info, Ink{}); ink != dark.Info {
		t.Errorf("what can be read has changed: %+v", ink)
	}
}

func TestPick(t *testing.T) {
	cases := []struct {
		name          string
		dark, noColor bool
		want          Palette
	}{
		{"", true, false, dark},
		{Auto, false, false, light},
		{Dark, false, false, dark},
		{Light, true, false, light},
		{Contrast, true, false, contrastDark},
		{Contrast, false, false, contrastLight},
		{None, true, false, Palette{}},
		{Dark, true, true, Palette{}},
	}
	for _, c := range cases {
		th, err := Pick(c.name, c.dark, c.noColor)
		if err != nil || th.Palette.Text != c.want.Text || th.Palette.Bar != c.want.Bar {
			t.Errorf("Pick(%q, %v, %v) = %+v, %v", c.name, c.dark, c.noColor, th, err)
		}
	}
	if _, err := Pick("pink", true, false); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown name gives %v", err)
	}
}

func TestWithKeepsTheTerminal(t *testing.T) {
	th, _ := Pick(Auto, true, true)
	th.ASCII = true
	if next := th.With(Light); !next.NoColor || !next.ASCII || !next.IsDark {
		t.Errorf("NO_COLOR, ASCII or the background was lost: %+v", next)
	}
	th, _ = Pick(None, true, false)
	if next := th.With(Dark); next.NoColor || next.Name != Dark {
		t.Errorf("the way back from none: %+v", next)
	}
	if next := th.With("pink"); next.Name != None {
		t.Errorf("an unknown name changed the theme: %+v", next)
	}
}

func TestPaintsWrapText(t *testing.T) {
	for _, name := range Names() {
		th, _ := Pick(name, true, false)
		for _, profile := range []termenv.Profile{termenv.TrueColor, termenv.ANSI256, termenv.ANSI, termenv.Ascii} {
			r := lipgloss.NewRenderer(io.Discard)
			r.SetColorProfile(profile)
			s := th.Styles(r)
			for g := range groundCount {
				for role := range roleCount {
					got := s.On(g, role).Render("a b")
					if ansi.Strip(got) != "a b" {
						t.Fatalf("%s: %q", name, got)
					}
					if profile == termenv.Ascii && got != "a b" {
						t.Fatalf("%s: a plain terminal got %q", name, got)
					}
				}
			}
		}
	}
}

func TestNoColorStillMarksTheSelection(t *testing.T) {
	th, _ := Pick(None, true, false)
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.ANSI)
	s := th.Styles(r)
	if s.On(Selected, Text) == s.Of(Text) {
		t.Error("the selected row looks like any other")
	}
	for g := range groundCount {
		for role := range roleCount {
			for _, code := range []string{"[3", ";3", "[4", ";4", "[9", ";9"} {
				open := s.On(g, role).Open
				if i := strings.Index(open, code); i >= 0 && i+2 < len(open) && open[i+2] >= '0' && open[i+2] <= '9' {
					t.Errorf("a colour without colour: %q", open)
				}
			}
		}
	}
}

func TestGlyphsAreOneCell(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		g := glyphs(ascii)
		for _, sign := range []string{g.TopLeft, g.TopRight, g.BottomLeft, g.BottomRight, g.Horizontal, g.Vertical, g.TeeLeft, g.TeeRight,
			g.Ellipsis, g.Marker, g.Dot, g.Hollow, g.Sep, g.In, g.Out, g.Check, g.Cross, g.Up, g.Down} {
			if ansi.StringWidth(sign) != 1 {
				t.Errorf("%q is %d cells wide", sign, ansi.StringWidth(sign))
			}
			if ascii && len(sign) != 1 {
				t.Errorf("%q is not ASCII", sign)
			}
		}
	}
}

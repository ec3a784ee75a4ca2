package ui

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cordpair/theme"
)

// TestWhatIsShownCanBeRead holds every paint that a golden screen shows to a
// contrast of 4.5:1 in every theme (WCAG 2.1, 1.4.3). Faint is for lines and
// for what lies under a dialog, which nobody has to read.
func TestWhatIsShownCanBeRead(t *testing.T) {
	used := lettersUsed(t)
	for _, look := range wardrobe() {
		if look.th.NoColor {
			continue
		}
		eachPaint(look.st, func(letter, what, open string) {
			if !strings.Contains(used, letter) || letter == cursorLetter || isFaint(look.st, open) {
				return
			}
			ink := colour(open, "38")
			grounds := []string{colour(open, "48")}
			if grounds[0] == "" {
				grounds = look.th.Palette.Grounds
			}
			for _, ground := range grounds {
				if c := contrast(ink, ground); c < 4.5 {
					t.Errorf("%s: %s (%s) is %s on %s, a contrast of %.2f", look.name, what, letter, ink, ground, c)
				}
			}
		})
	}
}

func isFaint(st *theme.Styles, open string) bool {
	for g := range paintLetters {
		if st.On(theme.Ground(g), theme.Faint).Open == open {
			return true
		}
	}
	return false
}

// lettersUsed are the letters of all paints on golden screens.
func lettersUsed(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*x*.golden"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden screens: %v", err)
	}
	used := ""
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		for _, l := range strings.Join(lines[len(lines)/2:], "") {
			if !strings.ContainsRune(used, l) {
				used += string(l)
			}
		}
	}
	return used
}

var inks = map[string]*regexp.Regexp{"38": regexp.MustCompile(`\b38;2;(\d+);(\d+);(\d+)`), "48": regexp.MustCompile(`\b48;2;(\d+);(\d+);(\d+)`)}

// colour is the ink or the ground that an opening asks for, empty when none.
func colour(open, kind string) string {
	m := inks[kind].FindStringSubmatch(open)
	if m == nil {
		return ""
	}
	var rgb [3]int
	for i := range rgb {
		fmt.Sscan(m[i+1], &rgb[i])
	}
	return fmt.Sprintf("#%02x%02x%02x", rgb[0], rgb[1], rgb[2])
}

// contrast is that of two colours, by WCAG 2.1.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	var rgb [3]int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		panic(err)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(rgb[i]) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

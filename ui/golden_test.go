package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cordpair/model"
)

// exact fails unless the screen is the window, cell for cell.
func exact(t testing.TB, r *rig) {
	t.Helper()
	lines := strings.Split(r.View(), "\n")
	if len(lines) != r.h {
		t.Fatalf("%d lines in a window of %d", len(lines), r.h)
	}
	for i, s := range lines {
		if w := ansi.StringWidth(s); w != r.w {
			t.Errorf("line %d is %d cells wide in a window of %d: %q", i+1, w, r.w, s)
		}
		if strings.ContainsAny(ansi.Strip(s), "\x1b\x07\x00\r\t") {
			t.Errorf("line %d carries a control character: %q", i+1, s)
		}
	}
}

// golden compares the screen, its text and its paints in every theme, with the
// one on file.
func golden(t *testing.T, r *rig, name string) {
	t.Helper()
	exact(t, r)
	goldenText(t, painted(t, r), name)
}

// goldenText compares a text with the one on file.
func goldenText(t *testing.T, got, name string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	goldenFiles.Store(path, true)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./ui -update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("the screen differs from %s (go test ./ui -update accepts it):\n%s", path, diff(string(want), got))
	}
}

// diff shows the lines that differ.
func diff(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			fmt.Fprintf(&out, "%3d - %s\n    + %s\n", i+1, x, y)
		}
	}
	return out.String()
}

// sizes are the windows that every scene is drawn in.
var sizes = [][2]int{{80, 24}, {120, 36}, {60, 15}, {200, 60}}

// scenes are the states that golden screens are made of.
var scenes = map[string]func(*rig){
	"empty":     func(r *rig) { r.empty() },
	"several":   func(r *rig) { r.several() },
	"ringing":   func(r *rig) { r.several().press("g") },
	"dialing":   func(r *rig) { r.several(); r.ask("e1aa0002", bob); r.choose("e1aa0002") },
	"connect":   func(r *rig) { r.several(); r.ringing("e1aa0002", "b0bb0002", bob); r.choose("e1aa0002") },
	"cancel":    func(r *rig) { r.several(); r.ringing("e1aa0002", "b0bb0002", bob); r.choose("e1aa0002").press("esc") },
	"peer-left": peerLeft,
	"busy":      func(r *rig) { r.ended("busy@demo", "busy", 486, "Busy Here", "remote") },
	"no-answer": func(r *rig) { r.ended("noanswer@demo", "noAnswer", 0, "", "exchange") },
	"refused":   refused,
	"link-lost": linkLost,
	"all-legs":  func(r *rig) { r.several().press("L") },
	"form":      func(r *rig) { r.several().press("j", "c", "esc", "sip:bob@demo", "esc") },
	"suggest":   func(r *rig) { r.several().press("j", "c", "b", "down") },
	"advanced":  advanced,
	"errors": func(r *rig) {
		r.several().press("j", "c", "esc", "bob", "esc", "tab", "tab", "tab", "enter", "Y", "ctrl+g")
	},
	"preview":   func(r *rig) { r.several().press("j", "c", "esc", "sip:bob@demo", "ctrl+x") },
	"gone":      func(r *rig) { r.several().press("j", "c"); r.happen(call("e1aa0002", globex, model.Ended, 0.0)...) },
	"dial":      func(r *rig) { r.several().press("C", "bo") },
	"confirm":   func(r *rig) { r.several().press("D") },
	"confirm-b": func(r *rig) { r.several().press("tab", "tab", "D") },
	"leave":     func(r *rig) { r.several().press("q") },
	"drain":     func(r *rig) { r.several().press("q", "w") },
	"help":      func(r *rig) { r.several().press("?") },
	"search":    func(r *rig) { r.several().press("?", "hang") },
	"view":      func(r *rig) { r.several().press(",") },
	"hostile":   hostile,
}

func (r *rig) choose(id model.CallID) *rig {
	r.selected = id
	r.changed()
	return r
}

// ended is a connect that failed with a SIP response.
func (r *rig) ended(to, word string, code int, phrase, by string) {
	r.several()
	r.failed("e1aa0002", "b0bb0002", model.Address{URI: "sip:" + to}, word, code, phrase, by)
	r.choose("e1aa0002")
}

func peerLeft(r *rig) {
	r.several()
	c := r.book.Call("e1aa0003")
	end := peer("b0bb0001", c.ID, c.Attempt.Tag, bob, model.Ended, ago(3))
	end.Call.EndReason = "hangup"
	r.happen(model.LegReported{At: ago(3), Call: "b0bb0001", Leg: model.LegReport{SIPCallID: "c@d", Remote: "127.0.0.1:5090", Transport: "UDP",
		Codec: "PCMU/8000", Code: 200, Phrase: "OK", EndedBy: "remote", HeadersSent: []model.Header{{Name: "X-Account", Value: "8841"}}}},
		end, connect(c.ID, c.Attempt.Tag, "b0bb0001", bob, model.ConnectDisconnected, ago(3)))
}

func refused(r *rig) {
	r.several()
	r.ask("e1aa0002", bob)
	o := r.desk.orders[len(r.desk.orders)-1]
	r.happen(model.OrderSettled{At: ago(2), Order: o.ID, Fault: &model.Fault{Kind: model.FaultRefused, Code: 409, Text: "call is already connected to another leg"}})
	r.choose("e1aa0002")
}

func linkLost(r *rig) {
	r.several()
	r.happen(model.LinkChanged{At: ago(4), Link: model.Link{State: model.LinkLost, Generation: 1, Since: ago(4), RetryAt: noon.Add(2 * time.Second),
		Tries: 2, Detail: "connection reset by peer", Server: r.book.Link().Server}})
	r.press("g", "a")
	r.wait(time.Second)
}

func advanced(r *rig) {
	r.several().press("j", "c", "esc", "sip:bob@demo", "tab", "tab", "space", "right", "space", "<",
		"tab", "enter", "Account", "tab", "8841", "tab", "tab", "20", "tab", "enter", "tab", "us", "ctrl+t")
}

// hostile is everything on the wire that a terminal should never see.
func hostile(r *rig) {
	r.empty()
	words := []string{
		"\x1b[2J\x1b[31mred\x07", "\u202eevil\u202c", "株式会社日本電信電話", "👩‍👩‍👧‍👦 family 🇩🇪 flag",
		"e" + strings.Repeat("\u0301", 400) + "nd", "tab\tnew\nline\r\x00", "\xff\xfe broken", strings.Repeat("very long ", 60), "\u200b\u200d\ufe0f",
		"مرحبا שלום", "\u0e33\u0e33 sara am", "a\u0300\u0301\u0302bc",
	}
	for i, s := range words {
		id := model.CallID(fmt.Sprintf("%c%s", 'a'+i, s))
		from := model.Address{Name: s, URI: "sip:" + s + "@" + s}
		r.happen(call(id, from, model.Created, float64(60-i), model.Ringing, float64(60-i), model.Answered, float64(59-i))...)
		r.happen(model.LegReported{At: ago(1), Call: id, Leg: model.LegReport{SIPCallID: s, Remote: s, Codec: s, Code: 500, Phrase: s, Text: s,
			HeadersReceived: []model.Header{{Name: s, Value: s}}}})
	}
	r.happen(model.Notice{At: noon, Text: words[0] + words[1] + words[5]})
	r.choose("a" + model.CallID(words[0]))
	r.failed(r.selected, "b0bb0009", model.Address{Name: words[3], URI: "sip:" + words[2] + "@demo"}, words[0], 486, words[1]+words[4], "remote")
}

func TestScreens(t *testing.T) {
	for name, scene := range scenes {
		for _, size := range sizes {
			full := fmt.Sprintf("%s-%dx%d", name, size[0], size[1])
			t.Run(full, func(t *testing.T) {
				r := newRig(t, size[0], size[1], func(o *Options) { o.Carries = true })
				scene(r)
				golden(t, r, full)
			})
		}
	}
}

func TestTooSmall(t *testing.T) {
	for _, size := range [][2]int{{48, 8}, {59, 15}, {60, 14}} {
		r := newRig(t, size[0], size[1])
		r.several()
		golden(t, r, fmt.Sprintf("small-%dx%d", size[0], size[1]))
	}
	for _, size := range [][2]int{{1, 1}, {3, 2}, {10, 3}, {59, 1}, {2, 40}} {
		r := newRig(t, size[0], size[1])
		r.several()
		exact(t, r)
	}
}

// TestThemes holds the bytes of one screen in each theme.
func TestThemes(t *testing.T) {
	for _, look := range backdrops() {
		t.Run(look.name, func(t *testing.T) {
			r := newRig(t, 120, 36, func(o *Options) { o.Renderer, o.Theme = inColour(), look.Theme })
			r.several()
			exact(t, r)
			goldenText(t, r.View()+"\n", "theme-"+look.name)
		})
	}
}

func TestASCIIBorders(t *testing.T) {
	r := newRig(t, 80, 24, func(o *Options) { o.Theme.ASCII = true })
	r.several()
	golden(t, r, "ascii-80x24")
	for _, c := range r.View() {
		if c > 0x7e {
			t.Fatalf("%q on a screen of ASCII", c)
		}
	}
}

// TestEveryWindow draws every scene in windows of every shape.
func TestEveryWindow(t *testing.T) {
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 80, 24, func(o *Options) { o.Carries = true })
			scene(r)
			for w := 1; w <= 260; w += 13 {
				for h := 1; h <= 80; h += 7 {
					r.resize(w, h)
					exact(t, r)
					if t.Failed() {
						t.Fatalf("at %d x %d", w, h)
					}
				}
			}
		})
	}
}

package ui

import (
	"io"
	"os"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"cordpair/model"
	"cordpair/theme"
)

func TestShots(t *testing.T) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		t.Skip()
	}
	for _, th := range []string{"dark", "light", "contrast", "none"} {
		color := func(o *Options) {
			r := lipgloss.NewRenderer(io.Discard)
			r.SetColorProfile(termenv.TrueColor)
			o.Renderer = r
			o.Theme, _ = theme.Pick(th, th != "light", false)
			o.Carries = true
		}
		for _, size := range [][2]int{{80, 24}, {120, 36}, {60, 15}, {200, 60}} {
			for name, f := range map[string]func(r *rig){
				"several": func(r *rig) { r.several() },
				"empty":   func(r *rig) { r.empty() },
				"busy": func(r *rig) {
					r.several()
					r.failed("e1aa0002", "b0bb0002", model.Address{URI: "sip:busy@demo"}, "busy", 486, "Busy Here", "remote")
					r.selected = "e1aa0002"
					r.changed()
				},
				"form":    func(r *rig) { r.several().press("j", "c", "b") },
				"formadv": func(r *rig) { r.several().press("j", "c", "sip:bob", "tab", "tab", "space", "right", "space", "tab", "enter", "A", "tab", "1", "tab", "tab", "x", "ctrl+t", "ctrl+g") },
				"help":    func(r *rig) { r.several().press("?") },
				"confirm": func(r *rig) { r.several().press("D") },
				"dial":    func(r *rig) { r.several().press("C", "b") },
				"quit":    func(r *rig) { r.several().press("q") },
				"view":    func(r *rig) { r.several().press(",") },
				"lost": func(r *rig) {
					r.several()
					r.happen(model.LinkChanged{At: ago(4), Link: model.Link{State: model.LinkLost, Generation: 1, Since: ago(4), RetryAt: noon.Add(2e9), Detail: "connection reset"}})
					r.press("g", "a")
				},
			} {
				r := newRig(t, size[0], size[1], color)
				f(r)
				p := dir + "/" + th + "-" + name + "-" + itoa(size[0]) + "x" + itoa(size[1]) + ".ans"
				os.WriteFile(p, []byte(r.View()+"\n"), 0o644)
			}
		}
	}
}

func itoa(n int) string { return string(appendInt(nil, n)) }

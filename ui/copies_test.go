package ui

import (
	"strings"
	"testing"
)

// TestCopyEverywhere copies of each screen's selected row what its menu offers.
func TestCopyEverywhere(t *testing.T) {
	cases := []struct {
		screen string
		keys   []string
		want   string
	}{
		{"2", []string{"y", "a"}, "sip:"},
		{"2", []string{"Y"}, "online"},
		{"3", []string{"y", "m"}, "INVITE sip:"},
		{"3", []string{"y", "l"}, "exchange"},
		{"3", []string{"y", "i"}, "e1aa0003"},
		{"3", []string{"Y"}, "Erin Vale to the exchange: INVITE"},
		{"4", []string{"y", "j"}, `{"answered":"`},
		{"4", []string{"j", "y", "c", "g"}, "ConnectRequest{"},
		{"4", []string{"y", "i"}, "e1aa"},
		{"4", []string{"Y"}, "  under way"},
		{"5", []string{"Y"}, "info"},
		{"5", []string{"y", "l"}, "info"},
	}
	for _, c := range cases {
		got := ""
		r := newRig(t, 120, 36, func(o *Options) {
			o.Copy = func(text string) (string, error) { got = text; return "the terminal", nil }
		}).withLadder().press(c.screen, "g")
		for _, k := range c.keys[:len(c.keys)-1] {
			r.press(k)
			exact(t, r)
		}
		msg := keyMsgs(c.keys[len(c.keys)-1])[0]
		cmd := r.App.key(msg)
		if cmd == nil {
			t.Errorf("%s %v copies nothing:\n%s", c.screen, c.keys, r.View())
			continue
		}
		r.Update(cmd())
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %v copied %q", c.screen, c.keys, got)
		}
		r.sees("Copied the ")
	}
	for _, screen := range []string{"3", "4", "5"} {
		newRig(t, 120, 36).press(screen, "y").sees("Copy: nothing is selected.")
	}
}

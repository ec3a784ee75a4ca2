package ui

import (
	"maps"
	"strings"
	"testing"

	"cordpair/model"
)

func init() { maps.Copy(scenes, setupScenes) }

// setupScenes are the first start and what its choices open.
var setupScenes = map[string]func(*rig){
	"welcome":        func(r *rig) { r.several(); r.open(&welcome{}) },
	"welcome-phones": func(r *rig) { r.several(); r.open(&welcome{}); r.press("right") },
	"signalwire": func(r *rig) {
		r.opt.Setup = &Setup{ConfigFile: "~/.config/cordpair/config.toml", Variables: []Variable{
			{Name: "SIGNALWIRE_PROJECT_ID", Set: true}, {Name: "SIGNALWIRE_API_TOKEN"}}}
		r.several().press("W", "right", "right", "enter")
	},
	"add-phone":       func(r *rig) { r.empty().press("2", "A") },
	"add-phone-there": func(r *rig) { r.empty().press("2", "A", "ctrl+u", "bob").happen(registered("bob")) },
	"add-phone-users": func(r *rig) {
		r.opt.Setup = &Setup{Users: []string{"ann", "ben"}, TLS: "192.0.2.7:5061"}
		r.happen(openUp()).press("2", "A")
	},
}

// openUp is a link to an exchange that others can reach.
func openUp() model.Event {
	ev := linkUp(ago(60)).(model.LinkChanged)
	ev.Link.Server.SIP = "192.0.2.7:5060"
	return ev
}

// registered is the directory with one more phone.
func registered(user string) model.Event {
	ev := contacts().(model.DirectoryChanged)
	ev.Contacts = append(ev.Contacts, model.Contact{Address: model.Address{URI: "sip:" + user + "@cordpair.local"}, Kind: kindPhone, About: "registered", Online: true})
	return ev
}

// asking is a console that starts for the first time.
func asking(t *testing.T, asked *int) *rig {
	return newRig(t, 120, 36, func(o *Options) {
		o.Setup = &Setup{First: true, Asked: func() error { *asked++; return nil }}
	})
}

// TestWelcomeStandsAside holds that the first start's question keeps nobody
// from working: a key that is not its own goes to the calls.
func TestWelcomeStandsAside(t *testing.T) {
	asked := 0
	r := asking(t, &asked).several()
	r.sees("what is this console for?")
	r.sees("TALKING")
	r.clear().press("g", "a")
	if _, ok := r.last().(model.Answer); !ok {
		t.Fatalf("a gave %#v", r.last())
	}
	if len(r.over) > 0 {
		t.Error("the card is still there")
	}
}

func TestWelcomeIsRememberedOnce(t *testing.T) {
	asked := 0
	r := asking(t, &asked).several()
	if r.rememberAsked() != nil {
		t.Error("remembered before it was answered")
	}
	r.pressed("esc")
	remember := r.rememberAsked()
	if remember == nil || strings.Contains(r.View(), "what is this console for?") {
		t.Fatal("it is not remembered")
	}
	r.Update(remember())
	if r.press("W", "esc"); asked != 1 || r.rememberAsked() != nil {
		t.Errorf("asked for by hand, it was remembered %d times", asked)
	}
	r = asking(t, &asked).several().click("RINGING", 0)
	if len(r.over) > 0 || r.selected != "e1aa0004" {
		t.Error("a click on a call does not count")
	}
	r = asking(t, &asked).several().click("SignalWire", 1)
	r.sees("example.signalwire.com")
	r = asking(t, &asked).several().press("right", "enter")
	r.sees("waiting for desk1 to register")
	r.press("esc", "W", "left", "enter")
	r.sees("example.signalwire.com")
}

// TestAddPhone holds that what the card says is what a phone needs, and that it
// tells when one has come.
func TestAddPhone(t *testing.T) {
	r := newRig(t, 120, 36).empty().press("2", "A", "ctrl+u", "bo b/")
	f := r.overlay().(*ownPhone)
	if got := f.address(r.App); got != "sip:bob@127.0.0.1:5060" {
		t.Errorf("the address is %q", got)
	}
	r.sees("waiting for bob to register")
	r.sees("here before: 1002")
	r.happen(registered("bob"))
	r.sees("registered: bob")
	r.happen(openUp())
	r.opt.Setup = &Setup{Users: []string{"bob"}}
	if got := f.address(r.App); got != "sip:bob@192.0.2.7:5060" {
		t.Errorf("the address is %q", got)
	}
	r.press("enter")
	if r.App.at != atPhones || len(r.over) > 0 {
		t.Error("enter does not show the phones")
	}
}

// TestQR holds the code to its shape: square, two modules a cell high, a light
// border, and three finders at its corners.
func TestQR(t *testing.T) {
	r := newRig(t, 120, 36)
	lines := r.qrCode("sip:desk1@127.0.0.1:5060")
	if len(lines) == 0 {
		t.Fatal("no code")
	}
	w := len([]rune(lines[0]))
	if len(lines) != (w+1)/2 || w < 25 {
		t.Fatalf("%d lines of %d cells", len(lines), w)
	}
	for _, s := range lines {
		if len([]rune(s)) != w {
			t.Errorf("%q is not %d cells", s, w)
		}
	}
	if border := strings.Repeat("█", w); lines[0] != border || !strings.HasPrefix(lines[1], "██ ▄▄▄▄▄ █") {
		t.Errorf("begins with\n%s\n%s", lines[0], lines[1])
	}
	r.th.ASCII = true
	if r.qrCode("x") != nil {
		t.Error("ASCII has no half blocks")
	}
}

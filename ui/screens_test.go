package ui

import (
	"maps"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

func init() { maps.Copy(scenes, screenScenes) }

// screenScenes are the other numbered screens; they are drawn with the rest.
var screenScenes = map[string]func(*rig){
	"phones": func(r *rig) { r.several().press("2", "j", "j") },
	"phones-trunks": func(r *rig) {
		r.several().happen(trunks(model.HealthUp, model.HealthDown)).press("2", "G")
	},
	"phones-search": func(r *rig) { r.several().press("2", "/", "bo") },
	"phones-empty":  func(r *rig) { r.happen(linkUp(ago(60))).press("2") },
	"phones-cloud":  func(r *rig) { r.happen(cloudUp()).press("2") },
	"history":       func(r *rig) { r.withHistory().press("4", "j") },
	"log":           func(r *rig) { r.withLog().press("5") },
	"log-frames":    func(r *rig) { r.opt.Frames = someFrames(); r.withLog().press("5", "l", "l", "l") },
	"log-open": func(r *rig) {
		r.opt.Frames = someFrames()
		r.withLog().press("5", "l", "l", "l", "/", "connect #3", "tab", "g", "enter")
	},
	"wall":           func(r *rig) { r.withHistory().press("6") },
	"ladder":         func(r *rig) { r.withLadder().press("3") },
	"ladder-sip":     func(r *rig) { r.withLadder().press("3", "r", "m", "g", "j", "j", "j", "j", "j") },
	"ladder-inspect": func(r *rig) { r.withLadder().press("3", "g", "enter") },
	"ladder-ringing": func(r *rig) { r.several().choose("e1aa0004").press("3") },
	"ladder-empty":   func(r *rig) { r.empty().press("3") },
	"meters":         func(r *rig) { r.several().happen(figures(model.BothWays, model.NotHeard)) },
	"wall-empty":     func(r *rig) { r.happen(linkUp(ago(60))).press("6") },
	"history-empty":  func(r *rig) { r.happen(linkUp(ago(60))).press("4") },
}

// cloudUp is a link to a server that tells nothing but RELAY.
func cloudUp() model.Event {
	return model.LinkChanged{At: ago(60), Link: model.Link{State: model.LinkUp, Generation: 1, Since: ago(60),
		Server: model.Server{URL: "wss://example.signalwire.com"}}}
}

func TestScreensSwitch(t *testing.T) {
	r := newRig(t, 120, 36).several().clear()
	r.press("2").sees("SCRIPTED PEOPLE")
	r.press("4", "5", "esc")
	if r.App.at != atHistory {
		t.Fatalf("esc went to screen %d", r.App.at+1)
	}
	r.press("esc")
	if r.App.at != atCalls {
		t.Fatalf("esc went to screen %d", r.App.at+1)
	}
	if r.press("3", "q"); r.quit || r.App.at != atCalls {
		t.Fatalf("q left the program from a screen, or the screen is %d", r.App.at+1)
	}
	if r.press("q"); !r.quit {
		t.Fatal("q did not leave from the calls")
	}
	r.none("looking around")
}

// TestScreensKeepTheirKeys holds that keys which touch calls do nothing where
// the call is not seen.
func TestScreensKeepTheirKeys(t *testing.T) {
	for _, at := range []string{"2", "3", "4", "5", "6"} {
		r := newRig(t, 120, 36).several().clear().press(at, "a", "D", "d", "o", "p", "t", "B")
		r.none("screen " + at)
	}
}

func TestPhonesDial(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("2", "g", "enter")
	d, ok := r.last().(model.Dial)
	if !ok || d.To != "sip:1002@cordpair.local" || d.From != "sip:operator@demo" || d.Timeout != model.DefaultRingTimeout {
		t.Fatalf("enter gave %#v", r.last())
	}
	if r.App.at != atCalls {
		t.Error("the calls are not shown")
	}
	r.sees("Dialing 1002@cordpair.local.")
}

func TestPhonesSearchAndDial(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("2", "/", "late")
	r.none("typing")
	r.press("enter")
	if d := r.last().(model.Dial); d.To != "sip:late5@demo" {
		t.Fatalf("dialled %s", d.To)
	}
	r.clear().press("2", "/", "ctrl+u", "sip:new@example.com", "enter")
	if d := r.last().(model.Dial); d.To != "sip:new@example.com" {
		t.Fatalf("dialled %s", d.To)
	}
	r.clear().press("2", "/", "ctrl+u", "zzzz", "enter").none("nobody fits")
	r.sees("Nobody fits.")
	r.press("esc").sees("SCRIPTED PEOPLE")
	if r.App.at != atPhones {
		t.Error("esc left the screen before it cleared the search")
	}
}

func TestPhonesConnect(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().choose("e1aa0002").press("2", "j", "j", "c")
	r.none("the form asks first")
	r.sees("Connect SIP on #2 Globex")
	r.press("ctrl+g")
	if c, ok := r.last().(model.Connect); !ok || c.Call != "e1aa0002" || c.Request.To != "sip:bob@demo" {
		t.Fatalf("%#v", r.last())
	}
	if r.App.at != atCalls {
		t.Error("the calls are not shown")
	}
	r = newRig(t, 120, 36).several().clear().press("2", "c") // it talks
	r.none("a call with a peer")
	r.sees("disconnect it first")
}

func TestPhonesSelectionStays(t *testing.T) {
	r := newRig(t, 120, 36).several().press("2", "j", "j", "j")
	if c, _ := r.phone(); c.Address.URI != "sip:busy@demo" {
		t.Fatalf("selected %s", c.Address.URI)
	}
	r.happen(model.DirectoryChanged{At: noon, Contacts: []model.Contact{
		{Address: model.Address{URI: "sip:0001@demo"}, Kind: "phone", Online: true},
		{Address: model.Address{URI: "sip:0002@demo"}, Kind: "phone", Online: true},
		{Address: model.Address{URI: "sip:busy@demo"}, Kind: "person", Online: true},
	}})
	if c, _ := r.phone(); c.Address.URI != "sip:busy@demo" {
		t.Fatalf("a change of the directory moved the selection to %s", c.Address.URI)
	}
}

func trunks(uk, us model.Health) model.Event {
	return model.TrunksChanged{At: noon, Trunks: []model.Trunk{
		{Name: "uk", Server: "sip.uk.example", Health: uk, Registered: true, RoundTrip: 18 * time.Millisecond, Since: ago(300)},
		{Name: "us", Server: "sip.us.example", Health: us, Since: ago(60), Problem: "REGISTER: 403 Forbidden"},
	}}
}

func TestTrunks(t *testing.T) {
	r := newRig(t, 120, 36).empty().clear().happen(trunks(model.HealthUp, model.HealthUnknown)).press("2", "G", "k")
	r.sees("TRUNKS")
	r.sees("sip.uk.example")
	r.sees("registered  rtt 18 ms  up for 5:00")
	r.press("enter").none("a trunk")
	r.sees("a trunk carries calls")
	r.happen(trunks(model.HealthUp, model.HealthDown)).sees("Trunk us is down: REGISTER: 403 Forbidden.")
	n := len(r.log.lines)
	r.happen(trunks(model.HealthUp, model.HealthDown))
	if len(r.log.lines) != n {
		t.Error("told again")
	}
	r.wait(4 * time.Second).happen(trunks(model.HealthUp, model.HealthUp)).sees("Trunk us is up again.")
}

func TestReadOnlyPhones(t *testing.T) {
	r := newRig(t, 120, 36, func(o *Options) { o.ReadOnly = true }).several().clear().press("2", "enter", "c", "C")
	r.none("watching")
	if strings.Contains(r.View(), "Dial a first leg") {
		t.Error("the dialog opened")
	}
}

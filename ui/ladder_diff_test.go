package ui

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"cordpair/model"
)

func init() {
	maps.Copy(scenes, map[string]func(*rig){
		"step-marked": func(r *rig) { r.withLadder().press("3", "g", "space", "j") },
		"step-diff":   func(r *rig) { r.withLadder().onStep("INVITE", 'A').press("space").onStep("INVITE", 'B').press("x") },
		"frame-diff": func(r *rig) {
			r.opt.Frames = fakeFrames{
				{Seq: 1, At: ago(94), Out: true, Name: "calling.connect", Call: "e1aa0003", Text: "{\n  \"method\": \"calling.connect\",\n  \"tag\": \"tag-1\"\n}"},
				{Seq: 2, At: ago(92), Name: "calling.call.connect", Call: "e1aa0003", Text: "{\n  \"method\": \"signalwire.event\",\n  \"tag\": \"tag-1\"\n}"},
			}
			r.withLadder().onStep("calling.connect", 'A').press("space").onStep("call.connect", 'A').press("enter", "x")
		},
	})
}

// onStep shows the ladder and selects the first step of a word on a leg.
func (r *rig) onStep(word string, leg byte) *rig {
	r.t.Helper()
	r.press("3", "g")
	for i, s := range r.ladder.rungs(r.App) {
		if s.word == word && s.leg == leg {
			for range i {
				r.press("j")
			}
			return r
		}
	}
	r.t.Fatalf("no step %s of %c", word, leg)
	return r
}

// opened is the comparison that lies over the screen.
func (r *rig) opened() *stepDiff {
	r.t.Helper()
	d, is := r.overlay().(*stepDiff)
	if !is {
		r.t.Fatalf("no comparison of steps is open but %T:\n%s", r.overlay(), r.View())
	}
	return d
}

func TestStepsAreCompared(t *testing.T) {
	for _, size := range sizes {
		r := newRig(t, size[0], size[1]).withLadder().onStep("INVITE", 'A').press("space")
		r.sees("✓ INVITE, A of #3 Erin Vale")
		r.press("x").sees("it is the marked step itself")
		r.onStep("INVITE", 'B').press("x")
		d := r.opened()
		r.sees("- marked    14:00:26.999  INVITE, A")
		r.sees("+ selected  14:00:37.120  INVITE, B")
		r.sees("1 line only in the marked one, 2 lines only in the")
		r.press("end").sees("telephone-event")
		exact(t, r)
		r.press("n")
		if d.now.word != "180 Ringing" || d.marked.word != "INVITE" {
			t.Errorf("n compares %s with %s", d.marked.word, d.now.word)
		}
		exact(t, r)
		r.press([]string{"x", "esc"}[size[0]%3%2])
		if r.overlay() != nil || r.App.at != atLadder || r.ladder.marked == nil {
			t.Error("the comparison is not left for the ladder, its step still marked")
		}
		r.press("esc")
		if r.ladder.marked != nil || r.App.at != atLadder {
			t.Error("esc does not take the mark first")
		}
	}
}

func TestStepsAreComparedInTheInspector(t *testing.T) {
	r := newRig(t, 120, 36).withLadder().onStep("INVITE", 'A').press("enter", "x")
	r.sees("Compare: mark another step on the Ladder with space first.")
	r.press("esc", "space").onStep("INVITE", 'B').press("enter").sees("x compare")
	r.press("x").opened()
	r.press("n", "x").sees("SIP/2.0 180 Ringing")
	if _, is := r.overlay().(*inspector); !is {
		t.Fatalf("x does not go back to the inspector but to %T", r.overlay())
	}
	r.sees("sip 180 Ringing")
	r.press("p", "x", "]").sees("selected")
	r.press("esc", "esc")
	if r.overlay() != nil {
		t.Error("something is still open")
	}
}

// TestMarkedStepAndMarkedCall: a marked step comes first, without it the marked
// call is compared.
func TestMarkedStepAndMarkedCall(t *testing.T) {
	r := newRig(t, 120, 36).withLadder()
	r.wire("e1aa0002", "")
	r.choose("e1aa0002").press("1", "space").choose("e1aa0003").onStep("INVITE", 'A').press("x").sees("Compared with #2 Globex")
	r.press("space").onStep("INVITE", 'B').press("x").sees("INVITE, A of #3 Erin Vale")
	r.opened()
	r.press("esc", "esc")
	if r.ladder.marked != nil || r.ladder.against == "" {
		t.Error("esc takes the comparison of the calls before the mark of the step")
	}
	r.press("x", "x").sees("Compared with #2 Globex")
}

// TestStepOfAnotherCall: a mark goes along to another call, also from a step
// that is only there, at its own time.
func TestStepOfAnotherCall(t *testing.T) {
	r := newRig(t, 120, 36).withLadder()
	r.happen(message("e1aa0002", ago(119), true, "486 Busy Here", "1 INVITE"))
	r.onStep("INVITE", 'A').press("space").choose("e1aa0002").onStep("486 Busy Here", 'A').press("x")
	d := r.opened()
	r.sees("INVITE, A of #3 Erin Vale")
	r.sees("486 Busy Here, A of #2 Globex")
	if !d.now.at.Equal(ago(119)) {
		t.Errorf("it was at %v", d.now.at)
	}
	r.press("esc", "esc", "1", "space").choose("e1aa0003").press("3", "x").onStep("486 Busy Here", 'A').press("space")
	if m := r.ladder.marked; m == nil || !m.at.Equal(ago(119)) || m.name != "486 Busy Here, A of #2 Globex" {
		t.Fatalf("marked: %+v", m)
	}
	r.sees("✓ 486 Busy Here, A of #2 Globex")
	r.press("space")
	if r.ladder.marked != nil {
		t.Error("space does not take the mark")
	}
}

func TestStepsWithoutMessage(t *testing.T) {
	r := newRig(t, 120, 36).withLadder().onStep("bridge PCMU/8000", 'B')
	for _, c := range []struct {
		word string
		leg  byte
		why  error
	}{{"bridge PCMU/8000", 'B', errNoWire}, {"call.receive", 'A', errNoFrame}} {
		r.onStep(c.word, c.leg).press("space").sees("Mark: " + c.why.Error())
		if r.ladder.marked != nil {
			t.Errorf("%s is marked", c.word)
		}
	}
	r.onStep("INVITE", 'A').press("space").onStep("bridge PCMU/8000", 'B').press("x").sees("Compare: " + errNoWire.Error())
	r.press("k", "k", "k", "x").press("n", "n").sees(capital(errNoFrame.Error()))
	exact(t, r)
	if err := r.whyNoMessage(&step{layer: layerSIP, summed: true}); !errors.Is(err, errNoSIPText) {
		t.Errorf("a response that is told alone: %v", err)
	}
	r = newRig(t, 120, 36).empty().press("3", "space")
	r.sees("Mark: " + errNoSteps.Error())
}

func TestDiffLines(t *testing.T) {
	drawn := func(one, two string) string {
		d := &stepDiff{one: textLines(one), two: textLines(two)}
		d.rows = diffLines(d.one, d.two)
		var out []string
		for _, p := range d.rows {
			switch {
			case d.same(p):
				out = append(out, "  "+d.one[p.one])
			case p.one == none:
				out = append(out, "+ "+d.two[p.two])
			case p.two == none:
				out = append(out, "- "+d.one[p.one])
			default:
				out = append(out, "- "+d.one[p.one]+" + "+d.two[p.two])
			}
		}
		return strings.Join(out, "\n")
	}
	for _, c := range []struct{ one, two, want string }{
		{"a\r\nb\r\n", "a\nb", "  a\n  b"},
		{"INVITE x\nVia: 1\nTo: t", "SIP/2.0 200 OK\nVia: 2\nTo: t", "- INVITE x + SIP/2.0 200 OK\n- Via: 1 + Via: 2\n  To: t"},
		{"{\n  \"tag\": 1,\n  \"old\": 1\n}", "{\n  \"new\": 1,\n  \"tag\": 2\n}", "  {\n+   \"new\": 1,\n-   \"tag\": 1, +   \"tag\": 2\n-   \"old\": 1\n}"},
		{"v=0\na=rtpmap:0 PCMU\na=sendrecv", "v=0\na=sendonly\na=rtpmap:8 PCMA", "  v=0\n+ a=sendonly\n- a=rtpmap:0 PCMU + a=rtpmap:8 PCMA\n- a=sendrecv"},
	} {
		want := strings.ReplaceAll(c.want, "\n}", "\n  }")
		if got := drawn(c.one, c.two); got != want {
			t.Errorf("%q and %q:\n%s\nwant\n%s", c.one, c.two, got, want)
		}
	}
	long := textLines(strings.Repeat("x\n", diffLength+7))
	if len(long) != diffLength+1 || long[diffLength] != "and 7 more lines" {
		t.Errorf("%d lines, the last %q", len(long), long[len(long)-1])
	}
}

// TestHostileMessagesCompared: whatever two phones send is drawn harmlessly.
func TestHostileMessagesCompared(t *testing.T) {
	for i, s := range nasty {
		r := newRig(t, 60+i%3*60, 24).withLadder()
		r.happen(model.SIPSeen{At: ago(2), Call: "e1aa0003", Summary: "OPTIONS" + s, Raw: s + "\r\n" + s + ": " + s + "\n=\n:\r\n\r\n" + nasty[(i+7)%len(nasty)]})
		r.onStep("INVITE", 'A').press("space", "G", "x")
		r.opened()
		exact(t, r)
		r.press("esc", "space")
		r.onStep("INVITE", 'B').press("x")
		exact(t, r)
		if t.Failed() {
			t.Fatal(fmt.Sprintf("%q", s), r.View())
		}
	}
}

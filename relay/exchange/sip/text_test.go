package sip

import (
	"errors"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

func TestTextsBothWays(t *testing.T) {
	a, b, aEvents, bEvents := pair(t)
	if err := a.SendText("one", "Grüße,\nzwei Zeilen"); err != nil {
		t.Fatal(err)
	}
	if got := await[Texted](bEvents); got.Text != "Grüße,\nzwei Zeilen" {
		t.Errorf("%q", got.Text)
	}
	if got := await[TextAnswered](aEvents); got.Ref != "one" || got.Code != 200 || got.Err != nil {
		t.Errorf("%+v", got)
	}
	if err := b.SendText("two", "thanks"); err != nil {
		t.Fatal(err)
	}
	if got := await[Texted](aEvents); got.Text != "thanks" {
		t.Errorf("%q", got.Text)
	}
	await[TextAnswered](bEvents)
	for _, text := range []string{"", "a\x00b", "\xff", strings.Repeat("x", MaxText+1)} {
		if err := a.SendText("bad", text); !errors.Is(err, ErrBadText) {
			t.Errorf("%.10q: %v", text, err)
		}
	}
	a.End(EndReason{})
	await[Ended](bEvents)
	if err := a.SendText("late", "x"); !errors.Is(err, ErrWrongState) {
		t.Errorf("after the end: %v", err)
	}
}

// TestATextThatIsRefused: a phone that takes none, and what we take ourselves.
func TestATextThatIsRefused(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	l, events, tag := openCall(t, s, in, w, "t", "")
	if err := l.SendText("x", "hello"); err != nil {
		t.Fatal(err)
	}
	req := w.request("MESSAGE")
	if kind := req.GetHeader("Content-Type"); kind == nil || !strings.HasPrefix(kind.Value(), "text/plain") || string(req.Body()) != "hello" {
		t.Errorf("%s", req)
	}
	w.reply(req, 405, "Method Not Allowed", "", "")
	if got := await[TextAnswered](events); got.Ref != "x" || got.Code != 405 || got.Phrase != "Method Not Allowed" {
		t.Errorf("%+v", got)
	}
	for i, tc := range []struct {
		kind, body string
		code       int
	}{{"image/png", "x", 415}, {"text/plain", "a\xff", 400}, {"text/plain;charset=UTF-8", "hi", 200}, {"", "", 200}} {
		extra := ""
		if tc.kind != "" {
			extra = "Content-Type: " + tc.kind + "\n"
		}
		w.send(inDialog(string(sip.MESSAGE), "m"+string(rune('a'+i)), "call-t", tag, 20+i, extra, tc.body))
		w.response(tc.code, "MESSAGE")
	}
	if got := await[Texted](events); got.Text != "hi" {
		t.Errorf("%+v", got)
	}
	w.hangUp(l)
}

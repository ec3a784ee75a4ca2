package ui

import (
	"testing"

	"cordpair/model"
)

// TestEveryOperationCanBeTyped holds that what has a dialog on the screen can be
// typed where there is none, on the call that is named and not on another.
func TestEveryOperationCanBeTyped(t *testing.T) {
	s := speaking(t)
	s.happen(linkUp(noon)).hears("Link up")
	s.happen(call("c1", globex, model.Created, 9.0, model.Answered, 5.0)...).hears("Call 1, Globex, is answered.")
	s.happen(call("c2", carol, model.Created, 9.0, model.Answered, 5.0)...).hears("Call 2, Carol, is answered.")
	for line, want := range map[string]model.Command{
		"hold 1":                      model.Hold{Call: "c1"},
		"record 2":                    model.Record{Call: "c2", Control: "tag-1"},
		"digits 1 12#":                model.SendDigits{Call: "c1", Digits: "12#"},
		"transfer 2 sip:late5@demo":   model.Refer{Call: "c2", To: "sip:late5@demo"},
		"say 1 Please hold the line.": nil,
	} {
		s.types(line)
		got := s.order()
		if play, ok := got.(model.Play); ok && want == nil && play.Call == "c1" && play.Playlist[0].Text == "Please hold the line." {
			continue
		}
		if got != want {
			t.Errorf("%s gave %#v, want %#v", line, got, want)
		}
	}
	s.types("bridge 1 2")
	for _, id := range []model.CallID{"c1", "c2"} {
		if got, ok := s.order().(model.Join); !ok || got.Call != id {
			t.Errorf("bridge gave %#v for %s", got, id)
		}
	}
	s.types("memo 1 order 5521").hears("Noted on Globex.")
	s.types("memo 1").hears("The note on Globex is taken away.")
	for line, answer := range map[string]string{
		"hold":              "Say which call, such as hold 2.",
		"digits 1 5x":       "Not done: digits are 0 to 9",
		"bridge 1 1":        "Not done: a call cannot talk with itself.",
		"bridge 1":          "Not done: name two calls, such as bridge 1 2.",
		"bridge 1 9":        "Not done: there is no call 9.",
		"transfer 1 nobody": "Not done: no @, type sip:user@host.",
		"pickup 1":          "Not done: ",
		"say 1":             "Not done: type what to say.",
		"digits 7 1":        "Not done: there is no call 7.",
		"transfer 1":        "Not done: ",
		"stop 2":            "Not done: ",
		"memo 9 x":          "Not done: there is no call 9.",
		"help":              "digits CALL DIGITS: send digits.",
	} {
		s.types(line).hears(answer)
	}
}

package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cordpair/model"
)

// nasty is what names, addresses and words from the wire are made of here.
var nasty = []string{
	"\x1b[2J\x1b[31mred\x07", "\x1b]0;title\x07", "\x1bP+q\x1b\\", "\u009b31m", "\u202eevil\u202c", "\u2066iso\u2069", "株式会社日本電信電話", "ｶﾀｶﾅ",
	"👩‍👩‍👧‍👦 family", "🇩🇪🇫🇷", "👍🏽", "❤️", "1️⃣", "e" + strings.Repeat("\u0301", 40) + "nd", "a\u0300\u0301\u0302bc", "tab\tnew\nline\r\x00", "\xff\xfe broken",
	strings.Repeat("very long ", 30), "\u200b\u200d\ufe0f\u00ad", "مرحبا שלום", "\u0e33\u0e33 sara am", "한국어", "ﷺ", "\U000e0001tag", "\ufeff", "\u2028\u2029", "", " ", "ر\u0600", "\U000110bd",
}

// besieged is a desk where all that can be told from outside is s.
func besieged(t testing.TB, s string) *rig {
	r := newRig(t, 120, 36, func(o *Options) { o.Carries = true })
	r.empty()
	id := model.CallID("c" + s)
	from, to := model.Address{Name: s, URI: "sip:" + s + "@" + s}, model.Address{Name: s, URI: s}
	r.happen(call(id, from, model.Created, 9.0, model.Ringing, 8.0, model.Answered, 7.0)...)
	r.happen(call("d"+id, to, model.Created, 9.0, model.Ringing, 8.0)...)
	r.happen(model.LegReported{At: ago(7), Call: id, Leg: model.LegReport{SIPCallID: s, Remote: s, Transport: s, Codec: s, Code: 486, Phrase: s, Text: s, EndedBy: s,
		HeadersReceived: []model.Header{{Name: s, Value: s}}, HeadersSent: []model.Header{{Name: s, Value: s}}}})
	r.choose(id)
	tag := r.ask(id, bob)
	end := peer("p"+id, id, tag, to, model.Ended, ago(5))
	end.Call.EndReason = s
	failed := connect(id, tag, "p"+id, to, model.ConnectFailed, ago(5))
	failed.Reason = s
	r.happen(connect(id, tag, "p"+id, to, model.ConnectConnecting, ago(6)), peer("p"+id, id, tag, to, model.Ringing, ago(6)),
		model.LegReported{At: ago(5), Call: "p" + id, Leg: model.LegReport{SIPCallID: s, Remote: s, Code: 486, Phrase: s, EndedBy: "remote"}}, end, failed)
	r.happen(model.Notice{At: noon, Text: s})
	return r
}

// harmless draws the screen in windows of random sizes.
func harmless(t *testing.T, r *rig, rnd *rand.Rand, windows int) {
	t.Helper()
	for range windows {
		r.resize(leastWidth+rnd.IntN(300-leastWidth+1), leastHeight+rnd.IntN(100-leastHeight+1))
		exact(t, r)
		for _, c := range ansi.Strip(strings.ReplaceAll(r.View(), "\n", "")) {
			if c < ' ' || c >= 0x7f && c < 0xa0 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0x2028 || c == 0x2029 {
				t.Fatalf("%U on the screen", c)
			}
		}
		if t.Failed() {
			t.Fatalf("at %d x %d:\n%s", r.w, r.h, r.View())
		}
	}
}

// everywhereKeys lead to each screen and to what opens over them.
var everywhereKeys = [][]string{{"1"}, {"2"}, {"3"}, {"3", "G", "enter"}, {"4"}, {"5"}, {"5", "l", "G", "enter"}, {"6"}, {"c"}, {"c", "ctrl+x"}, {"c", "ctrl+r"},
	{".", "d"}, {"D"}, {"D", "r"}, {"t"}, {"n"}, {"y"}, {"i"}, {":", "connect"}, {"q"}, {"L"}, {"space", "k", "space", "D"}, {"g", "X"}, {"/", "party:e"}, {"m"}}

// TestHostileText shows hostile text everywhere, by turns.
func TestHostileText(t *testing.T) {
	rnd, at := rand.New(rand.NewPCG(1, 2)), 0
	for i, s := range nasty {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			for range 6 {
				r := besieged(t, s+nasty[rnd.IntN(len(nasty))])
				r.press(everywhereKeys[at%len(everywhereKeys)]...)
				at++
				harmless(t, r, rnd, 3)
			}
		})
	}
}

// FuzzHostileText does the same with any text, one screen at a time.
func FuzzHostileText(f *testing.F) {
	for i, s := range nasty {
		f.Add(s, uint64(i))
	}
	f.Fuzz(func(t *testing.T, s string, seed uint64) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		r := besieged(t, s)
		r.press(fmt.Sprint(1 + seed%uint64(screenCount)))
		r.wait(time.Second)
		harmless(t, r, rnd, 1)
	})
}

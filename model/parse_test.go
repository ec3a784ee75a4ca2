package model

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]Address{
		"sip:bob@demo":                   {URI: "sip:bob@demo"},
		"SIP:bob@demo":                   {URI: "sip:bob@demo"},
		"bob@demo":                       {URI: "sip:bob@demo"},
		"  sips:bob@demo:5061 ":          {URI: "sips:bob@demo:5061"},
		"sip:bob@127.0.0.1:5060":         {URI: "sip:bob@127.0.0.1:5060"},
		"sip:bob@[::1]:5060":             {URI: "sip:bob@[::1]:5060"},
		"sip:bob@demo;transport=tcp":     {URI: "sip:bob@demo;transport=tcp"},
		"sip:+15550100@pbx.example.test": {URI: "sip:+15550100@pbx.example.test"},
		"Bob Vale <sip:bob@demo>":        {Name: "Bob Vale", URI: "sip:bob@demo"},
		`"Vale, Bob" <sip:bob@demo>`:     {Name: "Vale, Bob", URI: "sip:bob@demo"},
		"+1 (555) 010-0042":              {URI: "+15550100042"},
		"Globex <+15550100>":             {Name: "Globex", URI: "+15550100"},
		"sip:user%40name@demo":           {URI: "sip:user%40name@demo"},
		"sip:bob:secret@demo":            {URI: "sip:bob:secret@demo"},
	} {
		got, err := ParseAddress(in)
		if err != nil || got != want {
			t.Errorf("%q: %+v %v, want %+v", in, got, err, want)
		}
		if again, err := ParseAddress(got.String()); err != nil || again != got {
			t.Errorf("%q written as %q reads as %+v %v", in, got.String(), again, err)
		}
	}
	for _, in := range []string{"", "bob", "sip:", "sip:@demo", "sip:bob@", "sip:bob@demo:0", "sip:bob@demo:", "sip:bob@demo:99999",
		"http://demo", "mailto:bob@demo", "sip:bo b@demo", "sip:bob@de mo", "sip:bob@demo\r\nX: 1", "sip:b@c@d", "12", "sip:bob@[::1", "<sip:bob@demo", "sip:bob@dé"} {
		if got, err := ParseAddress(in); !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %+v %v, want an error", in, got, err)
		}
	}
	if _, err := ParseSIPAddress("+15550100"); !errors.Is(err, ErrAddress) {
		t.Error("a number is no SIP address")
	}
}

func TestAddressParts(t *testing.T) {
	a := Address{Name: "", URI: "sip:bob@demo:5060;transport=tcp"}
	if a.User() != "bob" || a.Host() != "demo:5060" || a.Brief() != "bob@demo:5060" {
		t.Errorf("%q %q %q", a.User(), a.Host(), a.Brief())
	}
	if got := LooseAddress("\x1b[31mevil\x07"); strings.ContainsAny(got.URI, "\x1b\x07") {
		t.Errorf("hostile text survived: %q", got.URI)
	}
}

func TestParseMedia(t *testing.T) {
	for in, want := range map[string]Media{
		"us":                   {Kind: Ringtone, Country: "us"},
		"ringtone:DE:5":        {Kind: Ringtone, Country: "de", Duration: 5 * time.Second},
		"https://a.test/x.mp3": {Kind: Audio, URL: "https://a.test/x.mp3"},
		"say:please hold":      {Kind: Speech, Text: "please hold"},
		"silence:1.5":          {Kind: Silence, Duration: 1500 * time.Millisecond},
	} {
		got, err := ParseMedia(in)
		if err != nil || got != want {
			t.Errorf("%q: %+v %v", in, got, err)
		}
		if again, err := ParseMedia(got.String()); err != nil || again != got {
			t.Errorf("%q written as %q reads as %+v %v", in, got, again, err)
		}
	}
	for _, in := range []string{"", "xx", "silence:0", "silence:", "say:", "ftp://x", "http://", "ringtone:us:-1", "ringtone:us:x"} {
		if _, err := ParseMedia(in); !errors.Is(err, ErrMedia) {
			t.Errorf("%q: %v, want an error", in, err)
		}
	}
}

func TestPrices(t *testing.T) {
	for in, want := range map[string]Price{"": 0, "0.0075": 75, "$1.5": 15000, "2": 20000, ".05": 500} {
		if got, err := ParsePrice(in); err != nil || got != want {
			t.Errorf("%q: %d %v", in, got, err)
		}
	}
	for _, in := range []string{"0.00075", "-1", "x", "1,5", "1.x", "99999999999"} {
		if _, err := ParsePrice(in); err == nil {
			t.Errorf("%q passed", in)
		}
	}
	if got := Price(75).String(); got != "0.0075" {
		t.Error(got)
	}
}

func TestSeconds(t *testing.T) {
	for in, want := range map[string]time.Duration{"30": 30 * time.Second, "1.5": 1500 * time.Millisecond, "2m": 2 * time.Minute, "0": 0} {
		if got, err := ParseSeconds(in); err != nil || got != want {
			t.Errorf("%q: %s %v", in, got, err)
		}
	}
	for _, in := range []string{"", "x", "-1", "NaN", "1e300", "25h", "-2s"} {
		if got, err := ParseSeconds(in); err == nil {
			t.Errorf("%q passed as %s", in, got)
		}
	}
}

func TestValidateNamesEveryProblem(t *testing.T) {
	good := ConnectRequest{From: "sip:a@b", To: "sip:c@d"}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	bad := ConnectRequest{
		From: "", To: "+15550100", Codecs: []string{"PCMU", "PCMU", "MP3"},
		Headers:  []Header{{"Subject", "x"}, {"X-A", "1\r\nVia: evil"}, {"X-B", "ok"}, {"x-b", "again"}, {"X-é", "1"}},
		Timeout:  1500 * time.Millisecond,
		Ringback: Playlist{{Kind: Ringtone, Country: "xx"}}, MaxPricePerMinute: -1,
		SessionTimeout: -time.Second, CallStateURL: "ftp://x", CallStateEvents: []string{"ended", "bogus"},
	}
	var invalid *InvalidRequest
	if err := bad.Validate(); !errors.As(err, &invalid) || !errors.Is(err, ErrRequest) {
		t.Fatalf("%v", err)
	}
	count := map[Field]int{}
	for _, p := range invalid.Problems {
		count[p.Field]++
		if p.Text == "" {
			t.Errorf("%s: no text", p.Field)
		}
	}
	for f, n := range map[Field]int{FieldFrom: 1, FieldTo: 1, FieldCodecs: 2, FieldHeaders: 4, FieldTimeout: 1, FieldRingback: 1,
		FieldMaxPrice: 1, FieldSessionTimeout: 1, FieldStateURL: 1, FieldStateEvents: 1} {
		if count[f] != n {
			t.Errorf("%s: %d problems, want %d: %v", f, count[f], n, invalid)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":             "plain",
		"héllo 日本 👍":        "héllo 日本 👍",
		"a\x1b[2Jb":         "a[2Jb",
		"one\r\ntwo\tthree": "one  two three",
		"\u202eevil":        "evil",
		"c1\u009bx":         "c1x",
		"bad\xffutf":        "bad\ufffdutf",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSentencesForEveryWord(t *testing.T) {
	words := []string{WordHangup, WordCancel, WordBusy, WordNoAnswer, WordDecline, WordError, WordNotFound, WordMaxDuration, WordAbandoned,
		WordDisconnect, WordRefused, WordTimeout, WordExpired, WordSessionLost, WordUnreachable, "somethingNew"}
	for _, w := range words {
		for by := Nobody; by <= Exchange; by++ {
			s := Cause{By: by, Word: w, Code: 486, Phrase: "Busy Here"}.Sentence("bob")
			if s == "" || !strings.HasSuffix(s, ".") || !strings.Contains(s, "486 Busy Here") {
				t.Errorf("%s by %s: %q", w, by, s)
			}
			s = Cause{By: by, Word: w, Code: 486, Phrase: "Busy Here"}.SentenceIn("")
			if s == "" || !strings.HasSuffix(s, ".") || !strings.Contains(s, "486 Busy Here") {
				t.Errorf("%s by %s of a call that came in: %q", w, by, s)
			}
		}
	}
	if (Cause{}).Sentence("bob") != "" || (Cause{}).SentenceIn("bob") != "" {
		t.Error("nothing ended, nothing to say")
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"sip:bob@demo", "+1555", "A <sip:b@c>", "sip:b@[::1]:1", "<>", "\"\" <"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddress(s)
		if err != nil {
			return
		}
		if Clean(a.URI) != a.URI || a.URI == "" {
			t.Errorf("%q gave %q", s, a.URI)
		}
		a.User()
		a.Host()
		a.Brief()
	})
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1bb\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if Clean(got) != got {
			t.Errorf("%q: cleaning twice differs", s)
		}
		for _, r := range got {
			if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 {
				t.Errorf("%q: control %U left", s, r)
			}
		}
	})
}

func FuzzParseMedia(f *testing.F) {
	f.Add("ringtone:us:3")
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := ParseMedia(s); err == nil && m.Check() != nil {
			t.Errorf("%q parsed into something unplayable", s)
		}
	})
}

// A plain hang-up is told once, not again in the server's words.
func TestHangupIsToldOnce(t *testing.T) {
	c := Cause{By: Caller, Word: WordHangup, Text: "the other side hung up"}
	if got := c.Sentence("bob"); got != "The caller hung up." {
		t.Error(got)
	}
	c = Cause{By: Exchange, Word: WordHangup, Text: "going out of service"}
	if got := c.Sentence("bob"); got != "The exchange ended the call: going out of service." {
		t.Error(got)
	}
}

// A caller is not who did not answer, nor busy when an operator says so.
func TestEndsOfCallsThatCameIn(t *testing.T) {
	for _, c := range []struct {
		cause Cause
		want  string
	}{
		{Cause{By: Caller, Word: WordCancel, Code: 487, Phrase: "Request Terminated"}, "erin gave up before anybody answered (487 Request Terminated)."},
		{Cause{By: Caller, Word: WordHangup}, "erin hung up."},
		{Cause{By: Exchange, Word: WordNoAnswer, Code: 480}, "Nobody answered (480)."},
		{Cause{By: Operator, Word: WordBusy, Code: 486, Phrase: "Busy Here"}, "You or another operator rejected the call as busy (486 Busy Here)."},
		{Cause{By: Operator, Word: WordDecline, Code: 603, Phrase: "Decline"}, "You or another operator rejected the call (603 Decline)."},
		{Cause{By: Operator, Word: WordBusy}, "You or another operator hung up, as busy."},
		{Cause{By: Operator, Word: WordHangup}, "You or another operator hung up."},
		{Cause{By: Exchange, Word: WordHangup, Text: "going out of service"}, "The exchange ended the call: going out of service."},
	} {
		if got := (&Call{Direction: Inbound, End: c.cause}).EndSentence("erin"); got != c.want {
			t.Errorf("%+v: %q, want %q", c.cause, got, c.want)
		}
	}
	out := &Call{Direction: Outbound, End: Cause{By: Caller, Word: WordBusy, Code: 486}}
	if got := out.EndSentence("erin"); got != "erin is busy (486)." {
		t.Error(got)
	}
}

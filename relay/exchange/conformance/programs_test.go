//go:build thirdparty

package conformance

import (
	"slices"
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

// TestDial: a program calls out, to one phone, to several in turn, to several
// at once; and what happens when none of them answers.
func TestDial(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			x := startExchange(t)
			p := listen(t, sdk, x.Relay)
			p.do(`
				voice = client.voice ?? client;
				Voice = sdk.Voice;
				to = (address, timeout = 20) => ({ from: "sip:desk@domain.com", to: address, timeout });
				plan = (...groups) => groups.reduce((b, g) =>
					b.add(Array.isArray(g) ? g.map((a) => Voice.DeviceBuilder.Sip(to(a))) : Voice.DeviceBuilder.Sip(to(g))),
					new Voice.DeviceBuilder());`)

			one := newSIPp(t, picksUp)
			var call jsCall
			p.do(`call = await voice.dialSip(to("`+one.Address+`")); return call`, &call)
			if call.ID == "" || call.State != "answered" || call.Direction != "outbound" || call.To != one.Address {
				t.Errorf("dialSip resolves with %+v", call)
			}
			p.do(`await call.hangup()`)
			one.Content(t)

			busy, rings, second := newSIPp(t, refuses("486 Busy Here")), newSIPp(t, ringsOn), newPhone(t, "second", phoneKind{})
			dialing := p.begin(`call = await voice.dial(plan("` + busy.Address + `", ["` + rings.Address + `", "` + second.Address + `"])); return call`)
			rings.First(t, "SIP/2.0 180") // or the answer may be there before this one is called
			second.Expect(program.PhoneRings)
			second.Do("accept", "")
			dialing.ok(&call)
			if call.To != second.Address {
				t.Errorf("dial resolves with %+v, want the phone that answers", call)
			}
			busy.Content(t)
			rings.Content(t)
			// 4.x stops watching at the first "ended" of a tag, that of a loser, and
			// so never learns of the end of the winner.
			hungUp := p.begin(`await call.hangup()`)
			second.Expect(program.PhoneClosed)
			if sdk == v3 {
				hungUp.ok()
			}

			no := newSIPp(t, refuses("603 Decline"))
			if e := p.begin(`await voice.dialSip(to("` + no.Address + `"))`).fails(); e["dialState"] != "failed" || e["reason"] != "decline" {
				t.Errorf("a failed dial rejects with %v", e)
			}
			no.Content(t)
			if e := p.begin(`await voice.dialSip(to("nonsense"))`).fails(); e["code"] != "400" {
				t.Errorf("a refused dial rejects with %v", e)
			}
		})
	}
}

// TestDialThenConnect makes a call of two phones that the program both called.
func TestDialThenConnect(t *testing.T) {
	t.Parallel()
	const low, high = 440, 1000
	x := startExchange(t)
	p := listen(t, v4, x.Relay)
	ann := newPhone(t, "ann", phoneKind{tone: low, auto: true, at: x})
	bob := newPhone(t, "bob", phoneKind{tone: high, auto: true, at: x, codecs: "PCMA"})
	p.do(`
		call = await client.voice.dialSip({ from: "sip:desk@domain.com", to: "sip:ann@domain.com" });
		peer = await call.connectSip({ from: "sip:desk@domain.com", to: "sip:bob@domain.com" })`)
	ann.Hears(high)
	bob.Hears(low) // PCMU here, PCMA there
	p.do(`await call.hangup()`)
	ann.Expect(program.PhoneClosed)
	bob.Expect(program.PhoneClosed)
}

// TestG722 bridges two registered softphones that have no codec but G.722, and
// speaks to one of them.
func TestG722(t *testing.T) {
	t.Parallel()
	const low, high = 440, 1000
	x := startExchange(t)
	p := listen(t, v3, x.Relay)
	b := benchOf(t, x, p, phoneKind{tone: low, codecs: "G722", at: x})
	ann := newPhone(t, "ann", phoneKind{tone: high, codecs: "G722", auto: true, at: x})
	p.do(`await call.playTTS({ text: "please hold the line" })`)
	b.caller.HearsSpeech(0)
	b.connectSip("sip:ann@" + domain).ok()
	b.caller.Hears(high)
	ann.Hears(low)
	p.do(`await call.hangup()`)
}

// TestPlayback: pause, resume, volume, stop, and several media in a row, by ear.
func TestPlayback(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sdk)
			b.p.do(`
				Playlist = sdk.Voice.Playlist;
				// 4.x has play({playlist}) and a promise with methods; 3.x neither.
				play = async (list) => {
					const p = call.play(call.listen ? { playlist: list } : list);
					return p.onStarted ? { playback: await p.onStarted() } : { playback: await p };
				};
				({ playback } = await play(new Playlist({ volume: 2 }).add(Playlist.Ringtone({ name: "us", duration: 60 }))))`)
			// The American ringback is 440 and 480 Hz for two seconds of six.
			program.Until(t, "the caller hears ringing", func() bool { return program.Speech(b.caller.Heard()) > 0.5 })
			b.p.do(`await playback.pause()`)
			b.caller.HearsSilence()
			b.p.do(`await playback.resume(); await playback.setVolume(-10)`)
			since := len(b.caller.Heard())
			program.Until(t, "the caller hears ringing again", func() bool {
				pcm := b.caller.Heard()
				return len(pcm) > since && program.Speech(pcm[since:]) > 0.1
			})
			var ended struct{ State string }
			b.p.do(`over = playback.ended(); await playback.stop(); return await over`, &ended)
			if ended.State != "finished" {
				t.Errorf("a stopped playback ends as %q", ended.State)
			}
			since = len(b.caller.Heard())
			b.p.do(`
				({ playback } = await play(new Playlist()
					.add(Playlist.Silence({ duration: 0.2 }))
					.add(Playlist.TTS({ text: "please hold the line", language: "en-GB", gender: "male" }))));
				return await playback.ended()`, &ended)
			if ended.State != "finished" {
				t.Errorf("a playlist ends as %q", ended.State)
			}
			b.caller.HearsSpeech(since)
			b.p.begin(`await call.playRingtone({ name: "nowhere" })`).fails()
			b.p.begin(`await call.playAudio({ url: "" })`).fails()
			b.p.do(`await call.hangup()`)
		})
	}
}

// TestSendDigits: the phone gets them, as RFC 4733 events.
func TestSendDigits(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sdk)
			b.p.do(`await call.sendDigits("15w*#")`)
			var got []string
			for range 4 {
				got = append(got, b.caller.Expect(program.PhoneDigit).Param)
			}
			if s := strings.Join(got, ""); s != "15*#" {
				t.Errorf("the phone got %q", s)
			}
			b.p.begin(`await call.sendDigits("12x")`).fails()
		})
	}
}

// TestHangupReasons maps what a program gives to what a phone that is still
// ringing the exchange is told.
func TestHangupReasons(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	p := listen(t, v4, x.Relay)
	for reason, status := range map[string]string{"busy": "486", "decline": "603", "noAnswer": "480", "error": "500", "hangup": "603", "cancel": "487"} {
		erin := newPhone(t, "erin", phoneKind{})
		erin.Do("dial", x.At("support"))
		p.do(`call = await next(); await call.hangup("` + reason + `")`)
		if e := erin.Expect(program.PhoneClosed); !strings.Contains(e.Param, status) {
			t.Errorf("hangup(%q) ends the ringing phone's call with %q, want %s", reason, e.Param, status)
		}
	}
	if e := p.begin(`await call.hangup("boredom")`).fails(); e["code"] != "410" && e["code"] != "400" {
		t.Errorf("an unknown reason: %v", e)
	}
}

// TestPass: the call goes to one program of the context, then to the other,
// whatever their generation, and to nobody after that.
func TestPass(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	old := listen(t, v3, x.Relay)
	benchOf(t, x, old, phoneKind{}) // 3.x does not tell when it takes calls; now it does
	programs := []*app{old, listen(t, v4, x.Relay)}
	watcher := watch(t, x)

	erin := newPhone(t, "erin", phoneKind{})
	erin.Do("dial", x.At("support"))
	id := watcher.event("calling.call.receive", nil).str("call_id")
	first, second := offered(t, id, programs...), programs[0]
	if first == second {
		second = programs[1]
	}
	first.do(`call = await next(); await call.pass()`)
	offered(t, id, second)
	second.do(`call = await next(); await call.answer()`)
	erin.Expect(program.PhoneEstablished)

	frank := newPhone(t, "frank", phoneKind{})
	frank.Do("dial", x.At("support"))
	id = watcher.event("calling.call.receive", nil).str("call_id")
	for range programs {
		p := offered(t, id, programs...)
		p.do(`call = await next(); await call.pass()`)
		programs = slices.DeleteFunc(programs, func(other *app) bool { return other == p })
	}
	if e := frank.Expect(program.PhoneClosed); !strings.Contains(e.Param, "480") {
		t.Errorf("a call that all passed on ends with %q", e.Param)
	}
}

// offered waits until one of the programs is offered the call.
func offered(t *testing.T, id string, programs ...*app) *app {
	t.Helper()
	var p *app
	program.Until(t, "a program is offered the call", func() bool {
		for _, candidate := range programs {
			if candidate.has(id) {
				p = candidate
			}
		}
		return p != nil
	})
	return p
}

func (p *app) has(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.lines, func(l line) bool { return l.Received != nil && l.Received.ID == id })
}

package ui

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

const sdpPCMU = "v=0\r\nm=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

// message is a SIP message as the exchange tells it.
func message(call model.CallID, at time.Time, sent bool, summary, cseq string, more ...string) model.SIPSeen {
	first := "SIP/2.0 " + summary
	if responseCode(summary) == 0 {
		first = summary + " sip:bob@127.0.0.1 SIP/2.0"
	}
	raw := first + "\r\nVia: SIP/2.0/UDP 127.0.0.1:5060\r\nFrom: \"Erin Vale\" <sip:erin@demo>;tag=1\r\nTo: <sip:support@127.0.0.1>\r\nCall-ID: " +
		string(call) + "\r\nCSeq: " + cseq + "\r\n"
	body := ""
	for _, m := range more {
		if strings.HasPrefix(m, "v=0") {
			body = m
			continue
		}
		raw += m + "\r\n"
	}
	return model.SIPSeen{At: at, Call: call, Sent: sent, Transport: "UDP", Remote: "127.0.0.1:5082", Summary: summary, Raw: raw + "\r\n" + body}
}

// withLadder is a call that talked to bob until bob hung up, with each SIP
// message of both legs.
func (r *rig) withLadder() *rig {
	r.several()
	r.wire("e1aa0003", "b0bb0001")
	return r.choose("e1aa0003")
}

// wire tells the SIP messages of a call that talks.
func (r *rig) wire(a, b model.CallID) {
	r.happen(
		message(a, ago(104.001), false, "INVITE", "1 INVITE", sdpPCMU),
		message(a, ago(104), true, "100 Trying", "1 INVITE"),
		message(a, ago(103.99), true, "180 Ringing", "1 INVITE"),
		message(a, ago(101.91), true, "200 OK", "1 INVITE", sdpPCMU),
		message(a, ago(101.89), false, "ACK", "1 ACK"),
		message(b, ago(93.88), true, "INVITE", "1 INVITE", "X-Account: 8841", sdpPCMU),
		message(b, ago(93.61), false, "180 Ringing", "1 INVITE"),
		message(b, ago(90.02), false, "200 OK", "1 INVITE", sdpPCMU),
		message(b, ago(90.01), true, "ACK", "1 ACK"),
		message(b, ago(40), false, "INFO", "2 INFO"),
		message(b, ago(39.99), true, "200 OK", "2 INFO"),
	)
}

func TestLadderIsOneClock(t *testing.T) {
	r := newRig(t, 120, 36).withLadder()
	var got []string
	for _, s := range r.stepsOf(r.current()) {
		got = append(got, fmt.Sprintf("%c %s %s", s.leg, s.layer, s.word))
	}
	want := []string{
		"A sip INVITE", "A relay call.receive", "A relay call.state", "A sip 100 Trying", "A sip 180 Ringing", "A sip 200 OK", "A relay call.state",
		"A sip ACK", "A relay calling.connect", "A relay call.connect", "A media ringback ringtone:us", "B relay call.state", "B sip INVITE", "B sip 180 Ringing",
		"B relay call.state", "B sip 200 OK", "B sip ACK", "B relay call.state", "A relay call.connect", "B media bridge PCMU/8000",
		"B sip INFO", "B sip 200 OK",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestLadderLayersAndClock(t *testing.T) {
	r := newRig(t, 120, 36).withLadder().press("3")
	r.sees("INVITE PCMU,PCMA")
	r.press("s", "m")
	if strings.Contains(r.View(), "INVITE PCMU,PCMA") || strings.Contains(r.View(), "= bridge") {
		t.Error("SIP or media are still shown")
	}
	r.press("r").sees("show SIP, RELAY and media")
	r.press("r", "t").sees("00:27.000")
}

func TestLadderInspects(t *testing.T) {
	r := newRig(t, 120, 36).withLadder().press("3", "g", "enter")
	r.sees("Via: SIP/2.0/UDP 127.0.0.1:5060")
	r.sees("m=audio 4000 RTP/AVP 0 8 101")
	r.press("n").sees("call.receive")
	r.press("esc")
	for range 7 {
		r.press("j")
	}
	r.press("enter").sees(`"to": "sip:bob@demo"`) // the order's own frame
	r.press("esc", "esc")
	if r.App.at != atCalls {
		t.Error("esc does not go back")
	}
}

func TestLadderOtherCalls(t *testing.T) {
	r := newRig(t, 120, 36).withLadder().press("e")
	r.sees("Ladder  #3 Erin Vale + Bob")
	r.press("]").sees("Ladder  #2 Globex")
	r.press("[", "[").sees("Ladder  #4 Dana Whitfield")
}

func TestLadderCompares(t *testing.T) {
	r := newRig(t, 120, 36).withLadder()
	r.wire("e1aa0002", "")
	r.failed("e1aa0002", "b0bb0002", bob, "busy", 486, "Busy Here", "remote")
	r.happen(message("b0bb0002", ago(93.8), true, "INVITE", "1 INVITE", sdpPCMU), message("b0bb0002", ago(74.9), false, "486 Busy Here", "1 INVITE"))
	r.choose("e1aa0002").press("3", "x").sees("mark a step here with space first, or another call on Calls")
	r.press("1", "space").choose("e1aa0003").press("3", "x").sees("Compared with #2 Globex")
	own, there := 0, 0
	list := r.ladder.rungs(r.App)
	for i := range list {
		switch list[i].mark {
		case '+':
			own++
		case '-':
			there++
			if list[i].word == "180 Ringing" {
				t.Error("a step of both stands for one")
			}
		}
	}
	if own == 0 || there == 0 || own == len(list) {
		t.Errorf("%d only here, %d only there, of %d", own, there, len(list))
	}
	r.sees("486 Busy Here")
	r.press("esc")
	if r.ladder.against != "" || r.App.at != atLadder {
		t.Error("esc does not end the comparison first")
	}
}

func TestLadderIsWritten(t *testing.T) {
	files := map[string][]byte{}
	save := func(name string, data []byte) (string, error) {
		files[name] = data
		return "/home/me/" + name, nil
	}
	r := newRig(t, 120, 36, func(o *Options) { o.Save = save }).withLadder().press("3")
	_, cmd := r.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("w")})
	r.Update(r.doWriteLadder()())
	if cmd == nil {
		t.Fatal("w does nothing")
	}
	r.sees("Written: /home/me/ladder-3-20260314-140211.txt")
	text := string(files["ladder-3-20260314-140211.txt"])
	for _, want := range []string{"#3 Erin Vale + Bob", "- INVITE PCMU,PCMA -", "connect", "CSeq: 1 INVITE"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	for _, c := range text {
		if c > 0x7e || c < 0x20 && c != '\n' {
			t.Fatalf("%q in the text", c)
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(files["ladder-3-20260314-140211.csv"])).ReadAll()
	if err != nil || len(rows) != 23 || rows[1][6] != "INVITE" || rows[1][4] != "A" || rows[1][5] != "exchange" {
		t.Errorf("%d rows, %v: %v", len(rows), err, rows[1])
	}
	lines := strings.Split(strings.TrimSpace(string(files["ladder-3-20260314-140211.jsonl"])), "\n")
	var last ladderRow
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 22 || last.What != "200 OK" || last.From != "exchange" || last.To != "B" {
		t.Errorf("%d lines, %+v, %v", len(lines), last, err)
	}
	r.opt.Save = func(string, []byte) (string, error) { return "", errors.New("disk full") }
	r.Update(r.doWriteLadder()())
	r.sees("The ladder could not be written: disk full.")
	r.opt.Save = nil
	r.press("w").sees("this console writes no files")
}

func TestSheetSafe(t *testing.T) {
	for in, want := range map[string]string{"": "", "INVITE": "INVITE", "=cmd()": "'=cmd()", "-1": "'-1", "@x": "'@x"} {
		if got := sheetSafe(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestSDPCodecs(t *testing.T) {
	for raw, want := range map[string]string{
		"":                           "",
		"INVITE x\r\n\r\n" + sdpPCMU: "PCMU,PCMA",
		"X\r\n\r\nm=audio 1 RTP/AVP 96 9\r\na=rtpmap:96 opus/48000/2\r\n": "OPUS,G722",
		"X\r\n\r\nm=audio": "",
	} {
		if got := strings.Join(sdpCodecs(raw), ","); got != want {
			t.Errorf("%q: %q", raw, got)
		}
	}
}

// TestLadderOfHostileMessages: whatever a phone sends is drawn harmlessly.
func TestLadderOfHostileMessages(t *testing.T) {
	r := newRig(t, 80, 24)
	hostile(r)
	for i, s := range []string{"\x1b[2J", "INVITE\r\nX", strings.Repeat("本", 3000), "\xff\xfe", "200", "999 \u202e"} {
		r.happen(model.SIPSeen{At: ago(float64(i)), Call: r.selected, Sent: i%2 == 0, Summary: s, Raw: s + "\r\n: :\r\nCSeq\r\n\r\nm=audio\x00"})
	}
	r.press("3", "g")
	for range 12 {
		exact(t, r)
		r.press("enter")
		exact(t, r)
		r.press("esc", "j")
	}
}

func TestLadderSearch(t *testing.T) {
	r := newRig(t, 120, 36).withLadder().press("3", "/", "telephone-event")
	r.sees("/  telephone-event")
	r.sees("INVITE")
	if n := r.ladder.rows(r.App); n == 0 || n > 4 || strings.Contains(r.View(), "call.receive") {
		t.Errorf("%d steps fit:\n%s", n, r.View())
	}
	exact(t, r)
	r.press("enter", "/", "zzz").sees("No step fits.")
	exact(t, r)
	r.press("esc", "esc").sees("22 steps")
	r.press("/", "connected", "tab").sees(" 14.0")
	r.press("esc").sees("22 steps")
	if r.App.at != atLadder {
		t.Error("esc left the ladder before it cleared the search")
	}
}

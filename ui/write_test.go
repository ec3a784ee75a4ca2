package ui

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"cordpair/model"
)

// written are the files that a key wrote, by what follows their name.
func written(r *rig, keys ...string) map[string]string {
	files := map[string]string{}
	r.opt.Save = func(name string, data []byte) (string, error) {
		_, ext, _ := strings.Cut(name, ".")
		files["."+ext] = string(data)
		return "/home/me/" + name, nil
	}
	r.pressed(keys...)
	return files
}

func TestListsAreWritten(t *testing.T) {
	r := newRig(t, 120, 36).withHistory()
	r.toast = toast{}
	files := written(r, "w")
	if got := strings.Count(files[".csv"], "\n"); got != 5 || !strings.Contains(files[".csv"], "Erin Vale") || strings.Count(files[".jsonl"], "\n") != 4 {
		t.Errorf("calls: %q", files)
	}
	r.sees("Written: /home/me/calls-20260314-140211.csv, with .jsonl.")
	r.press("/", "party:erin", "enter")
	if files = written(r, "w"); strings.Count(files[".csv"], "\n") != 2 {
		t.Errorf("a filtered list: %q", files[".csv"])
	}
	files = written(r, "esc", "4", "w")
	if !strings.Contains(files[".csv"], "486 busy") && !strings.Contains(files[".csv"], ",486,") || !strings.Contains(files[".jsonl"], `"kind":"connect"`) {
		t.Errorf("history: %q", files)
	}
	r = newRig(t, 120, 36).withLog()
	r.toast = toast{}
	if files = written(r, "5", "w"); files[".txt"] == "" || strings.Count(files[".txt"], "\n") != strings.Count(files[".jsonl"], "\n") {
		t.Errorf("log: %q", files)
	}
	r.opt.Save = func(string, []byte) (string, error) { return "", errors.New("disk full") }
	r.pressed("w")
	r.sees("could not be written: disk full")
	r.opt.Save = nil
	r.press("w")
	r.sees("this console writes no files")
	r = newRig(t, 120, 36).empty()
	written(r, "w")
	r.sees("nothing is selected")
}

// TestReportIsMasked holds that a report says what happened and hides who.
func TestReportIsMasked(t *testing.T) {
	r := newRig(t, 120, 36).several()
	r.opt.Setup = &Setup{Version: "devel", Settings: []string{"relay = ws://127.0.0.1:7070", "from = sip:+15550199@demo"}}
	r.wire("e1aa0002", "")
	r.failed("e1aa0002", "b0bb0002", model.Address{Name: "Bo Peep", URI: "sip:+15550123@demo"}, "busy", 486, "Busy Here", "remote")
	report := written(r.choose("e1aa0002"), "3", "w")[".report.txt"]
	for _, want := range []string{"== version ==\ndevel", "== ladder ==", "486 Busy Here", "INVITE", "m=audio 4000", `"value": "***"`, "number1", "== configuration ==\nrelay = ws://127.0.0.1:7070"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	for _, secret := range []string{"15550100", "15550123", "15550199", "Globex", "Bo Peep", "8841", "Erin Vale"} {
		if strings.Contains(report, secret) {
			t.Errorf("the report tells %q:\n%s", secret, report)
		}
	}
}

func TestMask(t *testing.T) {
	m := newMask()
	for _, c := range [][2]string{
		{"sip:+15550100@demo tel:15550100 +1 555 0100", "sip:number1@demo tel:number1 number1"},
		{"sip:bob@demo 127.0.0.1:5060 14:02:11", "sip:bob@demo 127.0.0.1:5060 14:02:11"},
		{`From: "Erin \ Vale" <sip:erin@demo>`, `From: "***" <sip:erin@demo>`},
		{"Proxy-Authorization: Digest response=\"x\"\r\nVia: y", "Proxy-Authorization: ***\r\nVia: y"},
		{`{"token": "a\"b", "name": "X-A", "value":"8841"}`, `{"token": "***", "name": "X-A", "value":"***"}`},
		{"f8f2530c-1848-4b48-a669-ef78750d14b3", "f8f2530c-1848-4b48-a669-ef78750d14b3"},
	} {
		if got := m.text(c[0]); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

// TestCapture reads a capture block by block as its format says.
func TestCapture(t *testing.T) {
	r := newRig(t, 120, 36).withLadder().press("3")
	data := []byte(written(r, "w")[".pcapng"])
	packets := 0
	for at := 0; at < len(data); {
		kind, size := binary.LittleEndian.Uint32(data[at:]), int(binary.LittleEndian.Uint32(data[at+4:]))
		if size < 12 || size%4 != 0 || int(binary.LittleEndian.Uint32(data[at+size-4:])) != size {
			t.Fatalf("block of %d bytes at %d", size, at)
		}
		if body := data[at+8 : at+size-4]; kind == pcapPacket {
			packet := body[20 : 20+binary.LittleEndian.Uint32(body[12:])]
			if us := int64(binary.LittleEndian.Uint32(body[4:]))<<32 | int64(binary.LittleEndian.Uint32(body[8:])); packets == 0 && us != ago(104.001).UnixMicro() {
				t.Errorf("the first is at %d", us)
			}
			if packet[0] != 0x45 || ipChecksum(packet[:20]) != 0 || int(binary.BigEndian.Uint16(packet[2:])) != len(packet) || int(binary.BigEndian.Uint16(packet[24:])) != len(packet)-20 {
				t.Errorf("packet %d: % x", packets, packet[:28])
			}
			if packets == 0 && (binary.BigEndian.Uint16(packet[20:]) != 5082 || binary.BigEndian.Uint16(packet[22:]) != 5060 || !strings.HasPrefix(string(packet[28:]), "INVITE ")) {
				t.Errorf("the first is % x", packet[:40])
			}
			packets++
		}
		at += size
	}
	if packets != 11 {
		t.Errorf("%d messages", packets)
	}
	if pcapng(nil, "") != nil {
		t.Error("a capture of nothing")
	}
	six := datagram(netip.MustParseAddrPort("[2001:db8::1]:5060"), netip.MustParseAddrPort("192.0.2.1:5060"), "x")
	if six[0] != 0x60 || len(six) != 49 {
		t.Errorf("% x", six)
	}
}

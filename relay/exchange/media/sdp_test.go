package media

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/sdp/v3"
)

// body joins lines into an SDP, with the session part before them.
func body(lines ...string) []byte {
	head := []string{"v=0", "o=- 42 7 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"}
	return []byte(strings.Join(append(head, lines...), "\r\n") + "\r\n")
}

func TestParseSDP(t *testing.T) {
	d, err := ParseSDP(body(
		"a=sendonly",
		"m=audio 4000 RTP/AVP 8 0 111 18 101 110 13 99",
		"a=rtpmap:111 opus/48000/2", "a=fmtp:111 useinbandfec=1;minptime=10",
		"a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16",
		"a=rtpmap:110 telephone-event/48000",
		"a=rtpmap:99 speex/16000",
		"a=ptime:30", "a=sendrecv"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Format{
		{Name: "PCMA", PayloadType: 8, ClockRate: 8000},
		{Name: "PCMU", PayloadType: 0, ClockRate: 8000},
		{Name: "OPUS", PayloadType: 111, ClockRate: 48000, Fmtp: "useinbandfec=1;minptime=10"},
		{Name: "G729", PayloadType: 18, ClockRate: 8000},
		{Name: "SPEEX", PayloadType: 99, ClockRate: 16000},
	}
	if !slices.Equal(d.Formats, want) {
		t.Errorf("formats %v, want %v", d.Formats, want)
	}
	if d.Addr.String() != "127.0.0.1:4000" || d.DTMF != 101 || d.Direction != SendRecv ||
		d.PTime != 30*time.Millisecond || d.SessionID != 42 || d.Version != 7 {
		t.Errorf("%+v", d)
	}
	if pt := d.EventType(want[2]); pt != 110 {
		t.Errorf("telephone-event beside Opus is %d", pt)
	}
}

func TestParseSDPVariants(t *testing.T) {
	audio := "m=audio 4000 RTP/AVP 0"
	for _, c := range []struct {
		name string
		body []byte
		addr string
		dir  Direction
		err  error
	}{
		{"plain", body(audio), "127.0.0.1:4000", SendRecv, nil},
		{"session direction", body("a=inactive", audio), "127.0.0.1:4000", Inactive, nil},
		{"address of the line", body(audio, "c=IN IP4 127.0.0.9"), "127.0.0.9:4000", SendRecv, nil},
		{"IPv6", body(audio, "c=IN IP6 ::1"), "[::1]:4000", SendRecv, nil},
		{"old hold", body(audio, "c=IN IP4 0.0.0.0"), "0.0.0.0:4000", SendOnly, nil},
		{"old hold of a listener", body(audio, "c=IN IP4 0.0.0.0", "a=recvonly"), "0.0.0.0:4000", Inactive, nil},
		{"second audio line", body("m=audio 0 RTP/AVP 8", audio), "127.0.0.1:4000", SendRecv, nil},
		{"after video", body("m=video 9 RTP/AVP 96", audio), "127.0.0.1:4000", SendRecv, nil},
		{"feedback profile", body("m=audio 4000 RTP/AVPF 0"), "127.0.0.1:4000", SendRecv, nil},
		{"SRTP only", body("m=audio 4000 RTP/SAVP 0"), "", 0, ErrTransport},
		{"WebRTC", body("m=audio 9 UDP/TLS/RTP/SAVPF 111"), "", 0, ErrTransport},
		{"refused", body("m=audio 0 RTP/AVP 0"), "", 0, ErrNoAudio},
		{"video only", body("m=video 9 RTP/AVP 96"), "", 0, ErrNoAudio},
		{"no media", body(), "", 0, ErrNoAudio},
		{"a name for an address", body(audio, "c=IN IP4 host.example"), "", 0, ErrBadSDP},
		{"empty", nil, "", 0, ErrBadSDP},
		{"not SDP", []byte("<sdp/>"), "", 0, ErrBadSDP},
		{"too long", body(strings.Repeat("a=x\r\n", 10000)), "", 0, ErrBadSDP},
		{"too many lines", body(slices.Repeat([]string{audio}, 17)...), "", 0, ErrBadSDP},
		{"port out of range", body("m=audio 99999 RTP/AVP 0"), "", 0, ErrBadSDP},
		{"no address", []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + audio + "\r\n"), "", 0, ErrBadSDP},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := ParseSDP(c.body)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err == nil && (d.Addr.String() != c.addr || d.Direction != c.dir) {
				t.Fatalf("%v %v, want %v %v", d.Addr, d.Direction, c.addr, c.dir)
			}
		})
	}
}

var here = netip.MustParseAddrPort("127.0.0.1:6000")

func TestOfferKeepsTheOrder(t *testing.T) {
	b, err := Offer(here, []string{"opus", "PCMA", "VP8", "G729", "PCMA", "G722", "PCMU", "H264"}, SDPOptions{SessionID: 5, Version: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"o=- 5 2 IN IP4 127.0.0.1", "c=IN IP4 127.0.0.1",
		"m=audio 6000 RTP/AVP 96 8 18 9 0 101 110",
		"a=rtpmap:96 opus/48000/2", "a=rtpmap:8 PCMA/8000", "a=rtpmap:18 G729/8000", "a=rtpmap:9 G722/8000",
		"a=rtpmap:101 telephone-event/8000", "a=rtpmap:110 telephone-event/48000", "a=fmtp:101 0-15",
		"a=ptime:20", "a=sendrecv",
	} {
		if !strings.Contains(string(b), line+"\r\n") {
			t.Errorf("no %q in\n%s", line, b)
		}
	}
	d, err := ParseSDP(b)
	if err != nil || len(d.Formats) != 5 || d.DTMF != 101 {
		t.Fatalf("%+v, %v", d, err)
	}
}

func TestOfferRefusals(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  error
	}{
		{nil, ErrNoCommonCodec}, {[]string{"VP8"}, ErrNoCommonCodec}, {[]string{"PCMU", "SPEEX"}, ErrUnknownCodec},
	} {
		if _, err := Offer(here, c.names, SDPOptions{}); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.names, err, c.want)
		}
	}
}

func TestAnswerChooses(t *testing.T) {
	offer := body("m=audio 4000 RTP/AVP 8 0 111 101 102",
		"a=rtpmap:111 opus/48000/2", "a=fmtp:111 stereo=0",
		"a=rtpmap:101 telephone-event/8000", "a=rtpmap:102 telephone-event/48000")
	for _, c := range []struct {
		name  string
		names []string
		o     SDPOptions
		want  uint8
		line  string
		err   error
	}{
		{"the offerer's first", []string{"PCMU", "PCMA"}, SDPOptions{}, 8, "m=audio 6000 RTP/AVP 8 101", nil},
		{"ours first", []string{"PCMU", "PCMA"}, SDPOptions{OursFirst: true}, 0, "m=audio 6000 RTP/AVP 0 101", nil},
		{"Opus with its events", []string{"VP8", "OPUS"}, SDPOptions{}, 111, "m=audio 6000 RTP/AVP 111 102", nil},
		{"no events", []string{"pcmu"}, SDPOptions{NoDTMF: true}, 0, "m=audio 6000 RTP/AVP 0", nil},
		{"nothing common", []string{"G722", "VP8"}, SDPOptions{}, 0, "", ErrNoCommonCodec},
		{"nothing supported", nil, SDPOptions{}, 0, "", ErrNoCommonCodec},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := ParseSDP(offer)
			if err != nil {
				t.Fatal(err)
			}
			b, f, err := Answer(here, d, c.names, c.o)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			if f.PayloadType != c.want || !strings.Contains(string(b), c.line+"\r\n") {
				t.Fatalf("chose %v in\n%s", f, b)
			}
		})
	}
}

func TestAnswerMirrorsHold(t *testing.T) {
	for _, c := range []struct{ offer, ours, want string }{
		{"sendrecv", "sendrecv", "sendrecv"}, {"sendonly", "sendrecv", "recvonly"},
		{"recvonly", "sendrecv", "sendonly"}, {"inactive", "sendrecv", "inactive"},
		{"sendrecv", "sendonly", "sendonly"}, {"sendonly", "sendonly", "inactive"},
	} {
		d, err := ParseSDP(body("m=audio 4000 RTP/AVP 0", "a="+c.offer))
		if err != nil {
			t.Fatal(err)
		}
		ours, _ := parseDirection(c.ours)
		b, _, err := Answer(here, d, []string{"PCMU"}, SDPOptions{Direction: ours})
		if err != nil || !strings.Contains(string(b), "a="+c.want+"\r\n") {
			t.Errorf("%s against %s: want %s, %v\n%s", c.offer, c.ours, c.want, err, b)
		}
	}
}

func TestAnswerRefusesTheOtherLines(t *testing.T) {
	d, err := ParseSDP(body("m=video 5000 RTP/AVP 96 97", "m=audio 4000 RTP/AVPF 0", "m=audio 4002 RTP/AVP 0", "m=application 7 UDP/BFCP *"))
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := Answer(here, d, []string{"PCMU"}, SDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.SplitSeq(string(b), "\r\n") {
		if strings.HasPrefix(line, "m=") {
			lines = append(lines, line)
		}
	}
	want := []string{"m=video 0 RTP/AVP 96 97", "m=audio 6000 RTP/AVPF 0", "m=audio 0 RTP/AVP 0", "m=application 0 UDP/BFCP *"}
	if !slices.Equal(lines, want) {
		t.Fatalf("%q, want %q", lines, want)
	}
}

func TestAcceptedReadsTheAnswer(t *testing.T) {
	d, err := ParseSDP(body("m=audio 4000 RTP/AVP 99 0", "a=rtpmap:99 opus/48000/2"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Accepted(d, []string{"PCMU", "OPUS"})
	if err != nil || f.Name != "OPUS" || f.PayloadType != 99 || f.ReceiveType != PayloadOpus {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := Accepted(d, []string{"G722"}); !errors.Is(err, ErrNoCommonCodec) {
		t.Errorf("an answer with what was not offered: %v", err)
	}
}

func TestCodecNames(t *testing.T) {
	for name, want := range map[string][2]bool{
		"PCMU": {true, true}, "opus": {true, true}, "G729": {true, true}, "vp8": {true, false},
		"H264": {true, false}, "SPEEX": {}, "": {},
	} {
		if KnownCodec(name) != want[0] || AudioCodec(name) != want[1] {
			t.Errorf("%q: known %v, audio %v", name, KnownCodec(name), AudioCodec(name))
		}
	}
}

func FuzzParseSDP(f *testing.F) {
	f.Add(body("m=audio 4000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000", "a=ptime:20"))
	f.Add(body("m=video 5000/2 RTP/AVP 96", "m=audio 1 RTP/AVP 8 96", "a=rtpmap:96 opus/48000/2", "a=fmtp:96 x", "c=IN IP6 fe80::1%eth0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseSDP(b)
		if err != nil {
			return
		}
		answer, chosen, err := Answer(here, d, []string{"PCMU", "PCMA", "OPUS", "G722", "G729"}, SDPOptions{})
		if err != nil {
			if !errors.Is(err, ErrNoCommonCodec) {
				t.Fatal(err)
			}
			return
		}
		// The answer is an SDP with one line for each of the offer's, and says
		// what was chosen.
		var s sdp.SessionDescription
		if err := s.Unmarshal(answer); err != nil {
			t.Fatalf("%v in\n%s", err, answer)
		}
		back, err := ParseSDP(answer)
		if err != nil || len(s.MediaDescriptions) != len(d.lines) || len(back.Formats) != 1 || back.Formats[0].Name != chosen.Name {
			t.Fatalf("%v: %+v from\n%s", err, back, answer)
		}
	})
}

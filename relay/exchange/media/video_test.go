package media

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// screen is a far end's picture: a pair of bare sockets.
type screen struct {
	*phone
	rtcp *phone
}

// pictured is a started leg with a picture, and the far end's screen.
func pictured(t *testing.T, e *Engine, codec string, pt uint8) (*Stream, *screen, netip.AddrPort) {
	t.Helper()
	s := open(t, e)
	start(t, s, newPhone(t).addr, "PCMU")
	local, err := s.OpenVideo()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.OpenVideo(); err != nil || again != local || local.Port()%2 != 0 || local == s.LocalAddr() {
		t.Fatalf("opened %v, then %v, %v", local, again, err)
	}
	rtp, rtcp, err := e.bindPair(loopback)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rtp.Close(); rtcp.Close() })
	sc := &screen{&phone{t: t, conn: rtp, addr: rtp.LocalAddr().(*net.UDPAddr).AddrPort(), ssrc: uint32(pt), seq: 9},
		&phone{t: t, conn: rtcp}}
	if err := s.StartVideo(sc.addr, Format{Name: codec, PayloadType: pt, ClockRate: 90000}, SendRecv); err != nil {
		t.Fatal(err)
	}
	return s, sc, local
}

func TestPicturesPassABridge(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	a, alice, toA := pictured(t, e, "VP8", 97)
	b, bob, toB := pictured(t, e, "VP8", 120)
	alice.say(toA, 97, []byte("nobody sees this"))
	eventually(t, "the leg got it", func() bool { return a.Stats().VideoIn == 1 })
	if _, err := Bridge(a, b); err != nil {
		t.Fatal(err)
	}
	alice.say(toA, 97, []byte("a picture"))
	p := bob.next()
	if string(p.Payload) != "a picture" || p.PayloadType != 120 || p.SSRC != alice.ssrc || p.SequenceNumber != alice.seq-1 {
		t.Fatalf("%v", p)
	}
	bob.say(toB, 120, []byte("another"))
	if p := alice.next(); string(p.Payload) != "another" || p.PayloadType != 97 {
		t.Fatalf("%v", p)
	}
	// Bob asks for a whole picture (RFC 4585 §6.3.1); alice gets it untouched.
	pli := make([]byte, 12)
	putRTCP(pli, 206, 1, len(pli))
	binary.BigEndian.PutUint32(pli[4:], bob.ssrc)
	binary.BigEndian.PutUint32(pli[8:], alice.ssrc)
	bob.rtcp.send(netip.AddrPortFrom(toB.Addr(), toB.Port()+1), pli)
	got := make([]byte, 100)
	_ = alice.rtcp.conn.SetReadDeadline(time.Now().Add(patience))
	if n, err := alice.rtcp.conn.Read(got); err != nil || string(got[:n]) != string(pli) {
		t.Fatalf("%x, %v", got[:n], err)
	}
	if st := a.Stats(); st.Video != "VP8" || st.VideoIn != 2 || st.VideoOut != 1 {
		t.Errorf("%s: %d in, %d out", st.Video, st.VideoIn, st.VideoOut)
	}
}

func TestPicturesThatDoNotPass(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	a, alice, toA := pictured(t, e, "VP8", 97)
	b, bob, _ := pictured(t, e, "H264", 97)
	if _, err := Bridge(a, b); err != nil {
		t.Fatal(err)
	}
	in := func() uint64 { return a.Stats().VideoIn }
	say := func(from *phone, pt uint8, text string) { from.say(toA, pt, []byte(text)) }
	say(alice.phone, 97, "another codec")
	eventually(t, "it came", func() bool { return in() == 1 })
	same := Format{Name: "VP8", PayloadType: 97, ClockRate: 90000}
	if err := b.StartVideo(bob.addr, same, RecvOnly); err != nil {
		t.Fatal(err)
	}
	say(alice.phone, 97, "on hold")
	eventually(t, "it came", func() bool { return in() == 2 })
	if err := b.StartVideo(bob.addr, same, SendRecv); err != nil {
		t.Fatal(err)
	}
	stranger := newPhone(t)
	stranger.ssrc = 9
	say(stranger, 97, "a stranger")
	say(alice.phone, 50, "another type")
	alice.send(toA, []byte("no RTP"))
	say(alice.phone, 97, "the picture")
	if p := bob.next(); string(p.Payload) != "the picture" {
		t.Fatalf("%s", p.Payload)
	}
	if in() != 3 {
		t.Errorf("%d accepted", in())
	}
}

func TestVideoRefusals(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	s, far := open(t, e), netip.MustParseAddrPort("127.0.0.1:9")
	vp8 := Format{Name: "VP8", PayloadType: 97, ClockRate: 90000}
	if err := s.StartVideo(far, vp8, SendRecv); !errors.Is(err, ErrNotStarted) {
		t.Errorf("%v", err)
	}
	if _, err := s.OpenVideo(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"codec":   s.StartVideo(far, format(t, "PCMU"), SendRecv),
		"type":    s.StartVideo(far, Format{Name: "VP8", PayloadType: 128}, SendRecv),
		"address": s.StartVideo(netip.AddrPort{}, vp8, SendRecv),
	} {
		if !errors.Is(err, ErrBadFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone := open(t, e)
	gone.Close()
	if _, err := gone.OpenVideo(); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
}

var (
	soundAt   = netip.MustParseAddrPort("127.0.0.1:4000")
	pictureAt = netip.MustParseAddrPort("127.0.0.1:4002")
)

// videoOffer offers PCMU and pictures, and reads the offer back.
func videoOffer(t *testing.T, names string, formats ...VideoFormat) Description {
	t.Helper()
	body, err := Offer(soundAt, strings.Fields("PCMU "+names), SDPOptions{Video: &VideoOptions{Local: pictureAt, Formats: formats}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseSDP(body)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestVideoIsOfferedAndAnswered(t *testing.T) {
	offer := videoOffer(t, "H264 VP8")
	v := offer.Video
	if v == nil || v.Addr != pictureAt || len(v.Formats) != 2 || v.Formats[0].Name != "H264" ||
		!strings.Contains(v.Formats[0].Fmtp, "packetization-mode=1") || len(v.Formats[1].Feedback) != 2 {
		t.Fatalf("%+v", v)
	}
	// The answerer has VP8 only; the exchange passes on what the other leg had.
	opts := SDPOptions{Video: &VideoOptions{Local: pictureAt, Formats: []VideoFormat{
		{Format: Format{Name: "VP8", PayloadType: 120, ClockRate: 90000}}}, Direction: RecvOnly}}
	body, _, err := Answer(soundAt, offer, []string{"PCMU"}, opts)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := ParseSDP(body)
	if err != nil {
		t.Fatal(err)
	}
	chosen, ok := ChooseVideo(offer, opts.Video)
	if !ok || chosen.PayloadType != 97 || answer.Video.Direction != RecvOnly {
		t.Errorf("%+v, %v", chosen, answer.Video)
	}
	got, ok := AcceptedVideo(answer, []string{"PCMU", "H264", "VP8"}, &VideoOptions{})
	if !ok || got.Name != "VP8" || got.PayloadType != 97 || got.ReceiveType != 0 {
		t.Errorf("%+v", got)
	}
}

func TestVideoIsRefused(t *testing.T) {
	high := VideoFormat{Format: Format{Name: "H264", PayloadType: 99, ClockRate: 90000, Fmtp: "profile-level-id=640028; packetization-mode=1"}}
	for name, c := range map[string]struct {
		offer Description
		video *VideoOptions
	}{
		"no wish":         {videoOffer(t, "VP8"), nil},
		"another codec":   {videoOffer(t, "VP8"), &VideoOptions{Formats: ownVideo[1:]}},
		"another profile": {videoOffer(t, "H264", high), &VideoOptions{Formats: ownVideo}},
	} {
		body, _, err := Answer(soundAt, c.offer, []string{"PCMU"}, SDPOptions{Video: c.video})
		if err != nil || !strings.Contains(string(body), "m=video 0 ") {
			t.Errorf("%s: %v\n%s", name, err, body)
		}
		answer, err := ParseSDP(body)
		if err != nil || answer.Video != nil {
			t.Errorf("%s: %v, %+v", name, err, answer.Video)
		}
		if _, ok := AcceptedVideo(answer, []string{"VP8", "H264"}, &VideoOptions{}); ok {
			t.Errorf("%s: accepted", name)
		}
	}
	if d := videoOffer(t, ""); d.Video != nil {
		t.Errorf("%+v", d.Video)
	}
	if f := videoOffer(t, "H264", high).Video.Formats; len(f) != 1 || profile(f[0].Format) != "6400" {
		t.Errorf("%+v", f)
	}
}

func TestVideoLinesOfOthers(t *testing.T) {
	for name, c := range map[string]struct {
		lines string
		want  bool
	}{
		"AVPF":              {"m=video 5000 RTP/AVPF 100 101\r\na=rtpmap:100 VP8/90000\r\na=rtpmap:101 rtx/90000\r\na=rtcp-fb:* nack pli\r\na=rtcp-fb:100 goog-remb\r\n", true},
		"its own address":   {"m=video 5000 RTP/AVP 100\r\nc=IN IP4 127.0.0.9\r\na=rtpmap:100 VP8/90000\r\n", true},
		"encrypted":         {"m=video 5000 RTP/SAVPF 100\r\na=rtpmap:100 VP8/90000\r\n", false},
		"refused":           {"m=video 0 RTP/AVP 100\r\na=rtpmap:100 VP8/90000\r\n", false},
		"unknown codec":     {"m=video 5000 RTP/AVP 100\r\na=rtpmap:100 AV1/90000\r\n", false},
		"wrong clock":       {"m=video 5000 RTP/AVP 100\r\na=rtpmap:100 VP8/8000\r\n", false},
		"no number":         {"m=video 5000 RTP/AVP x\r\na=rtpmap:x VP8/90000\r\n", false},
		"a name, no number": {"m=video 5000 RTP/AVP 100\r\nc=IN IP4 host\r\na=rtpmap:100 VP8/90000\r\n", false},
	} {
		d, err := ParseSDP([]byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n" + c.lines))
		if err != nil || (d.Video != nil) != c.want {
			t.Errorf("%s: %v, %+v", name, err, d.Video)
			continue
		}
		if c.want && (len(d.Video.Formats) != 1 || d.Video.Formats[0].PayloadType != 100) {
			t.Errorf("%s: %+v", name, d.Video)
		}
		if name == "AVPF" && strings.Join(d.Video.Formats[0].Feedback, ",") != "nack pli" {
			t.Errorf("%q", d.Video.Formats[0].Feedback)
		}
	}
}

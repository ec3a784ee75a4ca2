package exchange

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// screen is a phone's picture: a bare socket for RTP.
type screen struct {
	t    *testing.T
	sock *net.UDPConn
	to   netip.AddrPort
	pt   byte
	got  chan string // payloads
}

func newScreen(t *testing.T, pt byte) *screen {
	t.Helper()
	sock, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, sock: sock, pt: pt, got: make(chan string, 1024)}
	done := make(chan struct{})
	go func() { // ends with the socket; the cleanup waits
		defer close(done)
		b := make([]byte, 2000)
		for {
			n, err := sock.Read(b)
			if err != nil {
				return
			}
			if n > 12 && b[1]&0x7f == pt {
				select {
				case s.got <- string(b[12:n]):
				default:
				}
			}
		}
	}()
	t.Cleanup(func() { sock.Close(); <-done })
	return s
}

func (s *screen) port() int { return s.sock.LocalAddr().(*net.UDPAddr).Port }

// sdp is a description with a sound nobody listens to, and this picture.
func (s *screen) sdp(version int, direction string) []byte {
	return fmt.Appendf(nil, "v=0\r\no=- 7 %d IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=%s\r\n"+
		"m=video %d RTP/AVP %d 99\r\na=rtpmap:%[4]d VP8/90000\r\na=rtcp-fb:%[4]d nack pli\r\na=rtpmap:99 H264/90000\r\n"+
		"a=fmtp:99 profile-level-id=42e01f;packetization-mode=1\r\na=%[2]s\r\n", version, direction, s.port(), s.pt)
}

// sends to where a description says.
func (s *screen) sends(body []byte) media.Description {
	s.t.Helper()
	d, err := media.ParseSDP(body)
	if err != nil || d.Video == nil {
		s.t.Fatalf("%v, no video in\n%s", err, body)
	}
	s.to = d.Video.Addr
	return d
}

// shows sends a picture until the other screen has it.
func (s *screen) shows(other *screen, picture string) {
	s.t.Helper()
	packet := append([]byte{0x80, s.pt, 0, 1, 0, 0, 0, 1, 0, 0, 0, s.pt}, picture...)
	eventually(s.t, "picture "+picture, func() bool {
		if _, err := s.sock.WriteToUDPAddrPort(packet, s.to); err != nil {
			s.t.Fatal(err)
		}
		for {
			select {
			case got := <-other.got:
				if got == picture {
					return true
				}
			default:
				return false
			}
		}
	})
}

// filmed is a call with a picture that is connected to another with one.
type filmed struct {
	*desk
	callee           *talk
	b                string
	caller0, callee0 *screen
}

// film has a phone with a picture call, and be connected to another one.
func film(t *testing.T, edit ...func(*wire.CallConnectParams)) *filmed {
	t.Helper()
	x := start(t)
	f := &filmed{desk: &desk{x: x, phone: newPhone(t)}, caller0: newScreen(t, 100), callee0: newScreen(t, 100)}
	f.c = connect(t, x, receiving("film"), asking(wire.CordpairAsk{Details: true}))
	f.caller = f.phone.call(x, "film", func(r *sip.OutboundInvite) { r.SDP = f.caller0.sdp(1, "sendrecv") })
	f.a = f.c.receive().call.CallID
	f.c.must(wire.MethodAnswer, wire.CallRef{CallID: f.a})
	if d := f.caller0.sends(awaitSIP[sip.Answered](f.caller).SDP); len(d.Video.Formats) != 1 || d.Video.Formats[0].Name != "VP8" {
		t.Errorf("answered with %+v", d.Video)
	}
	other := newPhone(t)
	f.mustConnect(other.uri("bob"), edit...)
	f.callee = other.next()
	return f
}

// pickUp answers the peer's phone with its picture.
func (f *filmed) pickUp(t *testing.T) {
	t.Helper()
	offer := f.callee0.sends(f.callee.leg.RemoteSDP())
	if v := offer.Video.Formats; len(v) != 1 || v[0].Name != "VP8" || v[0].PayloadType != 100 || !slices.Equal(v[0].Feedback, []string{"nack pli"}) {
		t.Errorf("offered %+v", v)
	}
	if err := f.callee.leg.Answer(f.callee0.sdp(1, "sendrecv")); err != nil {
		t.Fatal(err)
	}
	f.b = f.c.connectState(f.a, wire.ConnectConnected).connect.Peer.CallID
	awaitSIP[sip.Established](f.callee)
}

// TestVideoPasses: what a caller shows is offered to the peer as it is, and each
// sees the other, also after a hold by the phone, one by the program, and a
// change of ports.
func TestVideoPasses(t *testing.T) {
	f := film(t)
	f.pickUp(t)
	f.caller0.shows(f.callee0, "ann")
	f.callee0.shows(f.caller0, "bob")

	reinvite := func(n int, k *talk, s *screen, direction, want string) {
		t.Helper()
		if err := k.leg.Reinvite(s.sdp(n+1, direction)); err != nil {
			t.Fatal(err)
		}
		body := nth[sip.Reanswered](k, n).SDP
		if d := s.sends(body); d.Video.Direction.String() != want || d.SessionID == 0 {
			t.Errorf("%s was answered by %s", direction, d.Video.Direction)
		}
	}
	said := func(direction string) func(event) bool {
		return func(e event) bool {
			return e.kind == wire.EventCordpairLeg && e.leg.CallID == f.a && e.leg.Direction == direction && e.leg.Video == "VP8"
		}
	}
	reinvite(1, f.caller, f.caller0, "sendonly", "recvonly")
	f.c.expect("hold by the phone", said("sendonly"))
	f.caller0.shows(f.callee0, "ann holds")
	reinvite(2, f.caller, f.caller0, "sendrecv", "sendrecv")
	f.c.expect("its end", said(""))
	f.callee0.shows(f.caller0, "bob again")

	f.c.must(wire.MethodHold, wire.CallRef{CallID: f.b})
	f.reoffered(t, 1, media.SendOnly)
	f.c.must(wire.MethodUnhold, wire.CallRef{CallID: f.b})
	f.reoffered(t, 2, media.SendRecv)
	f.caller0.shows(f.callee0, "ann after the hold")

	moved := newScreen(t, 100)
	reinvite(3, f.caller, moved, "sendrecv", "sendrecv")
	moved.shows(f.callee0, "ann elsewhere")
	f.callee0.shows(moved, "bob elsewhere")

	f.callee.leg.End(sip.EndReason{})
	f.c.state(f.b, wire.CallEnded)
}

// nth waits for the nth event of a kind.
func nth[E sip.Event](k *talk, n int) (found E) {
	k.t.Helper()
	eventually(k.t, fmt.Sprintf("%T %d", found, n), func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		seen := 0
		for _, e := range k.events {
			if e, ok := e.(E); ok {
				seen++
				found = e
			}
			if seen == n {
				return true
			}
		}
		return false
	})
	return found
}

// reoffered answers the nth offer to the peer's phone and checks both lines.
func (f *filmed) reoffered(t *testing.T, n int, dir media.Direction) {
	t.Helper()
	offer := f.callee0.sends(nth[sip.Reoffer](f.callee, n).SDP)
	if offer.Direction != dir || offer.Video.Direction != dir {
		t.Errorf("offered sound %s, picture %s", offer.Direction, offer.Video.Direction)
	}
	if err := f.callee.leg.AnswerReoffer(f.callee0.sdp(n+1, dir.Mirror().String())); err != nil {
		t.Fatal(err)
	}
	eventually(t, "settled", func() bool { return len(f.c.holds()) == n })
}

// TestVideoIsDropped: the phone takes its picture away and the sound goes on; it
// may come back.
func TestVideoIsDropped(t *testing.T) {
	f := film(t)
	f.pickUp(t)
	without := bytes.Replace(f.caller0.sdp(2, "sendrecv"), fmt.Appendf(nil, "m=video %d", f.caller0.port()), []byte("m=video 0"), 1)
	if err := f.caller.leg.Reinvite(without); err != nil {
		t.Fatal(err)
	}
	if body := nth[sip.Reanswered](f.caller, 1).SDP; !bytes.Contains(body, []byte("m=video 0 ")) {
		t.Errorf("%s", body)
	}
	if err := f.caller.leg.Reinvite(f.caller0.sdp(3, "sendrecv")); err != nil {
		t.Fatal(err)
	}
	f.caller0.sends(nth[sip.Reanswered](f.caller, 2).SDP)
	f.callee0.shows(f.caller0, "bob is back")
}

// TestVideoNotAskedFor: a connect whose codecs have none, and one whose codecs
// have another than the caller's, offer none.
func TestVideoNotAskedFor(t *testing.T) {
	for _, codecs := range []string{"PCMU", "PCMU H264"} {
		f := film(t, func(p *wire.CallConnectParams) { p.Devices[0][0].Params.Codecs = strings.Fields(codecs) })
		if body := f.callee.leg.RemoteSDP(); bytes.Contains(body, []byte("m=video")) {
			t.Errorf("%s: offered\n%s", codecs, body)
		}
	}
}

// TestVideoRefusedByThePeer: the call is one of sound.
func TestVideoRefusedByThePeer(t *testing.T) {
	f := film(t)
	body := bytes.Replace(f.callee0.sdp(1, "sendrecv"), fmt.Appendf(nil, "m=video %d", f.callee0.port()), []byte("m=video 0"), 1)
	if err := f.callee.leg.Answer(body); err != nil {
		t.Fatal(err)
	}
	b := f.c.connectState(f.a, wire.ConnectConnected).connect.Peer.CallID
	awaitSIP[sip.Established](f.callee)
	f.c.must(wire.MethodHold, wire.CallRef{CallID: b})
	offer := nth[sip.Reoffer](f.callee, 1).SDP // the line stays, refused
	if !bytes.Contains(offer, []byte("m=video 0 ")) {
		t.Errorf("%s", offer)
	}
}

// TestDialWithVideo: a device that names a picture is offered ours, which is
// what its peer is offered then.
func TestDialWithVideo(t *testing.T) {
	x := start(t)
	c, p, ann := connect(t, x), newPhone(t), newScreen(t, 99)
	d := sipDevice(p.uri("ann"))
	d.Params.Codecs = []string{"H264", "PCMU"}
	c.must(wire.MethodDial, wire.DialParams{Tag: "film", Devices: [][]wire.Device{{d}}})
	k := p.next()
	if v := ann.sends(k.leg.RemoteSDP()).Video.Formats; len(v) != 1 || v[0].Name != "H264" {
		t.Errorf("%+v", v)
	}
	body := bytes.ReplaceAll(ann.sdp(1, "sendrecv"), []byte("99 99"), []byte("99"))
	body = bytes.Replace(body, []byte("a=rtpmap:99 VP8/90000\r\n"), nil, 1)
	if err := k.leg.Answer(body); err != nil {
		t.Fatal(err)
	}
	a := c.expect("dialled", func(e event) bool { return e.kind == wire.EventCallDial }).dial.Call.CallID
	desk := &desk{x: x, c: c, a: a}
	desk.mustConnect(p.uri("bob"))
	bob := newScreen(t, 99)
	callee := p.next()
	if v := bob.sends(callee.leg.RemoteSDP()).Video.Formats; len(v) != 1 || v[0].Name != "H264" || !strings.Contains(v[0].Fmtp, "packetization-mode=1") {
		t.Errorf("%+v", v)
	}
}

// TestAnswerWithCodecs: those of calling.answer are the answer's, in their
// order; where none fits, the call rings on.
func TestAnswerWithCodecs(t *testing.T) {
	x := start(t)
	c, s := connect(t, x, receiving("film")), newScreen(t, 100)
	sdp := bytes.Replace(s.sdp(1, "sendrecv"), []byte("AVP 0\r\n"), []byte("AVP 0 9 8\r\n"), 1)
	answer := func(id string, codecs ...string) wire.Result {
		return c.command(wire.MethodAnswer, wire.AnswerParams{CallRef: wire.CallRef{CallID: id}, Codecs: codecs})
	}
	for _, tc := range []struct {
		codecs       []string
		sound, video string
	}{
		{[]string{"pcma", "PCMU"}, "PCMA", ""},
		{[]string{"G722", "PCMU", "H264", "VP8"}, "G722", "H264"},
		{[]string{"OPUS", "PCMU", "VP8"}, "PCMU", "VP8"},
	} {
		k := newPhone(t).call(x, "film", func(r *sip.OutboundInvite) { r.SDP = sdp })
		id := c.receive().call.CallID
		if r := answer(id, "PCMU", "X"); r.Code != wire.CodeBad {
			t.Errorf("%+v", r)
		}
		if r := answer(id, "OPUS", "VP8"); r.Code != wire.CodeMedia || !strings.Contains(r.Message, `none of OPUS, VP8: it offers "PCMU", "G722", "PCMA"`) {
			t.Errorf("%+v", r)
		}
		if r := answer(id, tc.codecs...); r.Code != wire.CodeOK {
			t.Errorf("%+v", r)
		}
		d, err := media.ParseSDP(awaitSIP[sip.Answered](k).SDP)
		if err != nil || len(d.Formats) != 1 || d.Formats[0].Name != tc.sound || (d.Video != nil) != (tc.video != "") ||
			d.Video != nil && d.Video.Formats[0].Name != tc.video {
			t.Errorf("%v: %v %+v %+v", tc, err, d.Formats, d.Video)
		}
	}
}

// TestAnswerForSoLong: max_duration of calling.answer ends the call.
func TestAnswerForSoLong(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"))
	k := newPhone(t).call(x, "support")
	id := c.receive().call.CallID
	c.must(wire.MethodAnswer, wire.AnswerParams{CallRef: wire.CallRef{CallID: id}, MaxDuration: 1})
	if e := c.state(id, wire.CallEnded).call; e.EndReason != wire.ReasonMaxDuration {
		t.Errorf("%+v", e)
	}
	if e := awaitSIP[sip.Ended](k); e.By != sip.Remote {
		t.Errorf("%+v", e)
	}
}

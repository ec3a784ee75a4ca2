package exchange

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"cordpair/relay/wire"
)

// rtpSocket hears RTP at a port of its own.
func rtpSocket(t *testing.T) (sock *net.UDPConn, port int) {
	t.Helper()
	sock, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	return sock, sock.LocalAddr().(*net.UDPAddr).Port
}

// hears waits for a packet of RTP.
func hears(t *testing.T, sock *net.UDPConn) (payloadType byte) {
	t.Helper()
	if err := sock.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2000)
	if n, err := sock.Read(b); err != nil || n <= 12 {
		t.Fatalf("no RTP: %d bytes, %v", n, err)
	}
	return b[1] & 0x7f
}

// rawCall is an answered call of a raw phone, in PCMA.
func rawCall(t *testing.T) (c *client, p *rawPhone, id string) {
	t.Helper()
	x := start(t)
	c, p = connect(t, x, receiving("support")), newRawPhone(t, x)
	p.send("INVITE", "support", sdpOf(40000))
	p.response(180)
	id = c.receive().call.CallID
	c.must(wire.MethodAnswer, wire.CallRef{CallID: id})
	p.response(200)
	p.send("ACK", "support", "")
	return c, p, id
}

func (p *rawPhone) leaves(c *client, id string) {
	p.t.Helper()
	p.send("BYE", "support", "")
	p.response(200)
	c.state(id, wire.CallEnded)
}

// TestHoldEndsByAReinviteWithoutOffer: our offer in the 200 is no longer that of
// the hold, and the sound goes to where the ACK says.
func TestHoldEndsByAReinviteWithoutOffer(t *testing.T) {
	c, p, id := rawCall(t)
	p.send("INVITE", "support", sdpOf(40000, "a=inactive\r\n"))
	if ok := p.response(200); !strings.Contains(ok, "a=inactive") {
		t.Errorf("hold answered with %s", ok)
	}
	p.send("ACK", "support", "")
	p.send("INVITE", "support", "")
	if ok := p.response(200); !strings.Contains(ok, "m=audio") || strings.Contains(ok, "a=inactive") {
		t.Errorf("offered %s", ok)
	}
	rtp, port := rtpSocket(t)
	p.send("ACK", "support", sdpOf(port))
	if pt := hears(t, rtp); pt != 8 {
		t.Errorf("payload type %d", pt)
	}
	p.leaves(c, id)
}

// TestHeldCallIsOfferedAsHeld: a hold of ours outlives the phone's re-INVITE.
func TestHeldCallIsOfferedAsHeld(t *testing.T) {
	c, p, id := rawCall(t)
	c.must(wire.MethodHold, wire.CallRef{CallID: id})
	hold := p.request("INVITE")
	p.replySDP(hold, sdpOf(40000, "a=recvonly\r\n"))
	p.request("ACK")
	c.expect("hold", func(e event) bool { return e.kind == wire.EventHold })
	p.send("INVITE", "support", "")
	if ok := p.response(200); !strings.Contains(ok, "a=sendonly") {
		t.Errorf("offered %s", ok)
	}
	p.send("ACK", "support", sdpOf(40000, "a=recvonly\r\n"))
	p.leaves(c, id)
}

// replySDP accepts a request with a description.
func (p *rawPhone) replySDP(request, body string) {
	p.t.Helper()
	m := "SIP/2.0 200 OK\r\n" + strings.Join(copied.FindAllString(request, -1), "") +
		"Contact: <sip:raw@" + p.sock.LocalAddr().String() + ">\r\nContent-Type: application/sdp\r\n\r\n" + body
	if _, err := p.sock.Write([]byte(m)); err != nil {
		p.t.Fatal(err)
	}
}

// TestOtherLawInMidCall: a phone may go over from one law of G.711 to the other.
func TestOtherLawInMidCall(t *testing.T) {
	c, p, id := rawCall(t)
	rtp, port := rtpSocket(t)
	p.send("INVITE", "support", strings.Replace(sdpOf(port), "RTP/AVP 8", "RTP/AVP 0", 1))
	if ok := p.response(200); !strings.Contains(ok, "RTP/AVP 0\r\n") {
		t.Errorf("answered with %s", ok)
	}
	p.send("ACK", "support", "")
	if pt := hears(t, rtp); pt != 0 {
		t.Errorf("payload type %d", pt)
	}
	p.send("INVITE", "support", strings.Replace(sdpOf(port, "a=sendonly\r\n"), "RTP/AVP 8", "RTP/AVP 8 0", 1))
	if ok := p.response(200); !strings.Contains(ok, "RTP/AVP 0\r\n") {
		t.Errorf("the codec changed without need: %s", ok)
	}
	p.send("ACK", "support", "")
	p.leaves(c, id)
}

// unacknowledged is a call whose INVITE had no offer, answered by its client;
// the phone has not sent its ACK. answered waits for the client's result.
func unacknowledged(t *testing.T) (c *client, p *rawPhone, ref wire.CallRef, answered func() wire.Result) {
	t.Helper()
	x := start(t)
	c, p = connect(t, x, receiving("support")), newRawPhone(t, x)
	p.send("INVITE", "support", "")
	p.response(180)
	ref = wire.CallRef{CallID: c.receive().call.CallID}
	answered = c.asks(wire.MethodAnswer, ref)
	p.response(200)
	return c, p, ref, answered
}

// TestAnsweredWithTheSound: a caller whose INVITE had no offer is answered when
// its ACK has come, and whoever plays something then is heard.
func TestAnsweredWithTheSound(t *testing.T) {
	c, p, ref, answered := unacknowledged(t)
	if r := c.command(wire.MethodAnswer, ref); r.Code != wire.CodeConflict {
		t.Errorf("answered twice: %+v", r)
	}
	if got := c.labels(map[string]string{ref.CallID: "A"}); slices.Contains(got, "A answered") {
		t.Errorf("answered before there is sound: %q", got)
	}
	rtp, port := rtpSocket(t)
	p.send("ACK", "support", sdpOf(port))
	c.state(ref.CallID, wire.CallAnswered)
	if r := answered(); r.Code != wire.CodeOK {
		t.Errorf("%+v", r)
	}
	c.must(wire.MethodPlay, wire.PlayParams{CallRef: ref, ControlID: "hello",
		Play: []wire.Media{{Type: wire.MediaSilence, Params: wire.MediaParams{Duration: 0.02}}}})
	hears(t, rtp)
	p.leaves(c, ref.CallID)
}

// TestNoSoundInTheACK: a call in which nobody could talk is ended.
func TestNoSoundInTheACK(t *testing.T) {
	c, p, ref, answered := unacknowledged(t)
	if r := c.command(wire.MethodCallConnect, bob(ref)); r.Code != wire.CodeConflict {
		t.Errorf("connected without sound: %+v", r)
	}
	p.send("ACK", "support", "")
	p.reply(p.request("BYE"), "200 OK")
	if e := c.state(ref.CallID, wire.CallEnded).call; e.EndReason != wire.ReasonError {
		t.Errorf("%+v", e)
	}
	if r := answered(); r.Code != wire.CodeGone && r.Code != wire.CodeOK { // OK: the ACK was slow
		t.Errorf("%+v", r)
	}
}

func bob(ref wire.CallRef) wire.CallConnectParams {
	return wire.CallConnectParams{CallRef: ref, Tag: "bob", Devices: [][]wire.Device{{{
		Type: wire.DeviceSIP, Params: wire.DeviceParams{From: "sip:support@demo", To: "sip:bob@demo"},
	}}}}
}

// asks sends a request; its result is waited for later.
func (c *client) asks(method string, params any) (result func() wire.Result) {
	c.t.Helper()
	id := wire.ID(uuid.NewString())
	b, err := wire.Request(id, method, params)
	if err != nil {
		c.t.Fatal(err)
	}
	c.send(b)
	return func() (r wire.Result) {
		c.t.Helper()
		c.wait("reply to "+method, func() bool {
			i := slices.IndexFunc(c.frames, func(f wire.Frame) bool { return f.ID == id && f.Method == "" })
			return i >= 0 && c.frames[i].Error == nil && wire.Decode(c.frames[i].Result, &r) == nil
		})
		return r
	}
}

package exchange

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/media/tone"
	"cordpair/relay/exchange/people"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// start runs an exchange on free ports; the test's end closes it.
func start(t *testing.T, edit ...func(*Config)) *Exchange {
	t.Helper()
	cfg := Config{
		RelayAddr: "127.0.0.1:0", SIPAddr: "127.0.0.1:0", Project: testProject, Token: testToken,
		Contexts: []string{"support", "frontdesk"}, Logger: slog.New(slog.DiscardHandler),
		// What is not tested does not expire on a machine that stalls.
		Limits: Limits{Handshake: patience, OfferWait: patience, Close: patience}, settle: patience,
	}
	for _, e := range edit {
		e(&cfg)
	}
	x, err := Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return x
}

// tempo is how much faster than in the demo the people act.
const tempo = 10

func withPeople(t *testing.T, x *Exchange) {
	t.Helper()
	p, err := people.Start(context.Background(), people.Config{Registrar: x.SIPAddr(), Tempo: tempo})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("people: %v", err)
		}
	})
}

// phone is a SIP phone of a test: it calls and is called, and hears.
type phone struct {
	t      *testing.T
	stack  *sip.Stack
	engine *media.Engine
	calls  chan *sip.Leg // inbound
}

func newPhone(t *testing.T) *phone {
	t.Helper()
	p := &phone{t: t, engine: media.NewEngine(media.EngineConfig{}), calls: make(chan *sip.Leg, 16)}
	stack, err := sip.Listen(context.Background(), sip.Config{
		Addr: "127.0.0.1:0", Handler: sip.HandlerFunc(func(l *sip.Leg) { p.calls <- l }),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.stack = stack
	t.Cleanup(func() {
		stack.Close()
		p.engine.Close()
	})
	return p
}

func (p *phone) uri(user string) string { return "sip:" + user + "@" + p.stack.Addr().String() }

// talk is one call of a phone.
type talk struct {
	t      *testing.T
	leg    *sip.Leg
	stream *media.Stream
	ear    *ear
	mu     sync.Mutex
	events []sip.Event
	news   chan struct{}
}

func (p *phone) newTalk(l *sip.Leg) *talk {
	k := &talk{t: p.t, leg: l, ear: &ear{}, news: make(chan struct{})}
	l.Notify(func(e sip.Event) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.events = append(k.events, e)
		close(k.news)
		k.news = make(chan struct{})
	})
	return k
}

// call dials a user of the exchange.
func (p *phone) call(x *Exchange, user string, edit ...func(*sip.OutboundInvite)) *talk {
	p.t.Helper()
	stream, err := p.engine.Open(p.stack.Addr().Addr())
	if err != nil {
		p.t.Fatal(err)
	}
	offer, err := media.Offer(stream.LocalAddr(), g711, media.SDPOptions{})
	if err != nil {
		p.t.Fatal(err)
	}
	req := sip.OutboundInvite{
		From: `"Ann" <sip:ann@example.test>`, To: "sip:" + user + "@demo",
		Targets: []string{"sip:" + user + "@" + x.SIPAddr()}, SDP: offer,
	}
	for _, e := range edit {
		e(&req)
	}
	l, err := p.stack.Invite(req)
	if err != nil {
		p.t.Fatal(err)
	}
	k := p.newTalk(l)
	k.stream = stream
	return k
}

// next is the next call that came in.
func (p *phone) next() *talk {
	p.t.Helper()
	select {
	case l := <-p.calls:
		return p.newTalk(l)
	case <-time.After(patience):
		p.t.Fatal("no INVITE")
		return nil
	}
}

// answer picks up an inbound call with one codec of the offer.
func (p *phone) answer(k *talk, codecs ...string) {
	p.t.Helper()
	stream, err := p.engine.Open(p.stack.Addr().Addr())
	if err != nil {
		p.t.Fatal(err)
	}
	k.stream = stream
	offer, err := media.ParseSDP(k.leg.RemoteSDP())
	if err != nil {
		p.t.Fatal(err)
	}
	if len(codecs) == 0 {
		codecs = g711
	}
	body, f, err := media.Answer(stream.LocalAddr(), offer, codecs, media.SDPOptions{})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := stream.Start(offer.Addr, f, offer.EventType(f), media.SendRecv); err != nil {
		p.t.Fatal(err)
	}
	stream.Tap(k.ear.hear)
	if err := k.leg.Answer(body); err != nil {
		p.t.Fatal(err)
	}
}

// answered waits for the other side to pick up.
func (k *talk) answered() {
	k.t.Helper()
	e := awaitSIP[sip.Answered](k)
	d, err := media.ParseSDP(e.SDP)
	if err != nil {
		k.t.Fatal(err)
	}
	f, err := media.Accepted(d, g711)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.stream.Start(d.Addr, f, d.EventType(f), media.SendRecv); err != nil {
		k.t.Fatal(err)
	}
	k.stream.Tap(k.ear.hear)
}

// awaitSIP waits for an event of a kind.
func awaitSIP[E sip.Event](k *talk) E {
	k.t.Helper()
	deadline := time.After(patience)
	for {
		k.mu.Lock()
		for _, e := range k.events {
			if e, ok := e.(E); ok {
				k.mu.Unlock()
				return e
			}
		}
		news, seen := k.news, len(k.events)
		k.mu.Unlock()
		select {
		case <-news:
		case <-deadline:
			k.t.Fatalf("no %T after %d events: %+v", *new(E), seen, k.events)
		}
	}
}

// ear keeps the last half second that a phone heard.
type ear struct {
	mu    sync.Mutex
	pcm   []int16
	total int
}

const earful = 4000 // samples at 8000 Hz

func (e *ear) hear(pcm []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.total += len(pcm)
	e.pcm = append(e.pcm, pcm...)
	if extra := len(e.pcm) - earful; extra > 0 {
		e.pcm = append(e.pcm[:0], e.pcm[extra:]...)
	}
}

// hears waits until what the phone heard last is a tone of the frequency.
func (k *talk) hears(freq float64) {
	k.t.Helper()
	eventually(k.t, "tone", func() bool {
		k.ear.mu.Lock()
		pcm := append([]int16(nil), k.ear.pcm...)
		k.ear.mu.Unlock()
		if len(pcm) < earful {
			return false
		}
		f, strength := tone.Detect(pcm, 8000)
		return strength > 0.5 && f > freq-15 && f < freq+15
	})
}

// sings has the phone send a tone.
func (k *talk) sings(freq float64) { k.stream.SetSource(tone.Generator(freq, 8000)) }

// eventually polls a condition that has no channel to wait on.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-tick.C
	}
}

// desk is a client with a caller in an answered call, ready for connect.
type desk struct {
	x      *Exchange
	c      *client
	phone  *phone
	caller *talk
	a      string // call id of the caller's leg
}

// answeredCall has a phone call in and the client answer.
func answeredCall(t *testing.T, x *Exchange, edit ...func(*wire.ConnectParams)) *desk {
	t.Helper()
	d := &desk{x: x, phone: newPhone(t)}
	context := "c-" + uuid.NewString()[:8] // of its own, so that no other session is offered the call
	d.c = connect(t, x, append([]func(*wire.ConnectParams){receiving(context)}, edit...)...)
	d.caller = d.phone.call(x, context)
	d.a = d.c.receive().call.CallID
	d.c.must(wire.MethodAnswer, wire.CallRef{CallID: d.a})
	d.c.state(d.a, wire.CallAnswered)
	d.caller.answered()
	return d
}

// connectTo is calling.connect of one SIP device.
func (d *desk) connectTo(to string, edit ...func(*wire.CallConnectParams)) wire.Result {
	p := wire.CallConnectParams{
		CallRef: wire.CallRef{CallID: d.a}, Tag: "tag-1", Ringback: []wire.Media{},
		Devices: [][]wire.Device{{{Type: wire.DeviceSIP, Params: wire.DeviceParams{From: "sip:desk@demo", To: to}}}},
	}
	for _, e := range edit {
		e(&p)
	}
	return d.c.command(wire.MethodCallConnect, p)
}

func (d *desk) mustConnect(to string, edit ...func(*wire.CallConnectParams)) {
	d.c.t.Helper()
	if r := d.connectTo(to, edit...); r.Code != wire.CodeOK {
		d.c.t.Fatalf("connect: %s %s", r.Code, r.Message)
	}
}

// hearsNothing waits until the phone gets packets, and they are silent.
func (k *talk) hearsNothing() {
	k.t.Helper()
	k.ear.mu.Lock()
	from := k.ear.total
	k.ear.mu.Unlock()
	eventually(k.t, "silence", func() bool {
		k.ear.mu.Lock()
		defer k.ear.mu.Unlock()
		if k.ear.total < from+earful {
			return false
		}
		for _, v := range k.ear.pcm {
			if v > 64 || v < -64 {
				return false
			}
		}
		return true
	})
}

// debugLogger writes everything to w; loggers lock their writer.
func debugLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// answerWith picks up an inbound call if that is still possible.
func answerWith(k *talk, stream *media.Stream) {
	offer, err := media.ParseSDP(k.leg.RemoteSDP())
	if err != nil {
		return
	}
	body, f, err := media.Answer(stream.LocalAddr(), offer, g711, media.SDPOptions{})
	if err != nil || stream.Start(offer.Addr, f, 0, media.SendRecv) != nil {
		return
	}
	_ = k.leg.Answer(body)
}

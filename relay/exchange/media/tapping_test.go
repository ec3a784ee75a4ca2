package media

import (
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// pair is a leg and its far end, over real sockets, each with its own tone.
type pair struct {
	leg, far *Stream
}

const legTone, farTone = 620, 1130

func newPair(t *testing.T, codec string) *pair {
	t.Helper()
	e := woundEngine(t)
	p := &pair{leg: open(t, e), far: open(t, e)}
	start(t, p.leg, p.far.LocalAddr(), codec)
	start(t, p.far, p.leg.LocalAddr(), codec)
	p.leg.SetSource(tone.Generator(legTone, pcmRate))
	p.far.SetSource(tone.Generator(farTone, pcmRate))
	return p
}

// sideTones are what each side of a pair's leg sounds like.
var sideTones = map[Side][]float64{Speak: {farTone}, Listen: {legTone}, Both: {farTone, legTone}}

// isSide reports that pcm is what that side sounds like, and nothing else.
func isSide(pcm []int16, side Side) bool {
	all := 0.0
	for _, hz := range sideTones[side] {
		part := tone.Strength(pcm, pcmRate, hz)
		if part < 0.7/float64(len(sideTones[side])) {
			return false
		}
		all += part
	}
	return all > 0.95
}

// hasSide reports that a quarter of a second of pcm is that side: a machine with
// much to do leaves gaps between.
func hasSide(pcm []int16, side Side) bool {
	const window, step = pcmRate / 4, pcmRate / 16
	for ; len(pcm) >= window; pcm = pcm[step:] {
		if isSide(pcm[:window], side) {
			return true
		}
	}
	return false
}

// hearsSide reports that pcm is that side somewhere and the other one nowhere;
// both sides may pause by themselves.
func hearsSide(pcm []int16, side Side) bool {
	for other := range sideTones {
		if side != Both && other != side && hasSide(pcm, other) {
			return false
		}
	}
	return hasSide(pcm, side)
}

func TestATapCopiesASideAsRTP(t *testing.T) {
	for side := range sideTones {
		for _, codec := range []string{"PCMU", "PCMA", "G722"} {
			t.Run(side.String()+" of "+codec, func(t *testing.T) {
				p, box := newPair(t, codec), newPhone(t)
				tap, err := p.leg.StartTap(TapOptions{Side: side, Codec: "PCMA", PTime: 2 * Frame, Addr: box.addr})
				if err != nil {
					t.Fatal(err)
				}
				pass(t, p.leg, int(tapLag/Frame))
				law, pcm, seq := codecs[1].law(), []int16(nil), uint16(0)
				for n := 0; !isSide(pcm[max(0, len(pcm)-2048):], side) || len(pcm) < 2048; n++ {
					pass(t, p.leg, 2)
					pkt := box.next()
					if pkt.PayloadType != 8 || len(pkt.Payload) != 320 || n > 0 && pkt.SequenceNumber != seq+1 || n > 200 {
						t.Fatalf("packet %d: type %d, %d bytes, sequence %d after %d", n, pkt.PayloadType,
							len(pkt.Payload), pkt.SequenceNumber, seq)
					}
					seq = pkt.SequenceNumber
					for _, b := range pkt.Payload {
						pcm = append(pcm, law.pcm[b])
					}
				}
				if !tap.LocalAddr().IsValid() || tap.Err() != nil {
					t.Errorf("from %v, %v", tap.LocalAddr(), tap.Err())
				}
				tap.Stop()
				closed(t, "the tap ends", tap.Done())
				if sent, lost := tap.Packets(); sent == 0 || lost != 0 || !errors.Is(tap.Err(), ErrStopped) {
					t.Errorf("sent %d, lost %d, %v", sent, lost, tap.Err())
				}
			})
		}
	}
}

func TestATapFeedsASinkAndASlowOneHarmsNothing(t *testing.T) {
	p := newPair(t, "PCMU")
	heard := listenTo(p.far)
	hold := make(chan struct{})
	slow, err := p.leg.StartTap(TapOptions{Side: Both, Sink: func([]byte) error { <-hold; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var pcm []int16
	quick, err := p.leg.StartTap(TapOptions{Sink: func(sound []byte) error {
		mu.Lock()
		defer mu.Unlock()
		for _, b := range sound {
			pcm = append(pcm, codecs[0].law().pcm[b])
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	until(t, p.leg, "the quick sink has the far end's tone", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(pcm) > 2048 && isSide(pcm[len(pcm)-2048:], Speak)
	})
	heard.hears(t, "the far end", legTone)
	if st := p.far.Stats(); st.Lost != 0 {
		t.Errorf("lost %d", st.Lost)
	}
	close(hold)
	quick.Stop()
	slow.Stop()
	closed(t, "quick ends", quick.Done())
	closed(t, "slow ends", slow.Done())
}

func TestATapEndsWithItsSinkAndItsStream(t *testing.T) {
	p, broken := newPair(t, "PCMU"), errors.New("gone")
	tap, err := p.leg.StartTap(TapOptions{Sink: func([]byte) error { return broken }})
	if err != nil {
		t.Fatal(err)
	}
	ends(t, p.leg, "the tap ends", tap.Done())
	if !errors.Is(tap.Err(), broken) {
		t.Errorf("%v", tap.Err())
	}
	if tap, err = p.leg.StartTap(TapOptions{Addr: netip.MustParseAddrPort("127.0.0.1:9")}); err != nil {
		t.Fatal(err)
	}
	p.leg.Close()
	closed(t, "the tap ends", tap.Done())
	if !errors.Is(tap.Err(), ErrClosed) {
		t.Errorf("%v", tap.Err())
	}
	if p.leg.ears.list.Load() != nil {
		t.Error("somebody still listens")
	}
}

func TestTapRefusals(t *testing.T) {
	p := newPair(t, "PCMU")
	to, sink := netip.MustParseAddrPort("127.0.0.1:9"), func([]byte) error { return nil }
	for name, o := range map[string]TapOptions{
		"nowhere": {}, "both ways": {Addr: to, Sink: sink}, "codec": {Addr: to, Codec: "OPUS"},
		"unknown codec": {Addr: to, Codec: "x"}, "ptime": {Addr: to, PTime: time.Millisecond},
		"long ptime": {Addr: to, PTime: time.Second}, "side": {Addr: to, Side: 4},
		"port":      {Addr: netip.MustParseAddrPort("127.0.0.1:0")},
		"multicast": {Addr: netip.MustParseAddrPort("224.0.0.1:9")},
		"bind":      {Addr: to, Bind: netip.MustParseAddr("203.0.113.1")},
	} {
		if _, err := p.leg.StartTap(o); !errors.Is(err, ErrBadTap) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e := newEngine(t, EngineConfig{})
	raw, opus := open(t, e), open(t, e)
	start(t, opus, to, "OPUS")
	for s, want := range map[*Stream]error{raw: ErrNotStarted, opus: ErrCannotDecode} {
		if _, err := s.StartTap(TapOptions{Sink: sink}); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

func TestAPanicOfAListenerIsAFaultAndItsEnd(t *testing.T) {
	faults := make(chan error, 1)
	e := newEngine(t, EngineConfig{OnFault: func(err error) { faults <- err }})
	s := open(t, e)
	start(t, s, netip.MustParseAddrPort("127.0.0.1:9"), "PCMU")
	tap, err := s.StartTap(TapOptions{Sink: func([]byte) error { panic("sink") }})
	if err != nil {
		t.Fatal(err)
	}
	closed(t, "the tap ends", tap.Done())
	if err := <-faults; !errors.Is(tap.Err(), ErrListener) || err.Error() != "media: panic in listener: sink" {
		t.Errorf("%v, fault %v", tap.Err(), err)
	}
}

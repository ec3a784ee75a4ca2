package media

import (
	"math"
	"net/netip"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// judged is a gauge over a call, read four times a second; the test changes the
// figures in between.
type judged struct {
	g   Gauge
	st  Stats
	now time.Time
}

func newJudged() *judged {
	return &judged{now: time.Unix(1000, 0), st: Stats{Codec: "PCMU", Bridged: true, HasLevel: true, TalkIn: -20, TalkOut: -20}}
}

// run reads for a time, with so many packets a reading each way.
func (j *judged) run(d time.Duration, in, out uint64) Quality {
	var q Quality
	for ; d > 0; d -= talkTime {
		j.now = j.now.Add(talkTime)
		j.st.PacketsIn += in
		j.st.PacketsOut += out
		q = j.g.Read(j.st, j.now)
	}
	return q
}

func (j *judged) want(t *testing.T, what string, q Quality, speak, listen SideState, oneWay bool) {
	t.Helper()
	if q.Speak != speak || q.Listen != listen || q.OneWay != oneWay {
		t.Errorf("%s: speak %q, listen %q, one way %v", what, q.Speak, q.Listen, q.OneWay)
	}
}

func TestOneWayAudioInPackets(t *testing.T) {
	j := newJudged()
	j.want(t, "a good call", j.run(20*time.Second, 12, 12), SideFlows, SideFlows, false)
	j.want(t, "a hole of 2 s", j.run(2*time.Second, 0, 12), SideFlows, SideFlows, false)
	j.run(time.Second, 12, 12)
	j.want(t, "nothing comes", j.run(3500*time.Millisecond, 0, 12), SideNoPackets, SideFlows, true)
	j.want(t, "one packet", j.run(talkTime, 1, 12), SideNoPackets, SideFlows, true)
	j.run(time.Second, 0, 12)
	j.want(t, "it comes again", j.run(time.Second, 12, 12), SideFlows, SideFlows, false)
	j.want(t, "nothing either way", j.run(12*time.Second, 0, 0), SideNoPackets, SideNoPackets, false)
}

func TestOneWayAudioInLevel(t *testing.T) {
	j := newJudged()
	j.run(5*time.Second, 12, 12)
	j.st.TalkOut = -90
	j.want(t, "a listener for 8 s", j.run(8*time.Second, 12, 12), SideFlows, SideFlows, false)
	j.want(t, "for 12 s", j.run(4*time.Second, 12, 12), SideFlows, SideNoSound, true)
	j.st.TalkOut = -55
	j.want(t, "a rustle is no voice", j.run(5*time.Second, 12, 12), SideFlows, SideNoSound, true)
	j.st.TalkOut = -30
	j.want(t, "a voice", j.run(time.Second, 12, 12), SideFlows, SideFlows, false)
	j.st.TalkIn, j.st.TalkOut = -96, -96
	j.want(t, "both silent", j.run(15*time.Second, 12, 12), SideNoSound, SideNoSound, false)
	j.st.HasLevel = false
	j.want(t, "a codec without level", j.run(15*time.Second, 12, 12), SideFlows, SideFlows, false)
}

func TestWaitingInSilenceIsNoFault(t *testing.T) {
	j := newJudged()
	j.st.Bridged, j.st.TalkOut = false, -90
	j.want(t, "answered, and nobody there yet", j.run(20*time.Second, 12, 12), SideFlows, SideFlows, false)
	j.st.Bridged = true
	j.want(t, "joined for 8 s", j.run(8*time.Second, 12, 12), SideFlows, SideFlows, false)
	j.want(t, "for 12 s", j.run(4*time.Second, 12, 12), SideFlows, SideNoSound, true)
	j.st.Bridged = false
	j.want(t, "alone again", j.run(time.Second, 12, 12), SideFlows, SideFlows, false)
	j.want(t, "and nothing comes", j.run(4*time.Second, 0, 12), SideNoPackets, SideFlows, true)
}

func TestHoldIsNoFault(t *testing.T) {
	j := newJudged()
	j.run(5*time.Second, 12, 12)
	j.st.Direction = SendOnly
	j.want(t, "hold", j.run(20*time.Second, 0, 12), SideOff, SideFlows, false)
	j.st.Direction = Inactive
	j.want(t, "inactive", j.run(20*time.Second, 0, 0), SideOff, SideOff, false)
	j.st.Direction = SendRecv
	j.want(t, "back", j.run(2*time.Second, 0, 12), SideFlows, SideFlows, false)
	j.want(t, "and nothing comes", j.run(2*time.Second, 0, 12), SideNoPackets, SideFlows, true)
}

func TestLossOverTheLastSeconds(t *testing.T) {
	j := newJudged()
	j.st.Lost, j.st.RemoteLost = 1000, 1000 // long ago
	if q := j.run(20*time.Second, 12, 12); q.LossIn != 0 || q.LossOut != 0 || q.MOSIn < 4.3 {
		t.Errorf("%+v", q)
	}
	for range 80 { // 20 s in which a tenth is lost
		j.st.Lost, j.st.RemoteLost = j.st.Lost+1, j.st.RemoteLost+1
		j.run(talkTime, 9, 10)
	}
	j.st.RoundTrip = 50 * time.Millisecond
	q := j.run(talkTime, 10, 10)
	if math.Abs(q.LossIn-0.1) > 0.02 || math.Abs(q.LossOut-0.1) > 0.02 || q.MOSIn > 3.5 || q.MOSOut > 3.5 || q.MOSOut < 1 {
		t.Errorf("%+v", q)
	}
	if len(j.g.in.past) > 20 {
		t.Errorf("%d points kept", len(j.g.in.past))
	}
}

func TestMOS(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		codec         string
		loss          float64
		jitter, trip  time.Duration
		least, atMost float64
	}{
		{"PCMU", 0, 0, 0, 4.35, 4.45}, {"PCMU", 0, 0, 800 * ms, 2.6, 3}, {"PCMU", 0, 80 * ms, 100 * ms, 3.8, 4.3},
		{"PCMU", 0.03, 0, 0, 3.7, 4.3}, {"PCMU", 0.2, 0, 0, 1.5, 3}, {"PCMU", 1, time.Hour, time.Hour, 1, 1},
		{"G729", 0, 0, 0, 4, 4.2}, {"G729", 0.05, 0, 0, 2.8, 3.6}, {"OPUS", 0, 0, 0, 4.35, 4.45},
		{"PCMU", math.NaN(), 0, 0, 1, 1}, {"PCMU", -1, 0, 0, 4.35, 4.45},
	} {
		if got := MOS(c.codec, c.loss, c.jitter, c.trip); !(got >= c.least && got <= c.atMost) {
			t.Errorf("%+v: %.2f", c, got)
		}
	}
}

func TestTalkLevelIsOverAQuarterOfASecond(t *testing.T) {
	var m meter
	at := time.Second
	for range 13 { // 260 ms of -20 dB
		m.add(0.01, at)
		at += Frame
	}
	m.add(1, at) // the next quarter does not count yet
	if got := m.talk(at); math.Abs(got+20) > 0.1 {
		t.Errorf("%.1f dB", got)
	}
	if got := m.talk(at + time.Second); got != LevelFloor {
		t.Errorf("%.1f dB without packets", got)
	}
	p := newPair(t, "PCMU")
	p.far.SetSource(tone.Generator(500, pcmRate))
	until(t, p.leg, "both talk levels read -15 dB", func() bool {
		st := p.leg.Stats()
		return math.Abs(st.TalkIn+15) < 1 && math.Abs(st.TalkOut+15) < 1
	})
}

func TestAGaugeOfARealLegThatHearsNobody(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	s := open(t, e)
	start(t, s, netip.MustParseAddrPort("127.0.0.1:9"), "PCMU")
	s.SetSource(tone.Generator(500, pcmRate))
	var g Gauge
	now := time.Now()
	var q Quality
	for range 20 {
		n := s.Stats().PacketsOut
		eventually(t, "it sends", func() bool { return s.Stats().PacketsOut > n })
		now = now.Add(talkTime) // the gauge's clock is ours
		q = g.Read(s.Stats(), now)
	}
	if q.Speak != SideNoPackets || q.Listen != SideFlows || !q.OneWay || q.MOSIn != 0 || q.MOSOut != 0 {
		t.Errorf("%+v", q)
	}
}

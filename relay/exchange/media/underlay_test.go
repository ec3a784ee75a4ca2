package media

import (
	"math"
	"testing"

	"cordpair/relay/exchange/media/tone"
)

func TestAPlaybackOnABridgedLegIsHeardOverThePeer(t *testing.T) {
	for _, codecs := range [][2]string{{"PCMU", "PCMU"}, {"PCMU", "PCMA"}, {"G722", "G722"}} {
		t.Run(codecs[0]+"-"+codecs[1], func(t *testing.T) {
			c := newCall(t, codecs[0], codecs[1])
			c.alice.SetSource(tone.Generator(620, pcmRate))
			c.bob.SetSource(tone.Generator(1130, pcmRate))
			bridge, err := Bridge(c.a, c.b)
			if err != nil {
				t.Fatal(err)
			}
			c.hearA.hears(t, "alice", 1130)
			play, err := c.a.Play(Playlist{Media: []Media{Ringtone{Country: "fr", Duration: Forever}}})
			if err != nil {
				t.Fatal(err)
			}
			until(t, c.alice, "alice hears the ringing, and bob far below it", func() bool {
				pcm := c.hearA.newest(2048)
				bob := tone.Strength(pcm, pcmRate, 1130)
				return tone.Strength(pcm, pcmRate, 440) > 0.95 && bob > 1e-4 && bob < 0.02
			})
			c.hearB.hears(t, "bob", 620, 440) // he hears alice as ever
			play.Pause()
			c.hearA.hears(t, "alice, in the pause,", 1130, 440)
			play.Resume()
			until(t, c.alice, "alice hears the ringing again", func() bool {
				return tone.Strength(c.hearA.newest(2048), pcmRate, 440) > 0.95
			})
			play.Stop()
			c.hearA.hears(t, "alice, after it,", 1130, 440)
			bridge.Close()
		})
	}
}

func TestAPlaybackOutlivesItsBridge(t *testing.T) {
	c := newCall(t, "PCMU", "PCMA")
	c.bob.SetSource(tone.Generator(1130, pcmRate))
	bridge, err := Bridge(c.a, c.b)
	if err != nil {
		t.Fatal(err)
	}
	play, err := c.a.Play(Playlist{Media: []Media{Ringtone{Country: "fr", Duration: Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	bridge.Close()
	c.hearA.forget()
	until(t, c.alice, "alice hears the ringing alone", func() bool {
		pcm := c.hearA.newest(2048)
		return len(pcm) == 2048 && tone.Strength(pcm, pcmRate, 440) > 0.95 && tone.Strength(pcm, pcmRate, 1130) < 1e-5
	})
	if play.Err() != nil {
		t.Errorf("%v", play.Err())
	}
}

func TestThePeerIsNotMixedIntoWhatCannotMix(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l, other := newLeg(t, e, "G729"), newLeg(t, e, "G729")
	bridge := mustBridge(t, l, other)
	play, err := l.Play(Playlist{Media: []Media{Silence{4 * Frame}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		l.hear(bridge, 18, uint16(i), uint32(i)*160, 7, make([]byte, 20))
		if p := l.beat(t); string(p.Payload) != string(l.tx.codec.silence) {
			t.Fatalf("%x", p.Payload)
		}
	}
	l.beat(t)
	l.beat(t)
	closed(t, "the playback ends", play.Done())
	l.hear(bridge, 18, 9, 9*160, 7, []byte("0123456789"))
	if p := l.take(t); string(p.Payload) != "0123456789" {
		t.Fatalf("after the playback: %x", p.Payload)
	}
}

func TestTheDuckedPeerKeepsItsShape(t *testing.T) {
	u := &underlay{at: newPlayout()}
	peer, mixed := make([]int16, 160), make([]int16, 160)
	tone.Generator(500, pcmRate).ReadPCM(peer)
	u.at.put(1, 0, 0, peer)
	if !u.mix(mixed, frameSound) {
		t.Fatal("nothing mixed")
	}
	if fall := dBFS(meanPower(peer)) - dBFS(meanPower(mixed)); math.Abs(fall-24) > 0.5 {
		t.Errorf("ducked by %.1f dB", fall)
	}
	if u.mix(mixed, frameSound) {
		t.Error("mixed what is not there")
	}
}

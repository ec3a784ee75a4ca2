package media

import (
	"testing"

	"cordpair/relay/exchange/media/tone"
)

// ramp is n samples that count up from v.
func ramp(v, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(v + i)
	}
	return pcm
}

func TestPlayoutPutsPacketsInOrder(t *testing.T) {
	p := newPlayout()
	first := uint32(1<<32 - 101) // the timestamps wrap
	p.put(7, first, 0, ramp(1, 160))
	p.put(7, first+320, 320, ramp(321, 160)) // one comes late, one never
	p.put(7, first+160, 320, ramp(161, 160))
	p.put(7, first+640, 640, ramp(641, 160))
	got := make([]int16, 800)
	if !p.read(got) {
		t.Fatal("nothing read")
	}
	for i, v := range got {
		if want := int16(i + 1); i < 480 && v != want || i >= 480 && i < 640 && v != 0 || i >= 640 && v != want {
			t.Fatalf("sample %d is %d", i, v)
		}
	}
	if p.put(7, first+160, 800, ramp(1, 160)); p.read(got[:160]) {
		t.Fatal("a packet whose time has passed was read")
	}
}

func TestPlayoutDrawsItsTimelineAnew(t *testing.T) {
	for name, next := range map[string]struct{ ssrc, ts uint32 }{
		"another source": {8, 5}, "a jump ahead": {7, 1 << 30}, "a jump back": {7, 1 << 31},
	} {
		p := newPlayout()
		p.put(7, 0, 0, ramp(1, 160))
		p.put(next.ssrc, next.ts, 320, ramp(1000, 160))
		got := make([]int16, 480)
		p.read(got)
		if got[0] != 1 || got[200] != 0 || got[320] != 1000 {
			t.Errorf("%s: %d %d %d", name, got[0], got[200], got[320])
		}
	}
}

func TestPlayoutFollowsASourceThatIsSteadilyLate(t *testing.T) {
	p := newPlayout()
	sine, one, got := tone.Generator(440, pcmRate), make([]int16, 160), make([]int16, 160)
	read := 0
	for i := range 100 {
		sine.ReadPCM(one)
		if i < 10 || i > 20 { // ten frames late from then on
			p.put(7, uint32(160*i), p.head+320, one)
		}
		if p.read(got) {
			read++
		}
	}
	if read < 85 {
		t.Fatalf("%d of 100 frames read", read)
	}
}

func FuzzPlayout(f *testing.F) {
	f.Add([]byte{0, 0, 160, 1, 200, 3})
	f.Fuzz(func(t *testing.T, script []byte) {
		p, got := newPlayout(), make([]int16, 160)
		for i := 0; i+3 < len(script); i += 4 {
			ts := uint32(script[i])<<24 | uint32(script[i+1])*160
			p.put(uint32(script[i+2]&3), ts, p.head+int64(script[i+3]), make([]int16, int(script[i+2])*8))
			if script[i+3]&1 == 0 {
				p.read(got)
			}
			if p.tail-p.head > playoutRing {
				t.Fatalf("%d samples in a ring of %d", p.tail-p.head, playoutRing)
			}
		}
	})
}

package media

import "math"

// inband finds DTMF in sound (ITU-T Q.23, Q.24), for legs that agreed to no
// telephone-event. Two blocks of 20 ms in a row make a digit, and two without
// it end it. Not safe for concurrent use.
type inband struct {
	block [160]int16
	n     int
	last  byte // what the last block held, 0 for nothing
	same  int  // how many blocks in a row
	down  byte // the digit being held
}

var (
	dtmfRows = [4]float64{697, 770, 852, 941}
	dtmfCols = [4]float64{1209, 1336, 1477, 1633}
)

const dtmfKeys = "123A456B789C*0#D"

// find takes the next samples and returns the digit that began in them, or 0.
func (d *inband) find(pcm []int16) (digit rune) {
	for len(pcm) > 0 {
		n := copy(d.block[d.n:], pcm)
		d.n, pcm = d.n+n, pcm[n:]
		if d.n < len(d.block) {
			break
		}
		d.n = 0
		if r := d.judge(dtmfBlock(d.block[:])); r != 0 {
			digit = r
		}
	}
	return digit
}

// judge takes what one block held.
func (d *inband) judge(key byte) rune {
	if key == d.last {
		d.same++
	} else {
		d.last, d.same = key, 1
	}
	if d.same != 2 || key == d.down {
		return 0
	}
	d.down = key
	return rune(key)
}

const (
	// dtmfLevel is the least mean power of a digit, -40 dB.
	dtmfLevel = 1e-4
	// dtmfShare is the least part of all power that its two tones have: a
	// voice spreads more. dtmfHint is the same before their frequencies, which
	// may be off by 1.5 %, are looked at closely.
	dtmfShare, dtmfHint = 0.88, 0.5
	// dtmfTwist is the greatest ratio of power between the two, 8 dB.
	dtmfTwist = 6.3
)

// dtmfBlock is the digit that one block holds, or 0.
func dtmfBlock(pcm []int16) byte {
	all := meanPower(pcm)
	if all < dtmfLevel {
		return 0
	}
	row, rowPower := strongest(pcm, dtmfRows[:])
	col, colPower := strongest(pcm, dtmfCols[:])
	if rowPower+colPower < dtmfHint*all {
		return 0
	}
	rowPower = max(rowPower, nearby(pcm, dtmfRows[row]))
	colPower = max(colPower, nearby(pcm, dtmfCols[col]))
	if rowPower+colPower < dtmfShare*all || rowPower > dtmfTwist*colPower || colPower > dtmfTwist*rowPower {
		return 0
	}
	return dtmfKeys[4*row+col]
}

// strongest is the frequency with the most power.
func strongest(pcm []int16, freqs []float64) (best int, most float64) {
	for i, hz := range freqs {
		if p := goertzel(pcm, hz); p > most {
			best, most = i, p
		}
	}
	return best, most
}

// nearby is the power 1 % above or below, whichever is more.
func nearby(pcm []int16, hz float64) float64 {
	return max(goertzel(pcm, 0.99*hz), goertzel(pcm, 1.01*hz))
}

// goertzel is the mean power at one frequency, full scale = 1.
func goertzel(pcm []int16, hz float64) float64 {
	k := 2 * math.Cos(2*math.Pi*hz/pcmRate)
	var a, b float64
	for _, v := range pcm {
		a, b = float64(v)+k*a-b, a
	}
	n := float64(len(pcm))
	return 2 * (a*a + b*b - k*a*b) / (n * n) / (1 << 30)
}

package media

// g722 is the lower band of ITU-T G.722 at 64 kbit/s, one direction of one
// leg. All we play and listen to is sampled at 8000 Hz, which is the lower
// band alone: the upper one is sent as silence and not listened to.
//
// Names and numbers are the recommendation's (§6.2); arithmetic is 16 bits
// with saturation, in 32.
type g722 struct {
	s, sz   int32 // the predictor's output, and its part from the zeros
	nb, det int32 // logarithmic and linear scale factor
	r, p, a [3]int32
	d, b    [7]int32
}

func newG722() g722 { return g722{det: 32} }

// restingHigh is the upper band's code of silence.
const restingHigh = 0xc0

// Tables of G.722: decision levels and codes of the 60-level quantizer, its
// 64 and 16 output levels, and the scale factor's adaptation.
var (
	g722Q6 = [...]int32{0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858,
		940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919}
	g722Q6Out = [...]int32{-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280,
		-11192, -10232, -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168,
		-2776, -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280,
		11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400,
		2032, 1688, 1360, 1040, 728, 432, 136, -432, -136}
	g722Q4Out = [...]int32{0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288,
		4240, 2584, 1200, 0}
	g722Step = [...]int32{-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60}
	g722Exp  = [...]int32{2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714,
		2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008}
)

// encode writes one byte for each sample.
func (g *g722) encode(dst []byte, pcm []int16) {
	for i, v := range pcm {
		dst[i] = restingHigh | g.code(sat16(int32(v)>>1-g.s))
		g.adapt(int32(dst[i] & 0x3f))
	}
}

// decode writes one sample for each byte.
func (g *g722) decode(pcm []int16, payload []byte) {
	for i, b := range payload {
		code := int32(b & 0x3f)
		low := g.s + g.det*g722Q6Out[code]>>15
		pcm[i] = int16(2 * max(-16384, min(16383, low)))
		g.adapt(code)
	}
}

// follow keeps an encoder where the far end's decoder is after a payload that
// did not come from this encoder.
func (g *g722) follow(payload []byte) {
	for _, b := range payload {
		g.adapt(int32(b & 0x3f))
	}
}

// code quantizes the prediction error to six bits (QUANTL). From its middle
// outwards the positive codes run 61, 60 … 32; the negative 63, 62, 31 … 4.
func (g *g722) code(e int32) byte {
	size := e
	if e < 0 {
		size = -(e + 1)
	}
	level := 1
	for level < len(g722Q6) && size >= g722Q6[level]*g.det>>12 {
		level++
	}
	switch {
	case e >= 0:
		return byte(62 - level)
	case level <= 2:
		return byte(64 - level)
	default:
		return byte(34 - level)
	}
}

// adapt moves scale factor and predictor by one code (INVQAL, LOGSCL, SCALEL,
// and block 4), as encoder and decoder do alike.
func (g *g722) adapt(code int32) {
	coarse := code >> 2
	d := g.det * g722Q4Out[coarse] >> 15
	g.nb = max(0, min(18432, g.nb*127>>7+g722Step[coarse]))
	g.det = g722Exp[g.nb>>6&31]
	if shift := 8 - g.nb>>11; shift < 0 {
		g.det <<= -shift
	} else {
		g.det >>= shift
	}
	g.det <<= 2
	g.predict(d)
}

// predict is block 4: the pole and zero predictor for the next sample.
func (g *g722) predict(d int32) {
	g.d[0] = d
	g.r[0], g.p[0] = sat16(g.s+d), sat16(g.sz+d)
	a2 := g.poles()
	a1 := sat16(g.a[1]*32640>>15 + agree(g.p[0], g.p[1], 192))
	limit := sat16(15360 - a2)
	a1 = max(-limit, min(limit, a1))

	gain := int32(128)
	if d == 0 {
		gain = 0
	}
	for i := 6; i >= 1; i-- { // each zero, then its delay line
		g.b[i] = sat16(agree(d, g.d[i], gain) + g.b[i]*32640>>15)
	}
	copy(g.d[1:], g.d[:6])
	copy(g.r[1:], g.r[:2])
	copy(g.p[1:], g.p[:2])
	g.a[1], g.a[2] = a1, a2

	g.sz = 0
	for i := 6; i >= 1; i-- {
		g.sz += g.b[i] * sat16(2*g.d[i]) >> 15
	}
	g.sz = sat16(g.sz)
	sp := sat16(g.a[1]*sat16(2*g.r[1])>>15 + g.a[2]*sat16(2*g.r[2])>>15)
	g.s = sat16(sp + g.sz)
}

// poles is the next second pole coefficient (UPPOL2).
func (g *g722) poles() int32 {
	slope := min(32767, -agree(g.p[0], g.p[1], sat16(4*g.a[1])))
	a2 := slope>>7 + agree(g.p[0], g.p[2], 128) + g.a[2]*32512>>15
	return max(-12288, min(12288, a2))
}

// agree is v if x and y have the same sign, else -v.
func agree(x, y, v int32) int32 {
	if x < 0 == (y < 0) {
		return v
	}
	return -v
}

func sat16(v int32) int32 { return max(-32768, min(32767, v)) }

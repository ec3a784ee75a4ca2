package media

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"
)

// TapOptions are where a copy of a leg's sound goes (RELAY.md 4.13): as RTP to
// an address, or piece by piece to a function that writes a WebSocket.
type TapOptions struct {
	// Side is what is copied; 0 means Speak. Both is mixed.
	Side Side
	// Codec is PCMU (the default) or PCMA.
	Codec string
	// PTime is the sound in each packet, a multiple of 20 ms up to 120; 0
	// means 20 ms.
	PTime time.Duration
	// Addr is where RTP goes, from Bind (unset: the leg's own address) and a
	// port of the system's choice.
	Addr netip.AddrPort
	Bind netip.Addr
	// Sink is given each packet's sound, without RTP, when Addr is not set. It
	// may take its time, up to some seconds without loss, but must return (the
	// stream's Close waits for it) and not keep the slice. An error ends the
	// tap.
	Sink func(sound []byte) error
}

// Tapping is a tap under way. All methods are safe for concurrent use.
type Tapping struct {
	ear   *overhearing
	local netip.AddrPort
	done  chan struct{}
	mu    sync.Mutex
	err   error
	sent  uint64
}

// StartTap copies the sound of a leg of PCMU, PCMA or G722 (its lower band)
// until Stop, or until the stream closes. The call never waits for the tap.
// With nothing to copy, as on hold, silence is sent.
//
// Errors wrap ErrBadTap, ErrNotStarted, ErrClosed or ErrCannotDecode.
func (s *Stream) StartTap(o TapOptions) (*Tapping, error) {
	w, err := newTapWriter(s, &o)
	if err != nil {
		return nil, err
	}
	t := &Tapping{local: w.local, done: make(chan struct{})}
	var failed error
	t.ear, err = s.overhear(o.Side, Frame, tapLag, func(f *frame) bool {
		var n uint64
		n, failed = w.write(f)
		t.mu.Lock()
		defer t.mu.Unlock()
		t.sent += n
		return failed == nil
	}, func(why error) {
		if failed != nil {
			why = fmt.Errorf("tap: %w", failed)
		}
		w.close()
		t.mu.Lock()
		defer t.mu.Unlock()
		t.err = why
		close(t.done)
	})
	if err != nil {
		w.close()
		return nil, fmt.Errorf("tap: %w", err)
	}
	return t, nil
}

// tapLag is the room for jitter.
const tapLag = 60 * time.Millisecond

// LocalAddr is where RTP comes from (RELAY's source_device); zero with a Sink.
func (t *Tapping) LocalAddr() netip.AddrPort { return t.local }

// Stop ends the tap. Idempotent.
func (t *Tapping) Stop() { t.ear.stop() }

// Done is closed when the tap has ended.
func (t *Tapping) Done() <-chan struct{} { return t.done }

// Packets is how many were sent, and how many of the leg's were lost because
// the sink was too slow.
func (t *Tapping) Packets() (sent, lost uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sent, t.ear.lost()
}

// Err is nil while the tap runs; afterwards it wraps ErrStopped, ErrClosed,
// ErrListener, or what the sink said.
func (t *Tapping) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// tapWriter makes the packets, on the listener's goroutine.
type tapWriter struct {
	o     TapOptions
	codec *codec
	conn  *net.UDPConn // nil with a sink
	local netip.AddrPort
	ssrc  uint32
	seq   uint16
	ts    uint32
	begun bool
	n     int // of buf, behind the header
	buf   [rtpHeader + 960]byte
	pcm   [160]int16
}

// newTapWriter checks the options and fills in the defaults.
func newTapWriter(s *Stream, o *TapOptions) (*tapWriter, error) {
	if o.Side == 0 {
		o.Side = Speak
	}
	if o.Codec == "" {
		o.Codec = "PCMU"
	}
	if o.PTime == 0 {
		o.PTime = Frame
	}
	if !o.Bind.IsValid() {
		o.Bind = s.local.Addr()
	}
	c, _ := lookup(o.Codec)
	switch {
	case !c.g711():
		return nil, fmt.Errorf("%w: codec %q, there is PCMU and PCMA", ErrBadTap, o.Codec)
	case o.Side > Both || o.PTime < Frame || o.PTime > 6*Frame || o.PTime%Frame != 0:
		return nil, fmt.Errorf("%w: side %d, packets of %v", ErrBadTap, o.Side, o.PTime)
	case o.Addr.IsValid() == (o.Sink != nil):
		return nil, fmt.Errorf("%w: it needs an address or a sink, and not both", ErrBadTap)
	case o.Sink == nil && (o.Addr.Port() == 0 || o.Addr.Addr().IsUnspecified() || o.Addr.Addr().IsMulticast()):
		return nil, fmt.Errorf("%w: address %v", ErrBadTap, o.Addr)
	}
	w := &tapWriter{o: *o, codec: c, ssrc: newSSRC(), seq: uint16(rand.Uint32()), ts: rand.Uint32()}
	if o.Sink == nil {
		conn, err := listen(o.Bind, 0)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadTap, err)
		}
		w.conn, w.local = conn, conn.LocalAddr().(*net.UDPAddr).AddrPort()
	}
	return w, nil
}

// write adds one frame and sends the packet that it fills.
func (w *tapWriter) write(f *frame) (sent uint64, err error) {
	for i := range w.pcm {
		v := int32(0)
		if w.o.Side&Speak != 0 {
			v += int32(f.speak[i])
		}
		if w.o.Side&Listen != 0 {
			v += int32(f.listen[i])
		}
		w.pcm[i] = int16(sat16(v))
	}
	w.codec.encode(w.buf[rtpHeader+w.n:], w.pcm[:])
	w.n += len(w.pcm)
	if w.n < samples(w.o.PTime) {
		return 0, nil
	}
	n := w.n
	w.n = 0
	if w.o.Sink != nil {
		return 1, w.o.Sink(w.buf[rtpHeader : rtpHeader+n])
	}
	putRTP(w.buf[:], w.codec.pt, !w.begun, w.seq, w.ts, w.ssrc)
	w.begun, w.seq, w.ts = true, w.seq+1, w.ts+uint32(n)
	if _, err := w.conn.WriteToUDPAddrPort(w.buf[:rtpHeader+n], w.o.Addr); errors.Is(err, net.ErrClosed) {
		return 0, err
	} else if err != nil {
		return 0, nil // nobody there at the moment: a lost packet
	}
	return 1, nil
}

func (w *tapWriter) close() {
	if w.conn != nil {
		w.conn.Close()
	}
}

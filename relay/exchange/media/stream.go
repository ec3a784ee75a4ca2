package media

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Source makes the sound a stream sends when nothing else is played: a
// person's voice, a test tone. ReadPCM fills pcm with the next samples at
// 8000 Hz and returns how many it wrote; the rest of the frame is silent. It
// is called from the engine's clock: it must not block, and not call the stream.
type Source interface {
	ReadPCM(pcm []int16) int
}

// Stream is one leg's media: an RTP socket, its RTCP socket, and what is
// heard and said on them. All methods are safe for concurrent use.
type Stream struct {
	e     *Engine
	id    uint64 // orders the locks of a bridge
	rtp   *net.UDPConn
	rtcp  *net.UDPConn
	local netip.AddrPort

	rx receiver
	tx sender

	tap     atomic.Pointer[func([]int16)]
	onDigit atomic.Pointer[func(rune)]
	ears    ears
	feeds   feeds // for who listens to this leg
	video   atomic.Pointer[video]
	room    atomic.Pointer[Member] // for the reader; the sender's is the truth

	done  chan struct{} // closed first by Close
	close sync.Once
	wg    sync.WaitGroup // the readers and the loaders of playlists
}

func newStream(e *Engine, id uint64, rtp, rtcp *net.UDPConn) *Stream {
	s := &Stream{e: e, id: id, rtp: rtp, rtcp: rtcp, done: make(chan struct{})}
	local := rtp.LocalAddr().(*net.UDPAddr).AddrPort()
	s.local = netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
	s.rx.codec, s.tx.codec, s.tx.conn = noCodec, noCodec, rtp
	s.tx.ears = &s.ears
	// Both readers end when their socket is closed; Close waits for them.
	s.wg.Go(s.readRTP)
	s.wg.Go(s.readRTCP)
	return s
}

// LocalAddr is the RTP address to write into an SDP. RTCP is on the next port.
func (s *Stream) LocalAddr() netip.AddrPort { return s.local }

// Start tells the stream its far end, or changes it (re-INVITE): where to
// send, the format agreed, the payload type of telephone-event (0 for none)
// and the direction as seen from our side. From here on a packet leaves every
// Frame, comfort silence if nothing else, unless dir forbids sending. SSRC,
// sequence and timestamps go on across a change, but for a new clock rate,
// which begins a new SSRC (RFC 7160 §4.1).
//
// The stream then sends to where valid RTP really comes from (symmetric RTP,
// RFC 4961). Errors wrap ErrBadFormat or ErrClosed.
func (s *Stream) Start(remote netip.AddrPort, f Format, dtmfPT uint8, dir Direction) error {
	c, ok := lookup(f.Name)
	if !ok || c.clock != f.ClockRate || f.PayloadType > 127 || dtmfPT > 127 {
		return fmt.Errorf("%w: %v, telephone-event %d", ErrBadFormat, f, dtmfPT)
	}
	if !remote.IsValid() {
		return fmt.Errorf("%w: no remote address", ErrBadFormat)
	}
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	if err := s.tx.start(s.e.now(), remote, c, f, dtmfPT, dir); err != nil {
		return err
	}
	s.rx.start(remote, c, f, dtmfPT, dir)
	return nil
}

// Tap has fn called with the decoded PCM (8000 Hz) of each packet received on
// a leg of PCMU, PCMA or G722; nil ends it. fn runs on the stream's reader: it must
// not block and not keep the slice.
func (s *Stream) Tap(fn func(pcm []int16)) { storeFunc(&s.tap, fn) }

// OnDigit has fn called once for each digit (0-9 * # A-D) that the far end
// keys, as it begins: RFC 4733 events or, on a leg that agreed to none and
// whose codec we decode, the tones themselves. nil ends it. fn runs on the
// stream's reader: it must not block.
func (s *Stream) OnDigit(fn func(digit rune)) { storeFunc(&s.onDigit, fn) }

func storeFunc[T any](p *atomic.Pointer[func(T)], fn func(T)) {
	if fn == nil {
		p.Store(nil)
		return
	}
	p.Store(&fn)
}

// SetSource sends the source's sound in place of comfort silence, on legs of
// PCMU, PCMA and G722; nil goes back to silence. Playbacks, digits, a bridge and a
// conference take precedence.
func (s *Stream) SetSource(src Source) {
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	s.tx.source = src
}

// Close ends the bridge or leaves the conference, ends the playback, closes the sockets and waits for
// the stream's goroutines. It is idempotent; do not call it from a tap, an
// OnDigit function or a source.
func (s *Stream) Close() {
	s.close.Do(func() {
		close(s.done)
		b, m := s.tx.close()
		if b != nil {
			b.Close()
		}
		if m != nil {
			m.Leave()
		}
		s.e.forget(s)
		s.rtp.Close()
		s.rtcp.Close()
		if v := s.video.Load(); v != nil {
			v.close()
		}
	})
	s.wg.Wait()
}

// readErrorPause is how long a reader waits after an error that is not the
// end of its socket, so that a broken network is not a busy loop.
const readErrorPause = 10 * time.Millisecond

// read hands each datagram to fn until the socket is closed. A panic costs
// one datagram.
func (s *Stream) read(c *net.UDPConn, where string, fn func(b []byte, from netip.AddrPort)) {
	buf := make([]byte, maxPacket)
	one := func() (more bool) {
		defer func() {
			if r := recover(); r != nil {
				s.e.fault(where, r)
				more = true
			}
		}()
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			return !errors.Is(err, net.ErrClosed) && s.pause()
		}
		fn(buf[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
		return true
	}
	for one() {
	}
}

// pause waits a little; false when the stream is closed.
func (s *Stream) pause() bool {
	t := time.NewTimer(readErrorPause)
	defer t.Stop()
	select {
	case <-s.done:
		return false
	case <-t.C:
		return true
	}
}

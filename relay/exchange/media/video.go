package media

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// video is the picture of a leg: a second pair of sockets, whose packets go to
// the other leg of a bridge as they are but for the payload type. Sources and
// RTCP pass untouched, so that each far end sees the other's, and its requests
// for a whole picture arrive.
type video struct {
	s     *Stream
	rtp   *net.UDPConn
	rtcp  *net.UDPConn
	local netip.AddrPort

	mu        sync.Mutex
	started   bool
	name      string
	pt        uint8 // what we send
	ptIn      uint8 // what we get, if the far end renumbered; else pt
	dir       Direction
	signalled netip.AddrPort
	heard     netip.AddrPort
	left      netip.AddrPort // heard before the far end moved
	movedAt   time.Duration
	ssrc      uint32
	lastHeard time.Duration

	in, out atomic.Uint64
}

// OpenVideo binds a second pair of sockets for the leg's picture and returns
// its RTP address for the SDP. They close with the stream; opening twice
// returns the same. Errors are those of Engine.Open.
func (s *Stream) OpenVideo() (netip.AddrPort, error) {
	t := &s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	if v := s.video.Load(); v != nil {
		return v.local, nil
	}
	if t.closed {
		return netip.AddrPort{}, fmt.Errorf("video: %w", ErrClosed)
	}
	rtp, rtcp, err := s.e.bindMore(s.local.Addr())
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("video: %w", err)
	}
	v := &video{s: s, rtp: rtp, rtcp: rtcp}
	v.local = netip.AddrPortFrom(s.local.Addr(), rtp.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	s.video.Store(v)
	// Both readers end when their socket is closed; Stream.Close waits for them.
	s.wg.Go(func() { s.read(rtp, "video RTP reader", v.hear) })
	s.wg.Go(func() { s.read(rtcp, "video RTCP reader", v.hearRTCP) })
	return v.local, nil
}

// StartVideo tells the leg's picture its far end, or changes it. In a bridge,
// pictures pass while both legs have them in the same codec and directions
// allow it; nothing is sent otherwise. Errors wrap ErrNotStarted (no OpenVideo
// yet) or ErrBadFormat.
func (s *Stream) StartVideo(remote netip.AddrPort, f Format, dir Direction) error {
	v := s.video.Load()
	switch {
	case v == nil:
		return fmt.Errorf("video: %w", ErrNotStarted)
	case !isVideo(f.Name) || f.PayloadType > 127 || f.ReceiveType > 127 || !remote.IsValid():
		return fmt.Errorf("%w: video %v to %v", ErrBadFormat, f, remote)
	}
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.signalled != remote && !remote.Addr().IsUnspecified() {
		v.left, v.heard, v.movedAt = v.heard, netip.AddrPort{}, s.e.now()
	}
	v.started, v.name, v.pt, v.ptIn, v.dir, v.signalled = true, f.Name, f.PayloadType, f.PayloadType, dir, remote
	if f.ReceiveType != 0 {
		v.ptIn = f.ReceiveType
	}
	return nil
}

// StopVideo lets the leg's picture rest: nothing is taken or sent until the next
// StartVideo. The sockets stay.
func (s *Stream) StopVideo() {
	v := s.video.Load()
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.started, v.heard = false, netip.AddrPort{}
}

// peer is the picture of the other leg, if both can pass it.
func (v *video) peer() *video {
	b := v.s.tx.link.Load()
	if b == nil {
		return nil
	}
	return b.other(v.s).video.Load()
}

// hear takes a packet of the far end and passes it on.
func (v *video) hear(b []byte, from netip.AddrPort) {
	p, ok := parseRTP(b)
	if !ok {
		return
	}
	name, ok := v.accept(p, from, v.s.e.now())
	if !ok {
		return
	}
	v.in.Add(1)
	if o := v.peer(); o != nil {
		o.send(name, b)
	}
}

// accept latches onto the far end's address, as a receiver of sound does.
func (v *video) accept(p packet, from netip.AddrPort, now time.Duration) (name string, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.started || !v.dir.Receives() || p.pt != v.pt && p.pt != v.ptIn {
		return "", false
	}
	if from == v.left && from != v.signalled && now-v.movedAt < relatch {
		return "", false // on its way when the far end moved
	}
	if from != v.heard {
		moved := now-v.lastHeard > relatch && p.ssrc == v.ssrc
		if v.heard.IsValid() && from != v.signalled && !moved {
			return "", false
		}
		v.heard = from
	}
	v.ssrc, v.lastHeard = p.ssrc, now
	return v.name, true
}

// send passes a packet on to the far end, under our payload type.
func (v *video) send(name string, b []byte) {
	v.mu.Lock()
	to, ok := v.remote(), v.started && v.name == name && v.dir.Sends()
	pt := v.pt
	v.mu.Unlock()
	if !ok || !to.IsValid() {
		return
	}
	b[1] = b[1]&0x80 | pt
	if _, err := v.rtp.WriteToUDPAddrPort(b, to); err == nil {
		v.out.Add(1)
	}
}

// remote is where to send, or invalid; v.mu is held.
func (v *video) remote() netip.AddrPort {
	to := v.signalled
	if v.heard.IsValid() {
		to = v.heard
	}
	if to.Port() == 0 || to.Addr().IsUnspecified() {
		return netip.AddrPort{}
	}
	return to
}

// hearRTCP passes a report of the far end on, as it is.
func (v *video) hearRTCP(b []byte, from netip.AddrPort) {
	v.mu.Lock()
	ok := v.started && from.Addr() == v.remote().Addr() && len(b) >= 8 && b[0]>>6 == 2
	name := v.name
	v.mu.Unlock()
	o := v.peer()
	if !ok || o == nil {
		return
	}
	o.mu.Lock()
	to, ok := o.remote(), o.started && o.name == name
	o.mu.Unlock()
	if ok && to.IsValid() && to.Port() < 65535 {
		// A lost report is replaced by the next.
		_, _ = o.rtcp.WriteToUDPAddrPort(b, netip.AddrPortFrom(to.Addr(), to.Port()+1))
	}
}

func (v *video) close() {
	v.rtp.Close()
	v.rtcp.Close()
}

func (v *video) stats(st *Stats) {
	v.mu.Lock()
	defer v.mu.Unlock()
	st.Video, st.VideoIn, st.VideoOut = v.name, v.in.Load(), v.out.Load()
}

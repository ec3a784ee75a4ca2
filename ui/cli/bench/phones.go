package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
)

// voice is the RTP side of a phone: it sends a packet whenever it is told to,
// counts what comes, and does nothing else, so that what it costs is little.
type voice struct {
	conn *net.UDPConn
	far  netip.AddrPort // of the call; set before it is up
	seq  uint16
	got  atomic.Uint64
	done chan struct{}
}

// packet is 20 ms of PCMU behind its RTP header; tone is what is in it, unlike
// the silence that an exchange may fill gaps with.
const (
	header = 12
	packet = header + 160
	tone   = 0x2A
)

// newVoice opens a socket on loopback; its reader ends with it.
func newVoice() (*voice, error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	v := &voice{conn: conn, done: make(chan struct{})}
	go func() { // ends when close closes the socket, and close waits
		defer close(v.done)
		buf := make([]byte, 2048)
		for {
			n, err := conn.Read(buf)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil && n == packet && buf[header] == tone {
				v.got.Add(1)
			}
		}
	}()
	return v, nil
}

func (v *voice) close() {
	_ = v.conn.Close()
	<-v.done
}

func (v *voice) addr() netip.AddrPort { return v.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// beat sends the next packet to the far end.
func (v *voice) beat() {
	var b [packet]byte
	b[0] = 2 << 6 // RTP version 2, payload type 0 (RFC 3550 §5.1)
	v.seq++
	binary.BigEndian.PutUint16(b[2:], v.seq)
	binary.BigEndian.PutUint32(b[4:], uint32(v.seq)*160)
	binary.BigEndian.PutUint32(b[8:], uint32(v.addr().Port()))
	for i := header; i < packet; i++ {
		b[i] = tone
	}
	_, _ = v.conn.WriteToUDPAddrPort(b[:], v.far) // a lost packet is counted as lost
}

// phones are two SIP phones: one calls the exchange, one is called by it and
// picks up at once. With talking each call gets a voice at both ends.
type phones struct {
	caller, callee *sip.Stack
	talking        bool

	mu              sync.Mutex
	calling, called []*voice
}

// discard is where the media of calls without a voice goes: nobody listens.
var discard = netip.MustParseAddrPort("127.0.0.1:9")

var pcmu = []string{"PCMU"}

func newPhones(ctx context.Context, talking bool) (p *phones, err error) {
	p = &phones{talking: talking}
	if p.callee, err = sip.Listen(ctx, sip.Config{Addr: "127.0.0.1:0", Handler: sip.HandlerFunc(p.pickUp)}); err != nil {
		return nil, err
	}
	if p.caller, err = sip.Listen(ctx, sip.Config{Addr: "127.0.0.1:0"}); err != nil {
		return nil, errors.Join(err, p.callee.Close())
	}
	return p, nil
}

func (p *phones) close() error {
	err := errors.Join(p.caller.Close(), p.callee.Close())
	p.hangUp()
	return err
}

func (p *phones) hangUp() {
	for _, v := range append(p.calling, p.called...) {
		v.close()
	}
}

// address is who the second phone is.
func (p *phones) address() string { return "sip:callee@" + p.callee.Addr().String() }

// here is where a call's media comes in; v is nil without talking.
func (p *phones) here() (at netip.AddrPort, v *voice, err error) {
	if !p.talking {
		return discard, nil, nil
	}
	if v, err = newVoice(); err != nil {
		return at, nil, err
	}
	return v.addr(), v, nil
}

func (p *phones) pickUp(l *sip.Leg) {
	at, v, err := p.here()
	if err != nil {
		l.End(sip.EndReason{Code: 500, Phrase: "Server Internal Error"})
		return
	}
	offer, err := media.ParseSDP(l.RemoteSDP())
	var body []byte
	if err == nil {
		body, _, err = media.Answer(at, offer, pcmu, media.SDPOptions{})
	}
	if v != nil {
		v.far = offer.Addr
		p.keep(&p.called, v)
	}
	if err == nil {
		err = l.Answer(body)
	}
	if err != nil {
		l.End(sip.EndReason{Code: 488, Phrase: "Not Acceptable Here"})
	}
}

func (p *phones) keep(in *[]*voice, v *voice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*in = append(*in, v)
}

// voices are those of both phones, as many of one as of the other.
func (p *phones) voices() (calling, called []*voice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(len(p.calling), len(p.called))
	return p.calling[:n:n], p.called[:n:n]
}

// call calls in. picked is told when the exchange has picked up, over when the
// call has ended.
func (p *phones) call(at string, picked chan<- struct{}, over chan<- sip.Ended) error {
	here, v, err := p.here()
	if err != nil {
		return err
	}
	if v != nil {
		p.keep(&p.calling, v)
	}
	offer, err := media.Offer(here, pcmu, media.SDPOptions{})
	if err != nil {
		return err
	}
	l, err := p.caller.Invite(sip.OutboundInvite{
		From: "sip:ann@example.test", To: "sip:" + benchContext + "@demo", Targets: []string{"sip:" + benchContext + "@" + at},
		SDP: offer, Timeout: time.Minute,
	})
	if err != nil {
		return err
	}
	l.Notify(func(e sip.Event) {
		switch e := e.(type) {
		case sip.Answered:
			if d, err := media.ParseSDP(e.SDP); err == nil && v != nil {
				v.far = d.Addr
			}
			if picked != nil {
				picked <- struct{}{}
			}
		case sip.Ended:
			over <- e
		}
	})
	return nil
}

package bench

import (
	"context"
	"errors"
	"slices"
	"time"

	"cordpair/relay"
	"cordpair/relay/exchange/sip"
)

// beat is the time of one packet.
const beat = 20 * time.Millisecond

// media measures what carrying a bridged call costs: first the phones talk to
// each other, then through the exchange. What it takes more is the exchange's.
func (r *run) media(ctx context.Context, told func(int)) (err error) {
	bare, err := r.bare(ctx)
	if err != nil {
		return err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	connected := make(chan struct{}, r.Bridged)
	d, err := r.newDesk(ctx, true, func(context.Context, *relay.Call) error { connected <- struct{}{}; return nil }, fail)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	picked, over := make(chan struct{}, r.Bridged), make(chan sip.Ended, r.Bridged)
	for range r.Bridged {
		if err := d.phones.call(d.x.SIPAddr(), picked, over); err != nil {
			return err
		}
	}
	for range r.Bridged {
		for _, happened := range []chan struct{}{picked, connected} {
			select {
			case <-happened:
			case <-over:
				return errors.New("a call ended before it was measured")
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	return r.rounds(ctx, told, func() error {
		calling, called := d.phones.voices()
		cpu, lost, err := r.talk(ctx, calling, called)
		if err == nil {
			r.record("media_cpu", float64(max(0, cpu-bare))/1e6/r.Talk.Seconds()/float64(r.Bridged))
			r.record("media_lost", lost)
		}
		return err
	})
}

// bare is what the phones alone compute in one round, sockets and all: the
// median of all rounds.
func (r *run) bare(ctx context.Context) (time.Duration, error) {
	var p phones
	defer p.hangUp()
	for range r.Bridged {
		x, err := newVoice()
		if err != nil {
			return 0, err
		}
		p.keep(&p.calling, x)
		y, err := newVoice()
		if err != nil {
			return 0, err
		}
		p.keep(&p.called, y)
		x.far, y.far = y.addr(), x.addr()
	}
	var all []time.Duration
	for range r.Rounds {
		cpu, _, err := r.talk(ctx, p.calling, p.called)
		if err != nil {
			return 0, err
		}
		all = append(all, cpu)
	}
	return quantile(all, 0.5), nil
}

// talk has all phones send on the beat for a while and tells what the process
// computed meanwhile, and how many percent of the packets did not arrive.
func (r *run) talk(ctx context.Context, calling, called []*voice) (cpu time.Duration, lost float64, err error) {
	before, err := processor()
	if err != nil {
		return 0, 0, err
	}
	all := slices.Concat(calling, called)
	got, sent := received(all), 0
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for range max(1, int(r.Talk/beat)) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, 0, context.Cause(ctx)
		}
		for _, v := range all {
			v.beat()
			sent++
		}
	}
	for range 10 { // what is under way arrives
		<-tick.C
	}
	after, err := processor()
	return after - before, max(0, 100*(1-float64(received(all)-got)/float64(sent))), err
}

// received counts the packets of phones.
func received(all []*voice) (n uint64) {
	for _, v := range all {
		n += v.got.Load()
	}
	return n
}

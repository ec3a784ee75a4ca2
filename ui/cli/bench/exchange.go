package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/exchange"
	"cordpair/relay/exchange/sip"
)

// benchContext is whom the phone calls.
const benchContext = "support"

// desk is an exchange with two phones and a program on the SDK that takes the
// calls of one and connects them to the other.
type desk struct {
	x      *exchange.Exchange
	phones *phones
	client *relay.Client
	stop   context.CancelFunc
	wg     sync.WaitGroup
}

// newDesk opens it. serve is what the program does with a connected call; its
// error ends the measuring.
func (r *run) newDesk(ctx context.Context, talking bool, serve func(context.Context, *relay.Call) error, failed func(error)) (d *desk, err error) {
	d = &desk{stop: func() {}}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	d.x, err = exchange.Start(ctx, exchange.Config{
		RelayAddr: "127.0.0.1:0", SIPAddr: "127.0.0.1:0", Project: "P", Token: "T", Contexts: []string{benchContext}, Logger: r.log,
		Limits: exchange.Limits{CallRate: 1e6, DialRate: 1e6, Calls: 1e5, Gone: time.Millisecond},
	})
	if err != nil {
		return d, err
	}
	if d.phones, err = newPhones(ctx, talking); err != nil {
		return d, err
	}
	d.client, err = relay.Open(ctx, relay.Config{URL: d.x.RelayURL(), Project: "P", Token: "T", Contexts: []string{benchContext}, Logger: r.log})
	if err != nil {
		return d, err
	}
	if err = d.client.Ready(ctx); err != nil {
		return d, err
	}
	ctx, d.stop = context.WithCancel(ctx)
	d.wg.Go(func() { d.work(ctx, serve, failed) }) // ends with ctx; close waits
	return d, nil
}

// work connects whoever calls, each on a goroutine of its own.
func (d *desk) work(ctx context.Context, serve func(context.Context, *relay.Call) error, failed func(error)) {
	for {
		call, err := d.client.Incoming(ctx)
		if err != nil {
			return
		}
		d.wg.Go(func() { // ends with ctx at the latest; close waits
			err := call.Answer(ctx)
			if err == nil {
				_, err = call.ConnectSIP(ctx, model.ConnectRequest{From: "sip:bench@demo", To: d.phones.address(), Timeout: time.Minute})
			}
			if err == nil {
				err = serve(ctx, call)
			}
			if err != nil && ctx.Err() == nil {
				failed(err)
			}
		})
	}
}

func (d *desk) close() error {
	var errs []error
	d.stop()
	if d.client != nil {
		errs = append(errs, d.client.Close())
	}
	d.wg.Wait()
	if d.x != nil {
		errs = append(errs, d.x.Close())
	}
	if d.phones != nil {
		errs = append(errs, d.phones.close())
	}
	return errors.Join(errs...)
}

// exchange measures whole calls, as many at a time as are abreast.
func (r *run) exchange(ctx context.Context, told func(int)) (err error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	d, err := r.newDesk(ctx, false, func(ctx context.Context, c *relay.Call) error { return c.Hangup(ctx, model.WordHangup) }, fail)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	return r.rounds(ctx, told, func() error {
		began := time.Now()
		if err := r.through(ctx, d); err != nil {
			return err
		}
		r.record("exchange_calls", float64(r.Through)/time.Since(began).Seconds())
		return nil
	})
}

// through lets the calls of one round come and go.
func (r *run) through(ctx context.Context, d *desk) error {
	over := make(chan sip.Ended, r.Through)
	begun, ended := 0, 0
	for ended < r.Through {
		for begun < r.Through && begun-ended < r.Abreast {
			if err := d.phones.call(d.x.SIPAddr(), nil, over); err != nil {
				return err
			}
			begun++
		}
		select {
		case e := <-over:
			if e.By != sip.Remote || e.Code >= 300 {
				return fmt.Errorf("a call ended with %d %s", e.Code, e.Phrase)
			}
			ended++
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

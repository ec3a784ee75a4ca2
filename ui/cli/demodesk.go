package cli

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"cordpair/model"
	"cordpair/relay"
)

// demoContext is where the people call who shall be connected by themselves.
const demoContext = "frontdesk"

// demoDesk is a second operator of the demo: a program on the same SDK that
// answers whoever calls the front desk and connects the call to bob, so that a
// new console shows a live pair at once. It sees only its own context.
type demoDesk struct {
	client *relay.Client
	stop   context.CancelFunc
	done   sync.WaitGroup
}

func openDemoDesk(ctx context.Context, url, project, token, domain string, log *slog.Logger) (*demoDesk, error) {
	client, err := relay.Open(ctx, relay.Config{
		URL: url, Project: project, Token: token, Contexts: []string{demoContext}, Agent: "cordpair-frontdesk", Details: true, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	d := &demoDesk{client: client, stop: stop}
	d.done.Add(1)
	go func() { // ends with ctx; Close waits
		defer d.done.Done()
		d.work(ctx, "sip:bob@"+domain, log)
	}()
	return d, nil
}

// work serves one caller after the other until the context ends.
func (d *demoDesk) work(ctx context.Context, to string, log *slog.Logger) {
	for {
		call, err := d.client.Incoming(ctx)
		if err != nil {
			return
		}
		if err := d.serve(ctx, call, to); err != nil && ctx.Err() == nil {
			log.Info("front desk", keyCall, call.ID(), keyErr, err)
		}
	}
}

func (d *demoDesk) serve(ctx context.Context, call *relay.Call, to string) error {
	if err := call.Answer(ctx); err != nil {
		return err
	}
	_, err := call.ConnectSIP(ctx, model.ConnectRequest{
		From: call.From().URI, To: to, Timeout: 20 * time.Second,
		Headers:  []model.Header{{Name: "X-Queue", Value: demoContext}},
		Ringback: model.Playlist{{Kind: model.Ringtone, Country: "us"}},
	})
	if err != nil {
		return call.Hangup(ctx, model.WordHangup)
	}
	why, err := call.Disconnected(ctx)
	if err != nil {
		return err
	}
	if call.State().Live() && why.By != model.Operator { // else another operator has taken the caller over
		return call.Hangup(ctx, model.WordHangup)
	}
	return nil
}

// Close ends the desk; its calls go on.
func (d *demoDesk) Close() error {
	d.stop()
	err := d.client.Close()
	d.done.Wait()
	return err
}

package relay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// hostile answers requests as nobody should.
type hostile struct {
	w   *relaytest.World
	mu  sync.Mutex
	rng *rand.Rand
}

func (h *hostile) roll(n int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rng.IntN(n)
}

// garbage are frames that mean nothing, or too much.
var garbage = []string{
	"", " ", "null", "[]", "0", `"x"`, "{", "\x00", "\xff\xfe", strings.Repeat("[", 20_000), strings.Repeat("x", 9_000),
	`{"jsonrpc":"2.0","id":{"a":1},"method":7,"params":[]}`,
	`{"jsonrpc":"2.0","method":"signalwire.event","params":{"event_type":"calling.call.state","params":{"call_id":7}}}`,
	`{"jsonrpc":"2.0","id":"g1","method":"signalwire.event","params":{"event_type":"calling.call.connect","params":{"call_id":"00000001-leg","connect_state":"levitating","peer":[]}}}`,
	`{"jsonrpc":"2.0","id":"g2","method":"signalwire.event","params":{"event_type":"calling.call.state","timestamp":1e400,"params":{"call_id":"ghost","call_state":"answered","start_time":-9e18}}}`,
	`{"jsonrpc":"2.0","id":"g3","method":"signalwire.event","params":{"event_type":"calling.call.play","params":{"call_id":"00000001-leg","control_id":"","state":"finished"}}}`,
	`{"jsonrpc":"2.0","id":"g4","method":"signalwire.event"}`, `{"jsonrpc":"2.0","id":"g5","method":"signalwire.ping"}`,
	`{"jsonrpc":"2.0","id":"unasked","result":{"code":"200"}}`, `{"jsonrpc":"2.0","id":"unasked","error":{"code":"x"}}`,
	`{"jsonrpc":"2.0","id":"g6","method":"signalwire.levitate","params":{}}`,
}

func (h *hostile) inspect(c *relaytest.Conn, f wire.Frame) relaytest.Verdict {
	switch h.roll(24) {
	case 0:
		return relaytest.Ignore
	case 1:
		return relaytest.Drop
	case 2:
		c.Refuse(f.ID, "409", "no")
		c.Refuse(f.ID, "404", "no, never")
	case 3:
		c.Raw([]byte(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"result":null}`, f.ID)))
	case 4:
		c.Raw([]byte(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"error":{"code":-32603,"message":"\u001b[31m"}}`, f.ID)))
	case 5:
		c.Raw([]byte(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"result":{"code":{},"protocol":[]}}`, f.ID)))
	case 6:
		c.Request(wire.MethodDisconnect, wire.DisconnectParams{Restart: h.roll(2) == 0})
		return relaytest.Handle
	case 7:
		c.Mute()
	case 8:
		for range 3 {
			c.Ping()
		}
		return relaytest.Handle
	case 9, 10, 11:
		c.Raw([]byte(garbage[h.roll(len(garbage))]))
		return relaytest.Handle
	default:
		return relaytest.Handle
	}
	return relaytest.Ignore
}

// act does one thing to a call and gives up soon.
func act(h *hostile, c *Client, k *Call) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+h.roll(60))*time.Millisecond)
	defer cancel()
	switch h.roll(16) {
	case 0:
		_ = k.Answer(ctx)
	case 1:
		_ = k.Hangup(ctx, "")
	case 2, 3:
		req := wanted()
		req.To = []string{"sip:bob@test", "sip:busy@test", "sip:silent@test", "sip:a@test, sip:b@test"}[h.roll(4)]
		_, _ = k.ConnectSIP(ctx, req)
	case 4:
		_ = k.Disconnect(ctx)
	case 5:
		_, _ = k.Disconnected(ctx)
	case 6:
		if p, err := k.PlayTTS(ctx, "hello"); err == nil {
			_ = errors.Join(p.Pause(ctx), p.SetVolume(ctx, 3), p.Ended(ctx))
		}
	case 7:
		if d, err := k.AMD(ctx, AMDOptions{}); err == nil {
			_, _ = d.First(ctx)
		}
	case 8:
		if col, err := k.Collect(ctx, CollectOptions{Digits: &DigitsOptions{Max: 1}}); err == nil {
			_, _, _ = col.Next(ctx)
		}
	case 9:
		_, _ = c.DialSIP(ctx, model.Dial{From: "sip:desk@test", To: "sip:bob@test"})
	case 10:
		_ = c.Receive(ctx, fmt.Sprint("context-", h.roll(3)))
	case 11:
		_ = c.Unreceive(ctx, "context-1")
	case 12:
		c.Reconnect()
	case 13:
		_, _, _ = k.Info(), k.Peer(), c.Calls()
		_, _ = c.Session(), c.Stats()
	case 14:
		c.Do(model.Order{ID: 7, Command: model.Hold{Call: k.ID()}})
	case 15:
		_ = k.SendDigits(ctx, "1")
	}
}

// TestHostileServer: whatever the server does, and whatever is asked of the
// client meanwhile from many sides, every wait ends, and nothing is left.
func TestHostileServer(t *testing.T) {
	s := relaytest.New(t)
	h := &hostile{w: relaytest.NewWorld(s), rng: rand.New(rand.NewPCG(3, 1))}
	s.Inspect = h.inspect
	cfg := config(s)
	cfg.HandshakeTimeout, cfg.RequestTimeout = 100*time.Millisecond, 80*time.Millisecond
	cfg.ProbeEvery, cfg.Grace, cfg.MaxFrame = 50*time.Millisecond, 60*time.Millisecond, 8_000
	c := open(t, cfg)
	ctx := within(t)

	var forever sync.WaitGroup // those who wait until the client is closed
	taken := 0
	forever.Go(func() { // ends with Close; waited for below
		for {
			events, err := c.Take(ctx)
			if err != nil {
				if !errors.Is(err, ErrClosed) {
					t.Error("take:", err)
				}
				return
			}
			taken += len(events)
		}
	})
	calls := make(chan *Call, 1024)
	forever.Go(func() { // ends with Close; waited for below
		for {
			call, err := c.Incoming(ctx)
			switch {
			case err == nil:
				calls <- call
			case errors.Is(err, ErrClosed):
				return
			case !errors.Is(err, ErrLinkLost):
				t.Error("incoming:", err)
				return
			}
			if err != nil { // the link is away for long
				_ = c.Ready(ctx)
			}
		}
	})
	var actors sync.WaitGroup
	for range 8 {
		actors.Go(func() { // ends after its acts; waited for below
			k := c.Attach("none", "")
			for range 40 {
				if last := s.Last(); last != nil {
					h.w.Call("sip:caller@test", "office")
				}
				select {
				case k = <-calls:
				default:
				}
				act(h, c, k)
			}
		})
	}
	actors.Wait()
	c.Close()
	forever.Wait()
	if ctx.Err() != nil {
		t.Error("something waited for its context")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.watches)+len(c.inflight)+len(c.waiting)+len(c.dials) != 0 {
		t.Errorf("left: %d watches, %d in flight, %d waiting, %d dials", len(c.watches), len(c.inflight), len(c.waiting), len(c.dials))
	}
	if taken == 0 {
		t.Error("nothing came")
	}
}

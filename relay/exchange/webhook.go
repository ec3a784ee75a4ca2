package exchange

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"cordpair/relay/wire"
)

// SignatureHeader carries the HMAC-SHA256 of a webhook's body in hex, keyed by
// the project's token.
const SignatureHeader = "x-signalwire-signature"

const (
	hookWorkers = 4
	hookQueue   = 256 // per worker; a webhook beyond it is dropped and logged
	hookTries   = 3
	hookBackoff = 500 * time.Millisecond // doubled each time
	hookTimeout = 5 * time.Second        // one try
)

// webhooks posts call states to the URLs that devices name, and what happens to
// a connect or an action to its status_url (RELAY reference §9). Posting never
// waits. What concerns one call keeps its order: it goes to one worker.
type webhooks struct {
	log    *slog.Logger
	key    []byte
	client *http.Client
	seed   maphash.Seed
	queues []chan hook
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

type hook struct {
	url  string
	body []byte
}

func newWebhooks(token string, rules fetchRules, log *slog.Logger) *webhooks {
	h := &webhooks{log: log, key: []byte(token), seed: maphash.MakeSeed()}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.client = &http.Client{
		Timeout: hookTimeout,
		Transport: &http.Transport{
			DialContext:       rules.dialer(hookTimeout).DialContext,
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for range hookWorkers {
		q := make(chan hook, hookQueue)
		h.queues = append(h.queues, q)
		// Ends when the context is cancelled; close waits for it.
		h.wg.Go(func() { h.work(q) })
	}
	return h
}

// close gives up what is still queued and waits for the workers.
func (h *webhooks) close() {
	h.cancel()
	h.wg.Wait()
}

// checkWebhook refuses what could never be posted.
func checkWebhook(p wire.DeviceParams, rules fetchRules) *failure {
	for _, e := range p.CallStateEvents {
		if !slices.Contains(webhookStates, wire.CallState(e)) {
			return bad("call_state_events: %.40q is not known: use created, ringing, answered or ended", e)
		}
	}
	return checkHookURL("call_state_url", p.CallStateURL, rules)
}

// checkHookURL lets an empty one pass.
func checkHookURL(field, raw string, rules fetchRules) *failure {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return bad("%s is not an http or https URL", field)
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		if err := rules.check(ip); err != nil {
			return bad("%s: %v", field, err)
		}
	}
	return nil
}

var webhookStates = []wire.CallState{wire.CallCreated, wire.CallRinging, wire.CallAnswered, wire.CallEnded}

// state posts a call's state if its device asked for it; by default only ended
// is wanted.
func (h *webhooks) state(p wire.DeviceParams, call wire.CallParams, event func() wire.EventParams) {
	wanted := p.CallStateEvents
	if len(wanted) == 0 {
		wanted = []string{string(wire.CallEnded)}
	}
	if slices.Contains(wanted, string(call.CallState)) {
		h.send(p.CallStateURL, call.CallID, event)
	}
}

// send posts an event of a call; without a URL it does nothing.
func (h *webhooks) send(url, call string, event func() wire.EventParams) {
	if url == "" {
		return
	}
	body, err := wire.Encode(event())
	if err != nil {
		h.log.Error("webhook not encoded", "err", err)
		return
	}
	q := h.queues[maphash.String(h.seed, call)%hookWorkers]
	select {
	case q <- hook{url, body}:
	default:
		h.log.Warn("webhook dropped: too many are waiting", "call", call)
	}
}

func (h *webhooks) work(q <-chan hook) {
	for {
		select {
		case <-h.ctx.Done():
			return
		case k := <-q:
			h.deliver(k)
		}
	}
}

// deliver tries a few times. It recovers its own panics: a webhook must not
// cost the exchange.
func (h *webhooks) deliver(k hook) {
	defer func() {
		if p := recover(); p != nil {
			h.log.Error("webhook panicked", "panic", fmt.Sprint(p))
		}
	}()
	pause := hookBackoff
	for try := 1; ; try++ {
		err := h.post(k)
		if err == nil || h.ctx.Err() != nil {
			return
		}
		if try == hookTries {
			h.log.Warn("webhook given up", "url", redacted(k.url), "err", err)
			return
		}
		select {
		case <-h.ctx.Done():
			return
		case <-time.After(pause):
			pause *= 2
		}
	}
}

func (h *webhooks) post(k hook) error {
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, k.url, bytes.NewReader(k.body))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, h.key)
	mac.Write(k.body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(SignatureHeader, hex.EncodeToString(mac.Sum(nil)))
	res, err := h.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 4096)
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("webhook answered %s", res.Status)
	}
	return nil
}

// redacted is a URL without its password, for the log.
func redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "unreadable URL"
	}
	return u.Redacted()
}

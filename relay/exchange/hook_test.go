package exchange

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// hookServer keeps what is posted, and refuses the first try of each kind.
type hookServer struct {
	*httptest.Server
	mu     sync.Mutex
	told   []string // states
	calls  []wire.CallParams
	last   []byte // a try that took too long comes again
	unsure bool   // a signature was wrong
	tries  int
}

func newHookServer(t *testing.T) *hookServer {
	h := &hookServer{}
	h.Server = httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(h.Close)
	return h
}

func (h *hookServer) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tries++; h.tries == 1 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	mac := hmac.New(sha256.New, []byte(testToken))
	mac.Write(body)
	h.unsure = h.unsure || r.Header.Get(SignatureHeader) != hex.EncodeToString(mac.Sum(nil))
	var e wire.EventParams
	if bytes.Equal(body, h.last) || wire.Decode(body, &e) != nil {
		return
	}
	h.last = body
	switch e.EventType {
	case wire.EventCallState:
		var p wire.CallParams
		_ = wire.Decode(e.Params, &p)
		h.told, h.calls = append(h.told, string(p.CallState)), append(h.calls, p)
	case wire.EventCallConnect:
		var p wire.ConnectEvent
		_ = wire.Decode(e.Params, &p)
		h.told = append(h.told, string(p.ConnectState)+" "+string(p.FailedReason))
	}
}

// tells waits for what was posted, in order.
func (h *hookServer) tells(t *testing.T, want ...string) {
	t.Helper()
	same(t, func() []string {
		h.mu.Lock()
		defer h.mu.Unlock()
		return slices.Clone(h.told)
	}, want...)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.unsure {
		t.Error("not signed")
	}
}

// TestCallStatesOfADialledDevice are posted to its call_state_url, signed, and
// again where that failed.
func TestCallStatesOfADialledDevice(t *testing.T) {
	x, h := start(t), newHookServer(t)
	c, p := connect(t, x), newPhone(t)
	d := sipDevice(p.uri("ann"))
	d.Params.CallStateURL, d.Params.CallStateEvents = h.URL, []string{"created", "ringing", "answered", "ended"}
	c.must(wire.MethodDial, wire.DialParams{Tag: "t", Devices: [][]wire.Device{{d}}})
	k := p.next()
	if err := k.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	p.answer(k)
	id := c.state("", wire.CallAnswered).call.CallID
	awaitSIP[sip.Established](k)
	k.leg.End(sip.EndReason{})
	c.state(id, wire.CallEnded)
	h.tells(t, "created", "ringing", "answered", "ended")
	if last := h.calls[3]; last.CallID != id || last.Tag != "t" || last.CreatedBy != "dial" || last.EndReason != wire.ReasonHangup || last.EndTime == 0 {
		t.Errorf("%+v", last)
	}
}

// TestStatusURLOfAConnect is told the connect states.
func TestStatusURLOfAConnect(t *testing.T) {
	h := newHookServer(t)
	d := answeredCall(t, start(t))
	p := newPhone(t)
	with := func(q *wire.CallConnectParams) { q.StatusURL = h.URL }
	if r := d.connectTo(p.uri("bob"), func(q *wire.CallConnectParams) { q.StatusURL = "ftp://x" }); r.Code != wire.CodeBad {
		t.Errorf("%+v", r)
	}
	d.mustConnect(p.uri("bob"), with)
	p.next().leg.End(sip.EndReason{Code: 486, Phrase: "Busy Here"})
	d.c.connectState(d.a, wire.ConnectFailed)
	d.mustConnect(p.uri("bob"), with)
	k := p.next()
	p.answer(k)
	d.c.connectState(d.a, wire.ConnectConnected)
	d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a})
	h.tells(t, "connecting ", "failed busy", "connecting ", "connected ", "disconnected ")
}

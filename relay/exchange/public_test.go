package exchange

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// TestARecordingIsFoundWhereTheClientIs: its URL names the host that the client
// connected to, not the one that is listened on.
func TestARecordingIsFoundWhereTheClientIs(t *testing.T) {
	x := start(t)
	d := answeredCall(t, x)
	d.c = connectAt(t, x.RelayURL(), "pbx.lan:7070")
	url := d.record("r", wire.RecordAudio{Format: "wav"})
	there, found := strings.CutPrefix(url, "http://pbx.lan:7070/recordings/")
	if !found {
		t.Fatal(url)
	}
	d.caller.leg.End(sip.EndReason{})
	d.c.action("r", wire.Finished)
	if _, status, kind := fetch(t, "http"+strings.TrimPrefix(x.RelayURL(), "ws")+"/recordings/"+there); status != http.StatusOK || kind != "audio/wav" {
		t.Errorf("%d %s", status, kind)
	}
}

// connectAt opens a session under another name of the exchange.
func connectAt(t *testing.T, url, host string) *client {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(url, http.Header{"Host": {host}})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, ws: ws, news: make(chan struct{}), done: make(chan struct{})}
	go c.reader() // ends with the socket; close waits for it
	t.Cleanup(c.close)
	c.hello()
	return c
}

func TestBaseURLs(t *testing.T) {
	plain := start(t)
	own := "http://" + strings.TrimPrefix(plain.RelayURL(), "ws://")
	public := start(t, func(c *Config) { c.PublicURL = "https://pbx.example.com/relay/" })
	for host, want := range map[string]string{
		"pbx.lan:7070": "http://pbx.lan:7070", "[::1]:7070": "http://[::1]:7070", "": own, "a b": own, "x/y": own, "u@h": own, "h?q": own,
	} {
		if got := plain.baseFor(&http.Request{Host: host}); got != want {
			t.Errorf("%q: %s, want %s", host, got, want)
		}
		if got := public.baseFor(&http.Request{Host: host}); got != "https://pbx.example.com/relay" {
			t.Errorf("public %q: %s", host, got)
		}
	}
	for raw, ok := range map[string]bool{"": true, "http://h": true, "https://h:1/p": true, "ws://h": false, "http://": false,
		"http://u@h": false, "http://h?q": false, "http://h#f": false, "h": false, "http://%zz": false} {
		if err := checkPublicURL(raw); (err == nil) != ok || err != nil && !errors.Is(err, ErrPublicURL) {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

package exchange

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// tapPatience bounds opening a tap's WebSocket, and one write to it.
const tapPatience = 3 * time.Second

// tapping is a calling.tap under way.
type tapping struct {
	run    *media.Tapping
	tap    wire.Tap
	device wire.TapDevice
}

func (a *tapping) stop() { a.run.Stop() }

func (a *tapping) tellEnd(c *call, control string) {
	if err := a.run.Err(); err != nil {
		c.log.Debug("tap ended", "err", err)
	}
	a.tell(c, control, wire.Finished)
}

func (a *tapping) tell(c *call, control, state string) {
	c.report(control, wire.EventTap, wire.TapEvent{
		CallRef: c.ref(), ControlID: control, State: state, Tap: a.tap, Device: a.device,
	})
}

// tapCmd is calling.tap.
type tapCmd struct{ wire.TapParams }

func (m tapCmd) ref() wire.CallRef { return m.CallRef }

func (m tapCmd) check(x *Exchange) *failure {
	p := m.Device.Params
	if m.Tap.Type != "audio" {
		return bad("tap.type %.20q is not offered: only audio", m.Tap.Type)
	}
	if f := checkSide("tap.params.direction", m.Tap.Params.Direction); f != nil {
		return f
	}
	if f := checkStatusURL(m.StatusURL, x); f != nil {
		return f
	}
	if p.Codec != "" && !isG711(p.Codec) {
		return &failure{wire.CodeMedia, fmt.Sprintf("device.params.codec %.20q is not offered: use PCMU or PCMA", p.Codec)}
	}
	if p.Rate != 0 && p.Rate != 8000 {
		return &failure{wire.CodeMedia, "device.params.rate: only 8000 is offered"}
	}
	switch m.Device.Type {
	case "rtp":
		return checkTapAddress(p, x.fetch)
	case "ws":
		u, err := url.Parse(p.URI)
		if err != nil || !slices.Contains([]string{"ws", "wss"}, u.Scheme) || u.Host == "" {
			return bad("device.params.uri is not a ws or wss URL")
		}
		return nil
	}
	return bad("device.type %.20q is not known: use rtp or ws", m.Device.Type)
}

func checkTapAddress(p wire.TapDeviceParams, rules fetchRules) *failure {
	ip, err := netip.ParseAddr(p.Addr)
	if err != nil {
		return bad("device.params.addr is not an IP address")
	}
	if p.Port < 1 || p.Port > 65535 {
		return bad("device.params.port must be 1 to 65535")
	}
	if err := rules.check(ip); err != nil {
		return &failure{wire.CodeForbidden, "device.params.addr: " + err.Error()}
	}
	return nil
}

func (m tapCmd) do(c *call, req *request) {
	a := &tapping{tap: m.Tap, device: m.Device}
	var ws *tapSocket
	f := c.begin(m.ControlID, a, func() (err error) {
		p := m.Device.Params
		side, _ := media.ParseSide(m.Tap.Params.Direction) // checked before; unset is speak
		o := media.TapOptions{Side: side, Codec: strings.ToUpper(p.Codec), PTime: time.Duration(p.Ptime) * time.Millisecond}
		if m.Device.Type == "ws" {
			ws = newTapSocket(c.x, p.URI)
			o.Sink = ws.send
		} else {
			ip, _ := netip.ParseAddr(p.Addr) // checked before
			o.Addr = netip.AddrPortFrom(ip, uint16(p.Port))
		}
		a.run, err = c.sound.stream.StartTap(o)
		return err
	})
	if f != nil {
		req.fail(f)
		return
	}
	result := wire.StartedResult{Result: wire.Result{
		Code: wire.CodeOK, Message: "Tapping", CallID: c.id, ControlID: m.ControlID,
	}}
	if from := a.run.LocalAddr(); from.IsValid() {
		result.SourceDevice = sourceOf(from, m.Device.Params)
	}
	req.result(result)
	c.reports(m.ControlID, m.StatusURL)
	a.tell(c, m.ControlID, wire.Tapping)
	if ws != nil {
		// Ends with the tap, which ends with the call's stream; Close waits.
		c.x.spawn("tap socket", func() { <-a.run.Done(); ws.close() })
	}
	c.await(a.run.Done(), msgActionEnded{m.ControlID, a})
}

func sourceOf(from netip.AddrPort, p wire.TapDeviceParams) *wire.TapDevice {
	codec, ptime := strings.ToUpper(orText(p.Codec, "PCMU")), p.Ptime
	if ptime == 0 {
		ptime = int(media.Frame / time.Millisecond)
	}
	return &wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{
		Addr: from.Addr().String(), Port: wire.Port(from.Port()), Codec: codec, Ptime: ptime, Rate: 8000,
	}}
}

// tapSocket sends a tap to a WebSocket: one binary message for each packet's
// sound, without a header. It is opened with the first one. Send and close are
// not called at the same time.
type tapSocket struct {
	ctx      context.Context // ends when the exchange closes
	patience time.Duration
	dialer   websocket.Dialer
	uri      string
	ws       *websocket.Conn
}

func newTapSocket(x *Exchange, uri string) *tapSocket {
	patience := cmp.Or(x.cfg.tapPatience, tapPatience)
	return &tapSocket{ctx: x.ctx, patience: patience, uri: uri, dialer: websocket.Dialer{
		HandshakeTimeout: patience,
		NetDialContext:   x.fetch.dialer(patience).DialContext,
	}}
}

func (t *tapSocket) send(sound []byte) error {
	if t.ws == nil {
		ws, _, err := t.dialer.DialContext(t.ctx, t.uri, nil)
		if err != nil {
			return fmt.Errorf("tap: %w", err)
		}
		t.ws = ws
	}
	t.ws.SetWriteDeadline(time.Now().Add(t.patience))
	return t.ws.WriteMessage(websocket.BinaryMessage, sound)
}

func (t *tapSocket) close() {
	if t.ws == nil {
		return
	}
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = t.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)) // best effort: it is closed next
	t.ws.Close()
}

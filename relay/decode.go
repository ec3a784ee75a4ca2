package relay

import (
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/wire"
)

// inbound is a frame and, when it is an event, its envelope, decoded in one
// pass. The body of the event stays raw for the decoder of its type.
type inbound struct {
	ID     wire.ID        `json:"id"`
	Method string         `json:"method"`
	Params inboundParams  `json:"params"`
	Result jsontext.Value `json:"result"`
	Error  *inboundError  `json:"error"`
}

// inboundParams are the members of all requests that a server sends.
type inboundParams struct {
	EventType string         `json:"event_type"`
	Timestamp jsontext.Value `json:"timestamp"`
	Params    jsontext.Value `json:"params"`
	Restart   bool           `json:"restart"`
}

// inboundError tolerates a code that is no integer.
type inboundError struct {
	Code    wire.ResultCode `json:"code"`
	Message string          `json:"message"`
}

// noted is a decoded event. Most have an Event; actions keep their body too,
// for the result of a collect or a recording.
type noted struct {
	event  model.Event
	action *actionNote
	auth   string // a new authorization state
}

type actionNote struct {
	kind string
	body wire.ActionEvent
}

// actionKinds names the action of each event that reports one.
var actionKinds = map[string]string{
	wire.EventPlay:       "play",
	wire.EventRecord:     "record",
	wire.EventCollect:    "collect",
	wire.EventDetect:     "detect",
	wire.EventTap:        "tap",
	wire.EventSendDigits: "send_digits",
	wire.EventRefer:      "refer",
	wire.EventHold:       "hold",
}

// decoder turns events into the model's words. It belongs to the reader.
type decoder struct {
	skew  time.Duration // add it to the server's clock to get ours
	known bool
	last  time.Time // what comes later did not happen earlier
}

// maxLag is the longest delay believed of an event; more means that a clock
// was set.
const maxLag = 2 * time.Minute

// at says when an event happened by our clock. The shortest delay seen tells
// how the two clocks differ.
func (d *decoder) at(stamp jsontext.Value, arrival time.Time) time.Time {
	sec, err := strconv.ParseFloat(string(stamp), 64)
	if err != nil || sec < 1e8 || sec > 1e10 {
		return arrival
	}
	whole := int64(sec)
	sent := time.Unix(whole, int64((sec-float64(whole))*1e9))
	delay := arrival.Sub(sent)
	if !d.known || delay < d.skew || delay > d.skew+maxLag {
		d.skew, d.known = delay, true
	}
	if at := arrival.Add(d.skew - delay); at.After(d.last) {
		d.last = at
	}
	return d.last
}

// millis turns the server's milliseconds into our clock; 0 stays zero.
func (d *decoder) millis(ms int64) time.Time {
	if ms < 1e11 || ms > 1e13 {
		return time.Time{}
	}
	return time.UnixMilli(ms).Add(d.skew)
}

// event decodes one event. An unknown type gives an empty result.
func (d *decoder) event(p inboundParams, arrival time.Time) (noted, error) {
	at := d.at(p.Timestamp, arrival)
	switch p.EventType {
	case wire.EventCallReceive, wire.EventCallState:
		var body wire.CallParams
		if err := loosely(p.Params, &body, "/call_id", "/call_state"); err != nil {
			return noted{}, err
		}
		offered := p.EventType == wire.EventCallReceive
		return noted{event: model.CallSeen{At: at, Call: d.callInfo(&body), Offered: offered}}, nil
	case wire.EventCallConnect:
		return d.connect(p.Params, at)
	case wire.EventCallDial:
		return d.dial(p.Params, at)
	case wire.EventCordpairLeg:
		var body wire.LegEvent
		if err := wire.Decode(p.Params, &body); err != nil {
			return noted{}, err
		}
		return noted{event: model.LegReported{At: at, Call: clean[model.CallID](body.CallID), Leg: legReport(&body)}}, nil
	case wire.EventCordpairSIP:
		var body wire.SIPEvent
		if err := wire.Decode(p.Params, &body); err != nil {
			return noted{}, err
		}
		return noted{event: d.sip(&body, at)}, nil
	case wire.EventCordpairMedia:
		var body wire.MediaEvent
		if err := wire.Decode(p.Params, &body); err != nil {
			return noted{}, err
		}
		return noted{event: mediaSeen(body, at)}, nil
	case wire.EventCordpairTrunks:
		var body wire.TrunksEvent
		if err := wire.Decode(p.Params, &body); err != nil {
			return noted{}, err
		}
		return noted{event: d.trunks(&body, at)}, nil
	case wire.EventCordpairDirectory:
		var body wire.DirectoryEvent
		if err := wire.Decode(p.Params, &body); err != nil {
			return noted{}, err
		}
		return noted{event: directory(body, at)}, nil
	case wire.EventCallError:
		var body wire.ErrorEvent
		if err := wire.Decode(p.Params, &body); err != nil {
			return noted{}, err
		}
		text := fmt.Sprintf("the server reports error %s: %s", body.Code, body.Message)
		return noted{event: model.Notice{At: at, Text: model.Clean(text)}}, nil
	case wire.EventAuthorizationState:
		var body wire.AuthorizationStateParams
		err := wire.Decode(p.Params, &body)
		return noted{auth: body.AuthorizationState}, err
	}
	if kind := actionKinds[p.EventType]; kind != "" {
		return d.action(kind, p.Params, at)
	}
	return d.monitorEvents(p.EventType, p.Params, at)
}

func (d *decoder) connect(raw jsontext.Value, at time.Time) (noted, error) {
	var body wire.ConnectEvent
	if err := loosely(raw, &body, "/call_id", "/connect_state"); err != nil {
		return noted{}, err
	}
	ev := model.ConnectChanged{
		At: at, Call: clean[model.CallID](body.CallID), State: connectState(body.ConnectState),
		Tag: clean[model.Tag](body.Tag), Reason: reason(body.FailedReason),
	}
	if ev.State == model.ConnectUnknown {
		return noted{}, nil
	}
	if p := body.Peer; p != nil {
		ev.Peer = deviceInfo(p.Device)
		ev.Peer.ID, ev.Peer.Node = clean[model.CallID](p.CallID), clean[model.NodeID](p.NodeID)
		ev.Peer.Tag = clean[model.Tag](p.Tag)
	}
	return noted{event: ev}, nil
}

func (d *decoder) dial(raw jsontext.Value, at time.Time) (noted, error) {
	var body wire.DialEvent
	if err := loosely(raw, &body, "/tag", "/dial_state", "/call/call_id"); err != nil {
		return noted{}, err
	}
	ev := model.DialChanged{At: at, Tag: clean[model.Tag](body.Tag), Reason: reason(body.Reason)}
	switch body.DialState {
	case wire.DialDialing:
		ev.State = model.DialDialing
	case wire.DialAnswered:
		ev.State = model.DialAnswered
	case wire.DialFailed:
		ev.State = model.DialFailed
	default:
		return noted{}, nil
	}
	if body.Call != nil {
		ev.Call = d.callInfo(body.Call)
		// A winner is answered, whatever its own members leave out.
		ev.Call.State = max(ev.Call.State, model.Answered)
		if ev.Call.Direction == model.DirectionUnknown {
			ev.Call.Direction = model.Outbound
		}
		if ev.Call.Tag == "" {
			ev.Call.Tag = ev.Tag
		}
	}
	return noted{event: ev}, nil
}

func (d *decoder) action(kind string, raw jsontext.Value, at time.Time) (noted, error) {
	note := &actionNote{kind: kind}
	if err := loosely(raw, &note.body, "/call_id", "/control_id", "/state"); err != nil {
		return noted{}, err
	}
	ev := model.ActionChanged{
		At: at, Call: clean[model.CallID](note.body.CallID), Control: model.Clean(note.body.ControlID),
		Kind: kind, State: model.Clean(note.body.State),
	}
	var refer wire.ReferEvent
	if kind == "refer" && wire.Decode(raw, &refer) == nil {
		ev.Target, ev.Code = model.Clean(refer.ReferTo), referCode(refer)
	}
	return noted{action: note, event: ev}, nil
}

// referCode is the SIP response that tells what became of a transfer: that of
// the new call, else that to the REFER itself.
func referCode(e wire.ReferEvent) int {
	for _, text := range []string{e.NotifyCode, e.Response} {
		if code, err := strconv.Atoi(text); err == nil && code >= 100 && code < 700 {
			return code
		}
	}
	return 0
}

// callInfo maps what a frame says of a leg.
func (d *decoder) callInfo(p *wire.CallParams) model.CallInfo {
	info := deviceInfo(p.Device)
	info.ID, info.Node = clean[model.CallID](p.CallID), clean[model.NodeID](p.NodeID)
	info.State = model.ParseCallState(string(p.CallState))
	info.Direction = direction(p.Direction)
	info.Context = model.Clean(p.Context)
	info.Tag = clean[model.Tag](p.Tag)
	info.CreatedBy = model.Clean(p.CreatedBy)
	if p.Parent != nil {
		info.Parent = clean[model.CallID](p.Parent.CallID)
	}
	if p.Peer != nil {
		info.Peer = clean[model.CallID](p.Peer.CallID)
	}
	info.Created, info.Answered, info.Ended = d.millis(p.StartTime), d.millis(p.AnswerTime), d.millis(p.EndTime)
	info.EndReason = reason(p.EndReason)
	info.EndSource = model.Clean(p.EndSource)
	return info
}

func deviceInfo(d wire.Device) model.CallInfo {
	info := model.CallInfo{Type: model.Clean(d.Type)}
	if from := d.FromAddress(); from != "" {
		info.From = model.LooseAddress(from)
	}
	if to := d.ToAddress(); to != "" {
		info.To = model.LooseAddress(to)
	}
	info.Headers = modelHeaders(d.Params.Headers)
	for _, c := range d.Params.Codecs {
		info.Codecs = append(info.Codecs, model.Clean(c))
	}
	return info
}

func modelHeaders(list []wire.Header) []model.Header {
	if len(list) == 0 {
		return nil
	}
	out := make([]model.Header, len(list))
	for i, h := range list {
		out[i] = model.Header{Name: model.Clean(h.Name), Value: model.Clean(h.Value)}
	}
	return out
}

func clean[T ~string](s string) T { return T(model.Clean(s)) }

func reason(r wire.Reason) string { return model.Clean(string(r.Normal())) }

func direction(d wire.Direction) model.Direction {
	switch d {
	case wire.Inbound:
		return model.Inbound
	case wire.Outbound:
		return model.Outbound
	}
	return model.DirectionUnknown
}

func connectState(s wire.ConnectState) model.ConnectState {
	switch s {
	case wire.ConnectConnecting:
		return model.ConnectConnecting
	case wire.ConnectConnected:
		return model.ConnectConnected
	case wire.ConnectFailed:
		return model.ConnectFailed
	case wire.ConnectDisconnected:
		return model.ConnectDisconnected
	}
	return model.ConnectUnknown
}

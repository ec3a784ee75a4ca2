package exchange

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// command is a call method with its parameters. check runs on the session's
// reader, before the call hears of it; do runs in the call's actor and answers
// the request before it tells any event.
type command interface {
	ref() wire.CallRef
	check(*Exchange) *failure
	do(*call, *request)
}

func (m answerCmd) ref() wire.CallRef     { return m.CallRef }
func (m passCmd) ref() wire.CallRef       { return m.CallRef }
func (m endCmd) ref() wire.CallRef        { return m.CallRef }
func (m connectCmd) ref() wire.CallRef    { return m.CallRef }
func (m disconnectCmd) ref() wire.CallRef { return m.CallRef }
func (m playCmd) ref() wire.CallRef       { return m.CallRef }
func (m digitsCmd) ref() wire.CallRef     { return m.CallRef }

// methodDecoder reads the parameters of a method.
type methodDecoder func(jsontext.Value) (command, *failure)

// callMethods are the methods that go to one call.
var callMethods = map[string]methodDecoder{
	wire.MethodAnswer:         decode[answerCmd],
	wire.MethodPass:           decode[passCmd],
	wire.MethodEnd:            decode[endCmd],
	wire.MethodCallConnect:    decode[connectCmd],
	wire.MethodCallDisconnect: decode[disconnectCmd],
	wire.MethodPlay:           decode[playCmd],
	wire.MethodPlayStop:       control("Stopping", stopIt[*playing]),
	wire.MethodPlayPause:      control("Paused", (*playing).pause),
	wire.MethodPlayResume:     control("Resumed", (*playing).resume),
	wire.MethodPlayVolume:     checkedControl("Volume set", checkVolume, (*playing).volume),
	wire.MethodSendDigits:     decode[digitsCmd],

	wire.MethodHold:            decodeHold(true),
	wire.MethodUnhold:          decodeHold(false),
	wire.MethodRefer:           decode[referCmd],
	wire.MethodTransfer:        decode[transferCmd],
	wire.MethodJoinConference:  decode[joinCmd],
	wire.MethodLeaveConference: decode[leaveCmd],

	wire.MethodCordpairMonitor:       decode[monitorCmd],
	wire.MethodCordpairMonitorChange: decode[monitorChangeCmd],
	wire.MethodCordpairMonitorLeave:  decode[monitorLeaveCmd],
	wire.MethodCordpairMessage:       decode[textCmd],

	wire.MethodRecord:       decode[recordCmd],
	wire.MethodRecordStop:   control("Stopping", stopIt[*recording]),
	wire.MethodRecordPause:  checkedControl("Paused", checkBehavior, (*recording).pause),
	wire.MethodRecordResume: control("Resumed", (*recording).resume),
	wire.MethodDetect:       decode[detectCmd],
	wire.MethodDetectStop:   control("Stopping", stopIt[*detecting]),
	wire.MethodTap:          decode[tapCmd],
	wire.MethodTapStop:      control("Stopping", stopIt[*tapping]),

	wire.MethodCollect:           decode[collectCmd],
	wire.MethodCollectStop:       control("Stopping", (*collecting).stopCollect),
	wire.MethodCollectTimers:     control("Timers started", (*collecting).startTimers),
	wire.MethodPlayCollect:       decode[promptCmd],
	wire.MethodPlayCollectStop:   control("Stopping", (*collecting).stopCollect),
	wire.MethodPlayCollectVol:    checkedControl("Volume set", checkVolume, (*collecting).volume),
	wire.MethodPlayCollectPause:  control("Paused", (*collecting).pause),
	wire.MethodPlayCollectResume: control("Resumed", (*collecting).resume),
}

func decode[C command](raw jsontext.Value) (command, *failure) {
	var cmd C
	f := decodeParams(raw, &cmd)
	return cmd, f
}

func decodeHold(hold bool) methodDecoder {
	return func(raw jsontext.Value) (command, *failure) {
		cmd := holdCmd{hold: hold}
		f := decodeParams(raw, &cmd.AnswerParams)
		return cmd, f
	}
}

// dispatch answers a request, or hands it to who does. It runs on the session's
// reader.
func (x *Exchange) dispatch(c *conn, req *request, raw jsontext.Value) {
	switch req.method {
	case wire.MethodConnect:
		x.connect(c, req, raw)
	case wire.MethodPing:
		req.result(wire.PingParams{Timestamp: pingStamp(raw)})
	case wire.MethodReceive, wire.MethodUnreceive:
		x.subscribe(req, raw)
	case wire.MethodDisconnect:
		req.result(struct{}{}) // the client says goodbye; its socket follows
	case wire.MethodDial:
		x.dial(req, raw)
	case wire.MethodCordpairLevels:
		x.watchLevels(req, raw)
	case wire.MethodCordpairCalls, wire.MethodCordpairDirectory, wire.MethodCordpairTrunks:
		x.cordpair(req)
	default:
		x.callMethod(req, raw)
	}
}

func (x *Exchange) callMethod(req *request, raw jsontext.Value) {
	decode, ok := callMethods[req.method]
	if !ok {
		req.refuse(wire.RPCMethod, fmt.Sprintf("this exchange has no method %.80q", req.method))
		return
	}
	if strings.HasPrefix(req.method, "cordpair.") && !req.from.isCordpair() {
		req.refuse(wire.RPCMethod, notAsked(req.method))
		return
	}
	cmd, f := decode(raw)
	if f != nil {
		req.fail(f)
		return
	}
	c, f := x.reg.call(cmd.ref().CallID)
	if f == nil {
		f = cmd.check(x)
	}
	if f == nil && req.method == wire.MethodCallConnect {
		f = x.mayPlace(req.from)
	}
	if f != nil {
		req.fail(f)
		return
	}
	c.post(msgCommand{cmd, req})
}

// pingStamp is the client's own timestamp, sent back.
func pingStamp(raw jsontext.Value) jsontext.Value {
	var p wire.PingParams
	if wire.Decode(raw, &p) != nil {
		return nil
	}
	return p.Timestamp
}

func (x *Exchange) subscribe(req *request, raw jsontext.Value) {
	var p wire.ReceiveParams
	if f := decodeParams(raw, &p); f != nil {
		req.fail(f)
		return
	}
	if req.method == wire.MethodUnreceive {
		req.from.unreceive(p.Contexts)
		req.ok("Unreceiving events", "", "")
		return
	}
	if f := req.from.receive(p.Contexts); f != nil {
		req.fail(f)
		return
	}
	req.ok("Receiving events", "", "")
	x.reg.tellCalls(msgConsumers{})
}

// cordpair answers what the exchange has beyond RELAY, to those who asked.
func (x *Exchange) cordpair(req *request) {
	switch {
	case !req.from.isCordpair():
		req.refuse(wire.RPCMethod, notAsked(req.method))
	case req.method == wire.MethodCordpairCalls:
		req.result(wire.CallsResult{Code: wire.CodeOK, Message: "Calls", Calls: x.reg.snapshots()})
	case req.method == wire.MethodCordpairTrunks:
		req.result(wire.TrunksEvent{Code: wire.CodeOK, Message: "Trunks", Trunks: x.trunks.list()})
	default:
		req.result(wire.DirectoryEvent{Code: wire.CodeOK, Message: "Directory", Entries: x.directory.entries()})
	}
}

func notAsked(method string) string { return method + " needs params.cordpair in signalwire.connect" }

// command runs a request in the call's actor. A session that commands a call
// is told of it from then on.
func (c *call) command(m msgCommand) {
	defer func() {
		if p := recover(); p != nil {
			m.req.fail(&failure{wire.CodeInternal, "internal error"})
			panic(p)
		}
	}()
	if c.over != nil {
		m.req.fail(callGone)
		return
	}
	if c.monitors {
		if f := monitorMay(m.cmd); f != nil {
			m.req.fail(f)
			return
		}
	}
	c.follow(m.req.from)
	m.cmd.do(c, m.req)
}

// endCmd is calling.end.
type endCmd struct{ wire.EndParams }

func (m endCmd) check(*Exchange) *failure {
	if m.Reason != "" && !slices.Contains(wire.EndReasons, m.Reason.Normal()) {
		return bad("reason %.40q is not known: use one of %v", m.Reason, wire.EndReasons)
	}
	return nil
}

func (m endCmd) do(c *call, req *request) {
	reason := m.Reason.Normal()
	if reason == "" {
		reason = wire.ReasonHangup
	}
	why, how := byOperator(reason), sip.EndReason{Word: string(reason)}
	switch {
	case !c.answered.IsZero():
	case c.direction == wire.Inbound:
		how.Code, how.Phrase = rejection(reason)
	default:
		why = cancelled // whatever was meant: the phone is told CANCEL
	}
	req.ok("Disconnecting call", c.id, "")
	c.hangUp(why, how)
}

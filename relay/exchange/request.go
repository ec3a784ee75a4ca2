package exchange

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/wire"
)

// request is one RELAY request on its way to its one answer. It is handed from
// goroutine to goroutine, never shared.
type request struct {
	conn     *conn
	from     *session
	id       wire.ID
	method   string
	answered bool
}

// ok answers with code 200.
func (r *request) ok(message, callID, controlID string) {
	r.result(wire.Result{Code: wire.CodeOK, Message: message, CallID: callID, ControlID: controlID})
}

// fail answers with a failure of the call layer.
func (r *request) fail(f *failure) {
	switch f.code {
	case beyond:
		r.refuse(wire.RPCGeneric, f.message)
		return
	case unoffered:
		r.refuse(wire.RPCParams, r.method+": "+f.message)
		return
	}
	r.result(wire.Result{Code: f.code, Message: f.message})
}

// result answers with any value; later answers are ignored.
func (r *request) result(v any) {
	b, err := wire.Reply(r.id, v)
	if err != nil {
		b, err = wire.ReplyError(r.id, wire.RPCInternal, "the answer could not be encoded")
	}
	r.send(b, err)
}

// refuse answers with a JSON-RPC error.
func (r *request) refuse(code int, message string) {
	b, err := wire.ReplyError(r.id, code, message)
	r.send(b, err)
}

func (r *request) send(b []byte, err error) {
	if r.answered || err != nil {
		return
	}
	r.answered = true
	r.conn.reply(b)
}

// failure is a refusal by the call layer: a result code and what to do about
// it.
type failure struct {
	code    wire.ResultCode
	message string
}

func (f *failure) Error() string { return fmt.Sprintf("%s (%s)", f.message, f.code) }

// unoffered is the code of a refusal of a parameter that RELAY has and this
// exchange does not: a JSON-RPC error that names method and parameter, so that
// no program takes it for a fault of the call.
const unoffered wire.ResultCode = "unoffered"

func bad(format string, args ...any) *failure {
	return &failure{wire.CodeBad, fmt.Sprintf(format, args...)}
}

func conflict(format string, args ...any) *failure {
	return &failure{wire.CodeConflict, fmt.Sprintf(format, args...)}
}

var (
	noSuchCall = &failure{wire.CodeNotFound, "no such call"}
	callGone   = &failure{wire.CodeGone, "the call has ended"}
	noCallID   = &failure{wire.CodeBad, "call_id is missing"}
)

// decodeParams reads the parameters of a call method; the failure names the
// member that has the wrong form.
func decodeParams(raw jsontext.Value, v any) *failure {
	err := wire.Decode(raw, v)
	if err == nil {
		return nil
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) && semantic.JSONPointer != "" {
		at := strings.ReplaceAll(strings.TrimPrefix(string(semantic.JSONPointer), "/"), "/", ".")
		return bad("%s has the wrong form: %s is not accepted there", at, semantic.JSONKind)
	}
	return bad("params must be an object")
}

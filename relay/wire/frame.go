package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MaxFrame is the largest frame, in bytes, that either side accepts. The
// official Python SDK uses the same limit.
const MaxFrame = 10 << 20

// ErrNotJSONRPC reports a text frame that is JSON but no JSON-RPC 2.0 object.
var ErrNotJSONRPC = errors.New("wire: not a JSON-RPC frame")

// ID is a JSON-RPC id as text. Numeric ids are accepted when reading and kept
// as their digits; we always write strings, since one official SDK drops
// frames whose id is a number.
type ID string

// UnmarshalJSON accepts a string, a number or null.
func (id *ID) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("null")):
		*id = ""
		return nil
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*id = ID(s)
		return nil
	case len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9'):
		*id = ID(b)
		return nil
	}
	return fmt.Errorf("wire: id is neither string nor number: %.20s", b)
}

// Frame is one JSON-RPC 2.0 object of any kind: a request has Method, a reply
// has Result or Error.
type Frame struct {
	JSONRPC string         `json:"jsonrpc"`
	ID      ID             `json:"id,omitzero"`
	Method  string         `json:"method,omitzero"`
	Params  jsontext.Value `json:"params,omitzero"`
	Result  jsontext.Value `json:"result,omitzero"`
	Error   *RPCError      `json:"error,omitzero"`
	Extra   jsontext.Value `json:",embed"`
}

// Kind tells the three kinds of frame apart.
type Kind uint8

// The kinds of frame.
const (
	KindUnknown Kind = iota
	KindRequest
	KindResult
	KindError
)

// Kind classifies the frame.
func (f *Frame) Kind() Kind {
	switch {
	case f.Method != "":
		return KindRequest
	case f.Error != nil:
		return KindError
	case len(f.Result) > 0:
		return KindResult
	}
	return KindUnknown
}

// RPCError is the error member of a JSON-RPC reply. Code must be written as an
// integer: a string there makes an official SDK's handshake hang.
type RPCError struct {
	Code    int            `json:"code"`
	Message string         `json:"message"`
	Data    jsontext.Value `json:"data,omitzero"`
}

func (e *RPCError) Error() string {
	return fmt.Sprintf("%s (%d)", e.Message, e.Code)
}

// JSON-RPC error codes seen in RELAY.
const (
	RPCAuth       = -32002 // authentication failed
	RPCPermission = -32001 // permission denied
	RPCGeneric    = -32000 // timeout or unspecified
	RPCInternal   = -32603
	RPCParams     = -32602 // bad parameters
	RPCMethod     = -32601 // no such method
)

// options of every decode: the cloud's strings may hold broken UTF-8 (caller
// names do), and a duplicate member must not cost the link.
var decodeOptions = json.JoinOptions(
	jsontext.AllowInvalidUTF8(true),
	jsontext.AllowDuplicateNames(true),
)

// DecodeFrame parses one text frame. It returns ErrNotJSONRPC, wrapped, for
// JSON that is no object and the parser's error for anything that is no JSON.
// The frame refers to its own memory; data may be reused.
func DecodeFrame(data []byte) (Frame, error) {
	var f Frame
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return f, fmt.Errorf("%w: %.40q", ErrNotJSONRPC, data)
	}
	if err := json.Unmarshal(data, &f, decodeOptions); err != nil {
		return Frame{}, fmt.Errorf("wire: decoding frame: %w", err)
	}
	return f, nil
}

// Decode parses params or a result into a typed value. Absent JSON leaves v
// untouched.
func Decode(data jsontext.Value, v any) error {
	if len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, v, decodeOptions)
}

// Encode writes any value of this package as JSON. It can fail only on values
// that have no JSON form (NaN) or on broken embedded JSON. Broken UTF-8 is
// replaced.
func Encode(v any) ([]byte, error) {
	return json.Marshal(v, jsontext.AllowInvalidUTF8(true))
}

// MustEncode is Encode for values built by us that always have a JSON form; it
// panics otherwise.
func MustEncode(v any) jsontext.Value {
	b, err := Encode(v)
	if err != nil {
		panic("wire: " + err.Error())
	}
	return b
}

// Request builds a request frame.
func Request(id ID, method string, params any) ([]byte, error) {
	p, err := Encode(params)
	if err != nil {
		return nil, fmt.Errorf("wire: encoding %s: %w", method, err)
	}
	return Encode(Frame{JSONRPC: "2.0", ID: id, Method: method, Params: p})
}

// Reply builds a result frame.
func Reply(id ID, result any) ([]byte, error) {
	r, err := Encode(result)
	if err != nil {
		return nil, fmt.Errorf("wire: encoding result: %w", err)
	}
	return Encode(Frame{JSONRPC: "2.0", ID: id, Result: r})
}

// ReplyError builds an error frame.
func ReplyError(id ID, code int, message string) ([]byte, error) {
	return Encode(Frame{JSONRPC: "2.0", ID: id, Error: &RPCError{Code: code, Message: message}})
}

// ResultCode is the outcome in a calling result: a string such as "200". A
// number is accepted when reading.
type ResultCode string

// UnmarshalJSON accepts a string or a number.
func (c *ResultCode) UnmarshalJSON(b []byte) error {
	var id ID
	if err := id.UnmarshalJSON(b); err != nil {
		return err
	}
	*c = ResultCode(id)
	return nil
}

// OK reports whether the code is a 2xx.
func (c ResultCode) OK() bool { return c.Int()/100 == 2 }

// Int returns the code as a number, 0 when it is none.
func (c ResultCode) Int() int {
	n, err := strconv.Atoi(string(c))
	if err != nil {
		return 0
	}
	return n
}

// Result is the envelope that answers every calling, messaging and
// receive method. The JSON-RPC layer succeeded; Code says whether the call
// layer did.
type Result struct {
	Code      ResultCode     `json:"code"`
	Message   string         `json:"message"`
	CallID    string         `json:"call_id,omitzero"`
	NodeID    string         `json:"node_id,omitzero"`
	ControlID string         `json:"control_id,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// Result codes in use.
const (
	CodeOK        ResultCode = "200"
	CodeBad       ResultCode = "400" // invalid parameters
	CodePayment   ResultCode = "402" // too dear, or payment required
	CodeForbidden ResultCode = "403"
	CodeNotFound  ResultCode = "404" // no such call or action
	CodeConflict  ResultCode = "409" // already connected, or controlled elsewhere
	CodeGone      ResultCode = "410" // the call existed and is gone
	CodeMedia     ResultCode = "415" // media that this server cannot make
	CodeInternal  ResultCode = "500"
	CodeBusy      ResultCode = "503" // at a limit
)

package wire

import "github.com/go-json-experiment/json/jsontext"

// Session methods.
const (
	MethodConnect    = "signalwire.connect"
	MethodDisconnect = "signalwire.disconnect"
	MethodPing       = "signalwire.ping"
	MethodEvent      = "signalwire.event"
	MethodReceive    = "signalwire.receive"
	MethodUnreceive  = "signalwire.unreceive"
)

// EventAuthorizationState carries the string to send back when reconnecting.
const EventAuthorizationState = "signalwire.authorization.state"

// Version is the protocol version in signalwire.connect.
type Version struct {
	Major    int `json:"major"`
	Minor    int `json:"minor"`
	Revision int `json:"revision"`
}

// Authentication is either a project with its token, or a JWT. It is never
// logged.
type Authentication struct {
	Project  string `json:"project,omitzero"`
	Token    string `json:"token,omitzero"`
	JWTToken string `json:"jwt_token,omitzero"`
}

// ConnectParams opens or resumes a session (signalwire.connect).
type ConnectParams struct {
	Version            Version        `json:"version"`
	Agent              string         `json:"agent,omitzero"`
	EventAcks          bool           `json:"event_acks,omitzero"`
	Authentication     Authentication `json:"authentication"`
	Contexts           []string       `json:"contexts,omitzero"`
	Protocol           string         `json:"protocol,omitzero"`
	AuthorizationState string         `json:"authorization_state,omitzero"`
	Params             ConnectOptions `json:"params,omitzero"`
	Extra              jsontext.Value `json:",embed"`
}

// ConnectOptions is the free "params" member of signalwire.connect; ours asks
// for what the exchange offers beyond RELAY.
type ConnectOptions struct {
	Cordpair *CordpairAsk   `json:"cordpair,omitzero"`
	Extra    jsontext.Value `json:",embed"`
}

// Authorization tells the client who it is. Signature must equal the second
// "_"-separated piece of the protocol, or JS clients do not resume.
type Authorization struct {
	Type      string         `json:"type,omitzero"`
	ProjectID string         `json:"project_id,omitzero"`
	Project   string         `json:"project,omitzero"`
	Scopes    []string       `json:"scopes,omitzero"`
	Signature string         `json:"signature,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// ConnectResult answers signalwire.connect. It has no code.
type ConnectResult struct {
	Identity        string           `json:"identity"`
	Protocol        string           `json:"protocol"`
	Authorization   Authorization    `json:"authorization"`
	IceServers      []jsontext.Value `json:"ice_servers"`
	SessionRestored bool             `json:"session_restored,omitzero"`
	Cordpair        *CordpairOffer   `json:"cordpair,omitzero"`
	Extra           jsontext.Value   `json:",embed"`
}

// ReceiveParams (un)subscribes contexts.
type ReceiveParams struct {
	Contexts []string       `json:"contexts"`
	Extra    jsontext.Value `json:",embed"`
}

// PingParams of signalwire.ping; Timestamp is in seconds.
type PingParams struct {
	Timestamp jsontext.Value `json:"timestamp,omitzero"`
}

// DisconnectParams of signalwire.disconnect. Restart asks the client to forget
// its protocol and authorization state.
type DisconnectParams struct {
	Restart bool `json:"restart,omitzero"`
}

// EventParams is the envelope of signalwire.event. Timestamp is in seconds.
type EventParams struct {
	EventType    string         `json:"event_type"`
	EventChannel string         `json:"event_channel,omitzero"`
	Timestamp    float64        `json:"timestamp,omitzero"`
	ProjectID    string         `json:"project_id,omitzero"`
	SpaceID      string         `json:"space_id,omitzero"`
	Context      string         `json:"context,omitzero"`
	Params       jsontext.Value `json:"params"`
	Extra        jsontext.Value `json:",embed"`
}

// AuthorizationStateParams of EventAuthorizationState.
type AuthorizationStateParams struct {
	AuthorizationState string `json:"authorization_state"`
}

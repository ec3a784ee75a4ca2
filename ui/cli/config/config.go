package config

import (
	"time"

	"cordpair/model"
)

// Local is the name of the profile that every configuration has: no server,
// but the exchange of this machine.
const Local = "local"

// Config is every setting. Members that are not in the file have their
// default.
type Config struct {
	File     string    // where it was read, empty when there was none
	Warnings []Problem // what is allowed but not wise
	Rows     []Row     // every value of the file, in the order it was read
	Kept     []Secret  // those that the system's keyring keeps

	Profile  Value[string]   // the default profile's name; empty: none
	Contexts Value[[]string] // taken from when a profile names none
	From     Value[string]   // the operator's own address
	Theme    Value[string]
	Bell     Value[bool]
	ASCII    Value[bool]
	Calm     Value[bool]          // nothing moves without need
	FPS      Value[int64]         // how often a second the screen is drawn at most
	Mouse    Value[bool]          // false: the mouse is the terminal's
	Phone    Value[string]        // the operator's own, to monitor with
	Notify   Value[string]        // how else an operator is called: auto, off, bell, osc
	Greeting Value[string]        // played to a caller who has been answered
	Undo     Value[time.Duration] // what ends a call can be taken back so long; 0: sent at once
	Recall   Value[time.Duration] // a parked call waits so long

	Profiles map[string]*Profile
	Presets  []Preset
	Keys     Keys
	Log      Log
	Exchange Exchange
}

// Profile is one server to attach to, and as whom.
type Profile struct {
	Name     string
	Relay    Value[string] // ws:// or wss:// URL; either this or Space
	Space    Value[string] // SignalWire space
	Project  Value[string]
	Token    Value[Secret]
	Contexts Value[[]string]
	From     Value[string]
}

// Preset is a connect request with a name. What it leaves out is asked for.
type Preset struct {
	Name    string
	Context string // the context for whose calls it is the default
	Request model.ConnectRequest
}

// Keys is the key map: a preset, and which keys do what instead.
type Keys struct {
	Preset Value[string]
	Map    map[string][]string // by the action's name, over the preset; no keys: off
}

// Log says what is logged and where.
type Log struct {
	File    Value[string] // empty: cordpair.log under the state folder
	Level   Value[string] // debug, info, warn or error
	MaxSize Value[int64]  // MiB; a larger file is put aside
	Keep    Value[int64]  // files put aside that are kept
}

// Exchange is how the embedded exchange is run.
type Exchange struct {
	RelayAddr Value[string]
	SIPAddr   Value[string]
	Domain    Value[string]
	People    Value[string] // empty: the command's own default
	Contexts  Value[[]string]
	Project   Value[string]
	Token     Value[Secret]
	Limits    Limits

	TLSAddr, TLSCert, TLSKey Value[string] // phones by TLS; PEM files
	Users                    []User
	Trusted                  Value[[]string] // networks whose INVITEs are not asked for credentials
	Trunks                   []Trunk
	Rates                    []Rate
	Emergency                Value[[]string] // more numbers that no program may call
	Routes                   []Route
	Recordings               Value[string] // folder; empty: a temporary one
	Drain                    Value[time.Duration]
	PublicURL                Value[string] // what URLs of recordings begin with; empty: where the client connected to
	AllowPrivate             Value[bool]   // audio and webhooks may reach private networks
}

// Limits bound what clients and phones can use up. A zero value is the
// exchange's own default.
type Limits struct {
	Calls, CallRate, DialRate, Sessions, Frame, Outbox, Actions, Legs     Value[int64]
	Handshake, Grace, Orphan, Ping, OfferWait, Ring, Gone, Session, Close Value[time.Duration]
}

// Default is the configuration without a file.
func Default() *Config {
	return &Config{
		Contexts: preset([]string{"support"}),
		Theme:    preset("auto"),
		Mouse:    preset(true),
		FPS:      preset(int64(60)),
		Notify:   preset("auto"),
		Undo:     preset(2 * time.Second),
		Recall:   preset(2 * time.Minute),
		Profiles: map[string]*Profile{},
		Log:      Log{Level: preset("info"), MaxSize: preset(int64(10)), Keep: preset(int64(3))},
		Exchange: Exchange{
			RelayAddr: preset("127.0.0.1:7070"), SIPAddr: preset("127.0.0.1:5060"), Domain: preset("demo"),
			Drain: preset(5 * time.Second),
		},
	}
}

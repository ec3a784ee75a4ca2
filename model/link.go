package model

import "time"

// LinkState is the state of the RELAY link.
type LinkState uint8

// The states of a link.
const (
	LinkConnecting LinkState = iota // first connection under way
	LinkUp
	LinkLost    // down, retrying
	LinkRefused // credentials refused, not retrying
	LinkClosed  // closed by us
)

var linkStateNames = [...]string{"connecting", "up", "lost", "refused", "closed"}

func (s LinkState) String() string {
	if int(s) < len(linkStateNames) {
		return linkStateNames[s]
	}
	return ""
}

// Link is the truth about the connection to the server.
type Link struct {
	State      LinkState
	Generation uint64        // counts connections; events of an older one are stale
	Since      time.Time     // when State began
	RetryAt    time.Time     // next try, when lost
	Tries      int           // tries since it was lost
	RTT        time.Duration // last round trip, 0 when unknown
	Resumed    bool          // the server kept our session
	Gap        time.Duration // how long the link was away before it came up, also since the process before
	Detail     string        // why it is not up
	Server     Server
}

// Server is what the server says of itself.
type Server struct {
	URL      string   // as connected to
	Identity string   // session identity
	Cordpair bool     // the embedded exchange: details, snapshots, directory
	SIP      string   // host:port where phones reach it
	Domain   string   // its SIP domain
	Contexts []string // contexts that it knows
}

// Contact is somebody who can be called.
type Contact struct {
	Address Address
	Kind    string // phone, person, past
	About   string
	Online  bool
}

// Health is how a trunk does.
type Health uint8

// The healths.
const (
	HealthUnknown Health = iota
	HealthUp
	HealthDegraded // it answers, but not as it should
	HealthDown
)

func (h Health) String() string {
	return [...]string{"unknown", "up", "degraded", "down"}[min(h, HealthDown)]
}

// Trunk is an account at a provider, through which calls go out.
type Trunk struct {
	Name, Server string
	Health       Health
	Registered   bool
	RoundTrip    time.Duration // of the last check, 0 while unknown
	Since        time.Time     // of Health
	Problem      string        // in words
}

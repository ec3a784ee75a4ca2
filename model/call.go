package model

import "time"

// LegReport is what SIP and SDP say of a leg. Only the embedded exchange
// tells; against SignalWire it stays empty.
type LegReport struct {
	SIPCallID       string
	Remote          string // host:port
	Transport       string // UDP, TCP, TLS
	RequestURI      string
	Codec           string // PCMU/8000
	HeadersSent     []Header
	HeadersReceived []Header
	Code            int // last SIP response
	Phrase          string
	Reason          string // Reason header (RFC 3326)
	EndedBy         string // remote, operator, exchange, network
	Text            string
}

// IsZero reports whether nothing is known.
func (l LegReport) IsZero() bool {
	return l.SIPCallID == "" && l.Remote == "" && l.Codec == "" && l.Code == 0 && l.EndedBy == "" && l.RequestURI == ""
}

// Call is one leg as the wire last described it.
type Call struct {
	ID        CallID
	Node      NodeID
	Number    int // of its row; 0 while it stands on its caller's row
	State     CallState
	Direction Direction
	Type      string // sip, phone, ...
	From, To  Address
	Headers   []Header // of the device: asked for, or received with the INVITE
	Codecs    []string // asked for
	Context   string
	Tag       Tag
	CreatedBy string
	Parent    CallID // the A leg, when this is a peer
	PeerID    CallID // as the leg's own events tell

	Created, Rang, Answered, Ending, Ended time.Time

	End       Cause
	EndSource string // RELAY's word for the side that ended it: inbound, outbound, none
	EndWanted bool   // a hang-up was ordered here
	Leg       LegReport
	Attempt   *Attempt // the last connect on this call, nil when there was none
	Monitor   *Monitor // who listens to it and its peer, nil for nobody
	Stale     bool     // not confirmed since the link was lost
	Version   uint64   // grows with every change, for caches
	pastTags  []Tag
	leftWith  Party     // who ended the caller's leg, when that took this one down
	began     time.Time // as placed among the rows
	gone      bool      // forgotten by the Book
}

// Live reports whether the leg can still be heard or commanded.
func (c *Call) Live() bool { return c.State.Live() }

// Up reports whether the leg is answered and not ending.
func (c *Call) Up() bool { return c.State == Answered }

// Began is the first moment known of the leg.
func (c *Call) Began() time.Time {
	for _, t := range []time.Time{c.Created, c.Rang, c.Answered, c.Ending, c.Ended} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Age is how long the leg has been there, or was when it ended.
func (c *Call) Age(now time.Time) time.Duration {
	end := now
	if !c.Ended.IsZero() {
		end = c.Ended
	}
	began := c.Began()
	if began.IsZero() || end.Before(began) {
		return 0
	}
	return end.Sub(began)
}

// Talk is how long the leg was answered.
func (c *Call) Talk(now time.Time) time.Duration {
	if c.Answered.IsZero() {
		return 0
	}
	end := now
	if !c.Ended.IsZero() {
		end = c.Ended
	}
	return max(0, end.Sub(c.Answered))
}

// ConnectState is the state of the last connect, Idle when there was none.
func (c *Call) ConnectState() AttemptState {
	if c.Attempt == nil {
		return Idle
	}
	return c.Attempt.State
}

// Remote is the far party of the leg: who calls in, or who is called.
func (c *Call) Remote() Address {
	if c.Direction == Outbound {
		return c.To
	}
	return c.From
}

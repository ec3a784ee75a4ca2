//go:build thirdparty

package conformance

import (
	"testing"

	"cordpair/relay/relaytest/program"
)

// refuses is the scenario of a phone that refuses.
func refuses(status string) *program.Scenario {
	return program.Callee().Reply(status).Take("ACK")
}

// ringsOn is the scenario of a phone that rings until the call is cancelled.
var ringsOn = program.Callee().Reply("180 Ringing").Take("CANCEL").Reply("200 OK", program.InDialog).
	Settle("487 Request Terminated").Take("ACK")

// answers is how the scenario of a phone that picks up begins.
func answers(checks ...program.Check) *program.Scenario {
	return program.Callee(checks...).Reply("180 Ringing").Reply("200 OK", audio).Take("ACK")
}

var audio = program.SDP("0 101", "", 1)

// picksUp is the scenario of a phone that answers and is hung up on.
var picksUp = answers().Take("BYE").OK()

// newSIPp starts a phone of a scenario.
func newSIPp(t *testing.T, scenario *program.Scenario) *program.SIPp {
	t.Helper()
	return program.StartCallee(t, "-sf", scenario.File(t))
}

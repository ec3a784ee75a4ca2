//go:build thirdparty

package program

import (
	"fmt"
	"testing"
)

// Two SIPps play what is built here with each other.
func TestScenariosArePlayed(t *testing.T) {
	callee := StartCallee(t, "-sf", Callee(HasBody("m=audio [0-9]+ RTP/AVP 0"), Has("X-A:", "^ *1$")).Reply("180 Ringing").
		Reply("200 OK", SDP("0", "", 1)).Take("ACK").
		Request("INVITE", SDP("0", "sendonly", 2)).Take("200", Has("CSeq:", "1 INVITE")).Ack().
		Take("INFO", HasBody("5")).OK().
		Request("BYE").Take("200").File(t))
	caller := StartSIPp(t, "-sf", Caller().Request("INVITE", "X-A: 1", SDP("0", "", 1)).Take("180").Take("200").Ack().
		Take("INVITE", HasBody("a=sendonly"), Lacks("a=recvonly")).OK(SDP("0", "recvonly", 2)).Take("ACK").
		Request("INFO", "Content-Type: application/dtmf", "", "5").Take("200").
		Take("BYE").OK().File(t), fmt.Sprintf("127.0.0.1:%d", callee.Port))
	caller.Content(t)
	callee.Content(t)
	callee.First(t, "INFO ")
}

func TestChecksFailTheScenario(t *testing.T) {
	for name, check := range map[string]Check{"header": Has("X-A:", "2"), "body": HasBody("video"), "absence": Lacks("m=audio")} {
		callee := StartCallee(t, "-sf", Callee(check).Reply("486 Busy Here").Take("ACK").File(t))
		StartSIPp(t, "-sf", Caller().Request("INVITE", "X-A: 1", SDP("0", "", 1)).Take("486").AckRefusal().File(t), fmt.Sprintf("127.0.0.1:%d", callee.Port))
		if callee.Wait(t) == 0 {
			t.Errorf("%s: SIPp is content", name)
		}
	}
}

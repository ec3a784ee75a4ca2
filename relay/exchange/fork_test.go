package exchange

import (
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// twoPhones are both registered as zoe, and ring for the desk's caller.
func twoPhones(t *testing.T, d *desk) (one, other *talk) {
	t.Helper()
	phones := []*phone{newPhone(t), newPhone(t)}
	for _, p := range phones {
		if err := p.stack.Register(t.Context(), sip.RegisterRequest{AOR: "sip:zoe@demo", Registrar: "sip:" + d.x.SIPAddr(), Expires: patience * 10}); err != nil {
			t.Fatal(err)
		}
	}
	d.mustConnect("sip:zoe@demo")
	return phones[0].next(), phones[1].next()
}

// TestTheBusyPhoneOfTwo: what it says counts, whatever the last one says.
func TestTheBusyPhoneOfTwo(t *testing.T) {
	d := answeredCall(t, start(t))
	one, other := twoPhones(t, d)
	one.leg.End(sip.EndReason{Code: 486, Phrase: "Busy Here"})
	awaitSIP[sip.Ended](one)
	other.leg.End(sip.EndReason{Code: 480, Phrase: "Temporarily Unavailable"})
	if e := d.c.connectState(d.a, wire.ConnectFailed).connect; e.FailedReason != wire.ReasonBusy {
		t.Errorf("%+v", e)
	}
}

// TestADeclineSpeaksForAllPhones: who declines on one is no longer rung on the
// other.
func TestADeclineSpeaksForAllPhones(t *testing.T) {
	d := answeredCall(t, start(t))
	one, other := twoPhones(t, d)
	if err := other.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	one.leg.End(sip.EndReason{Code: 603, Phrase: "Decline"})
	if e := d.c.connectState(d.a, wire.ConnectFailed).connect; e.FailedReason != wire.ReasonDecline {
		t.Errorf("%+v", e)
	}
	if e := awaitSIP[sip.Ended](other); e.By != sip.Remote || e.Code != 487 {
		t.Errorf("%+v", e)
	}
}

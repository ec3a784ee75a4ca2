package exchange

import (
	"testing"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// TestHoldByThePhone: by re-INVITE or UPDATE, on either side of a bridge. It is
// agreed to and told in the leg's details, the other side hears silence, and
// after it all is as before.
func TestHoldByThePhone(t *testing.T) {
	d, callee, b := connected(t, start(t))
	d.caller.sings(440)
	callee.sings(1000)
	for i, tc := range []struct {
		id           string
		phone, other *talk
		tone         float64
		offer        func(*talk, []byte) error
	}{
		{d.a, d.caller, callee, 440, func(k *talk, sdp []byte) error { return k.leg.Update(sdp) }},
		{b, callee, d.caller, 1000, func(k *talk, sdp []byte) error { return k.leg.Reinvite(sdp) }},
	} {
		offers := 0
		says := func(dir media.Direction, told string) {
			t.Helper()
			body, err := media.Offer(tc.phone.stream.LocalAddr(), g711[:1], media.SDPOptions{SessionID: 7, Version: uint64(i), Direction: dir})
			if err != nil {
				t.Fatal(err)
			}
			if err := tc.offer(tc.phone, body); err != nil {
				t.Fatal(err)
			}
			offers++
			nth[sip.Reanswered](tc.phone, offers)
			d.c.expect("direction "+told, func(e event) bool {
				return e.kind == wire.EventCordpairLeg && e.leg.CallID == tc.id && e.leg.Direction == told
			})
		}
		tc.other.hears(tc.tone)
		says(media.Inactive, "inactive")
		tc.other.hearsNothing()
		says(media.SendRecv, "")
		tc.other.hears(tc.tone)
	}
}

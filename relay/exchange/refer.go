package exchange

import (
	"strconv"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// referring is a calling.refer under way: the phone has been asked to call
// somebody else (RFC 3515). There is one at a time.
type referring struct {
	to       string
	url      string // status_url
	answered bool   // the REFER is over
	response int    // to the REFER, 0 for none
	progress int    // the last NOTIFY
	done     bool   // which was the last
}

// referCmd is calling.refer.
type referCmd struct{ wire.ReferParams }

func (m referCmd) ref() wire.CallRef { return m.CallRef }

func (m referCmd) to() string { return orText(m.Device.Params.To, m.Device.Params.URI) }

func (m referCmd) check(x *Exchange) *failure {
	to := m.to()
	switch {
	case x.isEmergency(userOf(to)):
		return noEmergency
	case m.Device.Type != wire.DeviceSIP:
		return bad("device.type %.20q is not offered: only sip", m.Device.Type)
	case to == "":
		return bad("device.params.to is missing: give a SIP address")
	}
	if err := sip.ValidateURI(to); err != nil {
		return bad("device.params.to is not a SIP address: %s", problem(err))
	}
	return checkStatusURL(m.StatusURL, x)
}

func (m referCmd) do(c *call, req *request) {
	switch {
	case c.answered.IsZero() || len(c.legs) != 1:
		req.fail(conflict("call is not answered: it cannot be referred"))
		return
	case c.referring != nil:
		req.fail(conflict("call is being referred already"))
		return
	}
	c.referring = &referring{to: m.to(), url: m.StatusURL}
	req.ok("Starting SIP REFER", c.id, "")
	c.whenUp(func() {
		if err := c.legs[0].Refer(m.to(), nil); err != nil {
			c.log.Info("not referred", "err", err)
			c.referred(wire.ReferFailed)
		}
	})
}

// referAnswered takes the response to the REFER.
func (c *call) referAnswered(e sip.ReferAnswered) {
	if c.referring == nil {
		return
	}
	c.referring.answered, c.referring.response = true, e.Code
	c.judgeReferral()
}

// referProgress takes what the phone tells of its new call.
func (c *call) referProgress(e sip.ReferProgress) {
	if c.referring == nil {
		return
	}
	c.referring.progress, c.referring.done = e.Code, e.Done
	c.judgeReferral()
}

// judgeReferral tells the outcome once it is known. The last NOTIFY may overtake
// the response to the REFER (RFC 3515 §2.4.4); the outcome waits for both.
func (c *call) judgeReferral() {
	switch r := c.referring; {
	case !r.answered:
	case r.done && r.progress/100 == 2:
		c.referred(wire.ReferSuccess)
	case r.done, r.response/100 != 2:
		c.referred(wire.ReferFailed)
	}
}

// referred tells the outcome.
func (c *call) referred(state string) {
	r := c.referring
	if r == nil {
		return
	}
	c.referring = nil
	e := wire.ReferEvent{
		CallRef: c.ref(), State: state, ReferTo: r.to, Tag: c.tag, SegmentID: c.id,
		Response: codeText(r.response), NotifyCode: codeText(r.progress),
	}
	c.emit(wire.EventRefer, e)
	c.postStatus(r.url, wire.EventRefer, e)
}

// codeText is a SIP code as RELAY writes it, empty for none.
func codeText(code int) string {
	if code == 0 {
		return ""
	}
	return strconv.Itoa(code)
}

package exchange

import (
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// xHeaders are the X- headers of a message, as RELAY writes them.
func xHeaders(hs []sip.Header) []wire.Header {
	var out []wire.Header
	for _, h := range hs {
		if isXHeader(h.Name) {
			out = append(out, wire.Header{Name: h.Name, Value: h.Value})
		}
	}
	return out
}

// noteLeg copies what a SIP leg is into the details.
func (c *call) noteLeg(l *sip.Leg) {
	d := &c.details
	d.CallRef = c.ref()
	d.SIPCallID = l.CallID()
	d.RequestURI = l.RequestURI()
	if a := l.RemoteAddr(); a.IsValid() {
		d.Remote, d.Transport = a.String(), l.Transport()
	}
	if l.Direction() == sip.Inbound {
		d.HeadersReceived = xHeaders(l.Headers())
	}
	c.told = false
}

// noteResponse copies the last response into the details.
func (c *call) noteResponse(code int, phrase string, hs []sip.Header) {
	c.details.SIPCode, c.details.SIPPhrase = code, phrase
	if x := xHeaders(hs); len(x) > 0 {
		c.details.HeadersReceived = x
	}
	c.told = false
}

// noteEnd copies the verdict into the details.
func (c *call) noteEnd(why cause) {
	d := &c.details
	if why.code != 0 {
		d.SIPCode, d.SIPPhrase = why.code, why.phrase
	}
	d.SIPReason, d.EndedBy, d.Text = why.header, why.by, why.text
	c.told = false
}

// tellLeg tells the details if they changed. It comes before the RELAY event
// that they explain.
func (c *call) tellLeg() {
	if c.told {
		return
	}
	c.told = true
	c.details.CallRef = c.ref()
	c.emit(wire.EventCordpairLeg, c.details)
}

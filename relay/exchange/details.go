package exchange

import (
	"reflect"
	"slices"
	"strings"

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
	c.x.messages.claim(d.SIPCallID, c.id)
	d.RequestURI = l.RequestURI()
	if a := l.RemoteAddr(); a.IsValid() {
		d.Remote, d.Transport = a.String(), l.Transport()
	}
	if l.Direction() == sip.Inbound {
		c.noteHeaders(l.Headers())
	}
}

// noteResponse copies the last response into the details.
func (c *call) noteResponse(code int, phrase string, hs []sip.Header) {
	c.details.SIPCode, c.details.SIPPhrase = code, phrase
	c.noteHeaders(hs)
}

// noteHeaders adds X- headers that the phone sent; a later one of the same name
// replaces the earlier. The list is made anew, as told and others hold the old.
func (c *call) noteHeaders(hs []sip.Header) {
	all := slices.Clone(c.details.HeadersReceived)
	for _, h := range xHeaders(hs) {
		same := func(o wire.Header) bool { return strings.EqualFold(o.Name, h.Name) }
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i] = h
		} else if len(all) < maxHeaders {
			all = append(all, h)
		}
	}
	c.details.HeadersReceived = all
}

// noteEnd copies the verdict into the details.
func (c *call) noteEnd(why cause) {
	d := &c.details
	if why.code != 0 {
		d.SIPCode, d.SIPPhrase = why.code, why.phrase
	}
	d.SIPReason, d.EndedBy, d.Text = why.header, why.by, why.text
}

// tellLeg tells the details if they changed. It comes before the RELAY event
// that they explain.
func (c *call) tellLeg() {
	c.details.CallRef = c.ref()
	if reflect.DeepEqual(c.told, c.details) {
		return
	}
	c.told = c.details
	c.emit(wire.EventCordpairLeg, c.details)
}

package sip

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// sendBYE starts a BYE transaction; its outcome changes nothing (§15.1.1).
// l.mu is held.
func (l *Leg) sendBYE(r EndReason) {
	reason := r.header()
	l.send(sip.BYE, func(req *sip.Request, _ flow) {
		if reason != "" {
			add(req, "Reason", reason)
		}
		req.SetBody(nil)
	}, func(*sip.Response) {}, func(error) {})
}

// send starts a request inside the dialog. fill runs with l.mu held, done and
// failed without. A challenge is answered once, where we have credentials.
// l.mu is held.
func (l *Leg) send(method sip.RequestMethod, fill func(*sip.Request, flow), done func(*sip.Response), failed func(error)) {
	l.sendAs(nil, method, fill, done, failed)
}

func (l *Leg) sendAs(auth []Header, method sip.RequestMethod, fill func(*sip.Request, flow), done func(*sip.Response), failed func(error)) {
	l.busy++
	over := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.busy--
		l.release()
	}
	var seq uint32 // one request, whatever addresses are tried
	var uri string
	l.s.request(l.next(), func(f flow) *sip.Request {
		l.mu.Lock()
		defer l.mu.Unlock()
		req := l.dlg.request(method, seq)
		seq, uri = req.CSeq().SeqNo, req.Recipient.String()
		add(req, "User-Agent", l.s.cfg.UserAgent)
		addAll(req, auth)
		fill(req, f)
		return req
	}, func(res *sip.Response) {
		if res.StatusCode < 200 {
			return
		}
		again, ok := []Header(nil), false
		if auth == nil && (res.StatusCode == 401 || res.StatusCode == 407) {
			again, ok = l.login().answerTo(res, method, uri, nil)
		}
		if ok {
			l.mu.Lock()
			l.sendAs(again, method, fill, done, failed)
			l.mu.Unlock()
		} else {
			done(res)
		}
		over()
	}, func(err error) {
		failed(err)
		over()
	})
}

// next is where a request inside the dialog goes. A peer that is there itself
// (no Route, same host) is reached over the connection it has to us: it may not
// listen at all, or show a certificate only as a client. l.mu is held.
func (l *Leg) next() where { return l.toward(&l.dlg) }

func (l *Leg) toward(d *dialog) where {
	to := where{uri: d.next().Clone()}
	network, _, err := transportOf(to.uri)
	ip, notIP := netip.ParseAddr(strings.Trim(to.uri.Host, "[]"))
	if len(d.routes) == 0 && err == nil && notIP == nil &&
		l.flow.conn.alive() && network == l.flow.network() && ip.Unmap() == l.flow.remote.Addr() {
		to.over = l.flow.conn
	}
	return to
}

// contact is our URI for the peer of a flow.
func (l *Leg) contact(f flow) string {
	return l.s.contact(f, l.dlg.local.uri.User, l.dlg.secure)
}

// header is the Reason header for a BYE or CANCEL (RFC 3326); "" for none.
func (r EndReason) header() string {
	switch {
	case r.ReasonHeader != "" && isTextValue(r.ReasonHeader):
		return r.ReasonHeader
	case r.Code >= 200 && r.Code <= 699:
		v := fmt.Sprintf("SIP;cause=%d", r.Code)
		if r.Phrase != "" && isTextValue(r.Phrase) {
			v += `;text="` + escape(r.Phrase) + `"`
		}
		return v
	}
	return ""
}

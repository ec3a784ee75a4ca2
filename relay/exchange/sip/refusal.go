package sip

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// onRefusal handles a final failure to the INVITE: another try where the
// response says how, else the next target or the end. l.mu is held.
func (l *Leg) onRefusal(res *sip.Response) {
	o := l.out
	if l.phase == phaseDown {
		o.tx = nil
		l.release()
		return
	}
	if o.cancel != nil {
		o.tx = nil
		l.finish(l.cancelVerdict(res.StatusCode, res.Reason, res))
		return
	}
	switch code := res.StatusCode; {
	case (code == 401 || code == 407) && l.authorize(res),
		code == 422 && l.lengthen(res):
		l.sendINVITE()
		return
	case code < 400 && l.redirect(res):
		l.try()
		return
	}
	o.tx = nil
	v := verdict(res)
	v.By, v.Code, v.Phrase = Remote, res.StatusCode, res.Reason
	l.nextTarget(v)
}

// redirect queues the contacts of a 3xx that were not tried yet, best q first
// (RFC 3261 §8.1.3.4).
func (l *Leg) redirect(res *sip.Response) bool {
	o := l.out
	if o.redirects++; o.redirects > maxRedirects {
		return false
	}
	type choice struct {
		uri sip.Uri
		q   float64
	}
	var found []choice
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok || c.Address.Wildcard || ValidateURI(c.Address.String()) != nil || o.visited[c.Address.String()] {
			continue
		}
		if o.req.Follow != nil && !o.req.Follow(c.Address.String()) {
			continue
		}
		q, err := strconv.ParseFloat(param(c.Params, "q"), 64)
		if err != nil {
			q = 1
		}
		found = append(found, choice{*c.Address.Clone(), q})
	}
	slices.SortStableFunc(found, func(a, b choice) int {
		switch {
		case a.q > b.q:
			return -1
		case a.q < b.q:
			return 1
		}
		return 0
	})
	for i := len(found) - 1; i >= 0; i-- {
		o.targets = slices.Insert(o.targets, 0, found[i].uri)
	}
	return len(found) > 0
}

// lengthen takes the Min-SE of a 422 (RFC 4028 §7.3), within reason.
func (l *Leg) lengthen(res *sip.Response) bool {
	n, err := strconv.ParseUint(strings.TrimSpace(cutParams(value(res, "Min-SE"))), 10, 31)
	if err != nil {
		return false
	}
	least := time.Duration(n) * time.Second
	if l.session.interval == 0 || least <= l.session.interval {
		return false
	}
	l.session.interval, l.session.min = least, least
	return true
}

// authorize answers a digest challenge (§22); at most two per target, the
// second only for a stale nonce or a second realm.
func (l *Leg) authorize(res *sip.Response) bool {
	o := l.out
	if o.challenges >= 2 {
		return false
	}
	o.challenges++
	auth, ok := l.login().answerTo(res, sip.INVITE, o.current.String(), o.auth)
	if ok {
		o.auth = auth
	}
	return ok
}

// login is who we are to the peer of an outbound leg.
func (l *Leg) login() login {
	if l.out == nil {
		return login{}
	}
	return login{l.out.req.Username, l.out.req.Password}
}

func cutParams(v string) string {
	v, _, _ = strings.Cut(v, ";")
	return v
}

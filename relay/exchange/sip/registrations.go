package sip

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// receive answers one REGISTER (§10.3).
func (r *Registrar) receive(s *Stack, req *sip.Request, tx *serverTx, f flow) {
	code, phrase, hs, changed := r.register(req, f, time.Now())
	if changed && r.cfg.OnChange != nil {
		r.cfg.OnChange() // before the reply: who has it can count on the rest
	}
	s.reply(tx, req, code, phrase, hs...)
}

// register applies a REGISTER to the table, all of it or nothing.
func (r *Registrar) register(req *sip.Request, f flow, now time.Time) (code int, phrase string, hs []Header, changed bool) {
	to := req.To().Address
	if to.User == "" || !isSIP(&to) {
		return 404, "Not Found", nil, false
	}
	if len(r.cfg.Domains) > 0 && !slices.ContainsFunc(r.cfg.Domains, func(d string) bool {
		return strings.EqualFold(d, to.Host)
	}) {
		return 404, "Not Found", nil, false
	}
	wanted, code, phrase, hs := r.wanted(req, f, now)
	if code != 0 {
		return code, phrase, hs, false
	}
	aor := aorOf(&to)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.purge(now)
	old := r.bindings[aor]
	next, err := merge(old, wanted, req)
	switch {
	case err != nil:
		return 500, "CSeq Out Of Order", nil, false
	case len(next) > maxContacts, old == nil && len(next) > 0 && len(r.bindings) >= maxAORs:
		return 503, "Service Unavailable", nil, false
	}
	changed = len(wanted.set) > 0 || wanted.all && len(old) > 0
	if len(next) == 0 {
		delete(r.bindings, aor)
	} else {
		r.bindings[aor] = next
	}
	r.arm(now)
	for _, b := range next {
		left := int(b.Expires.Sub(now).Round(time.Second) / time.Second)
		hs = append(hs, Header{"Contact", fmt.Sprintf("<%s>;expires=%d", b.Contact, left)})
	}
	return 200, "OK", hs, changed
}

// wish is what a REGISTER asks for.
type wish struct {
	all bool      // Contact: *
	set []binding // Expires not after now: remove
}

// wanted reads Contact and Expires; code is not 0 where they are to be refused.
func (r *Registrar) wanted(req *sip.Request, f flow, now time.Time) (w wish, code int, phrase string, hs []Header) {
	header := strings.TrimSpace(value(req, "Expires"))
	for _, h := range req.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok {
			return w, 400, "Bad Contact", nil
		}
		if c.Address.Wildcard {
			w.all = true
			continue
		}
		if ValidateURI(c.Address.String()) != nil {
			return w, 400, "Bad Contact", nil
		}
		life := r.life(param(c.Params, "expires"), header)
		if life > 0 && life < r.cfg.Min {
			return w, 423, "Interval Too Brief", []Header{{"Min-Expires", strconv.Itoa(int(r.cfg.Min / time.Second))}}
		}
		w.set = append(w.set, newBinding(req, c, f, now, min(life, r.cfg.Max)))
	}
	if w.all && (len(w.set) > 0 || header != "0") { // §10.2.2
		return w, 400, "Bad Contact", nil
	}
	return w, 0, "", nil
}

// life takes a contact's own expires first, then the header, then the default.
func (r *Registrar) life(own, header string) time.Duration {
	for _, v := range []string{own, header} {
		if n, err := strconv.ParseUint(v, 10, 32); err == nil {
			return time.Duration(n) * time.Second
		}
	}
	return r.cfg.Default
}

func newBinding(req *sip.Request, c *sip.ContactHeader, f flow, now time.Time, life time.Duration) binding {
	q, err := strconv.ParseFloat(param(c.Params, "q"), 64)
	if err != nil {
		q = 1
	}
	// The address the REGISTER came from can be reached; the one a phone
	// behind NAT believes to have cannot.
	target := c.Address.Clone()
	target.Host, target.Port = hostText(f.remote.Addr()), int(f.remote.Port())
	target.UriParams.Remove("transport")
	if f.reliable() {
		target.UriParams.Add("transport", strings.ToLower(f.network()))
	}
	to := req.To().Address
	return binding{
		Registration: Registration{
			AOR: aorOf(&to), Contact: c.Address.String(), Target: target.String(), Source: f.remote,
			Transport: f.network(), UserAgent: value(req, "User-Agent"), Since: now, Expires: now.Add(life),
		},
		callID: req.CallID().Value(), seq: req.CSeq().SeqNo, q: q,
	}
}

// merge is §10.3 step 7: a binding changed by the same Call-ID needs a higher CSeq.
func merge(old []binding, w wish, req *sip.Request) ([]binding, error) {
	next := slices.Clone(old)
	stale := func(b binding) bool {
		return b.callID == req.CallID().Value() && req.CSeq().SeqNo <= b.seq
	}
	if w.all {
		if slices.ContainsFunc(next, stale) {
			return nil, ErrWrongState
		}
		return nil, nil
	}
	for _, b := range w.set {
		i := slices.IndexFunc(next, func(o binding) bool { return o.Contact == b.Contact })
		if i >= 0 {
			if stale(next[i]) {
				return nil, ErrWrongState
			}
			b.Since = next[i].Since
			next = slices.Delete(next, i, i+1)
		}
		if b.Expires.After(time.Now()) {
			next = append(next, b)
		}
	}
	return next, nil
}

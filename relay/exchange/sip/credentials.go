package sip

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// login is who we are to somebody who asks; the zero value is nobody.
type login struct{ user, password string }

// answerTo answers the first challenge of a 401 or 407 that we can, for the
// request that it refused (RFC 3261 §22, RFC 8760 §2.4). before are the
// credentials that the request had; the result has them and the new ones. false:
// nothing to answer with, or they were wrong.
func (g login) answerTo(res *sip.Response, method sip.RequestMethod, uri string, before []Header) ([]Header, bool) {
	if g.user == "" {
		return nil, false
	}
	ask, reply := "WWW-Authenticate", "Authorization"
	if res.StatusCode == 407 {
		ask, reply = "Proxy-Authenticate", "Proxy-Authorization"
	}
	sameHeader := func(h Header) bool { return h.Name == reply }
	for _, h := range res.GetHeaders(ask) {
		chal, err := digest.ParseChallenge(h.Value())
		if err != nil {
			continue
		}
		if slices.ContainsFunc(before, sameHeader) && !chal.Stale {
			return nil, false // the credentials are wrong
		}
		chal.Algorithm = strings.ToUpper(chal.Algorithm)
		for i, q := range chal.QOP {
			chal.QOP[i] = strings.ToLower(strings.TrimSpace(q))
		}
		cred, err := digest.Digest(chal, digest.Options{
			Method: string(method), URI: uri, Username: g.user, Password: g.password, Count: 1,
		})
		if err != nil || !isTextValue(cred.String()) {
			continue
		}
		after := slices.DeleteFunc(slices.Clone(before), sameHeader)
		return append(after, Header{reply, cred.String()}), true
	}
	return nil, false
}

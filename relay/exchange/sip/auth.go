package sip

import (
	"crypto/subtle"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// Auth asks phones for credentials by digest (RFC 3261 §22, RFC 7616, RFC 8760)
// with qop=auth. REGISTER is always asked; requests inside a dialog never are,
// for they must know its tags.
type Auth struct {
	// Realm is what the phone shows its user and what HA1 values are bound to.
	// Default "cordpair".
	Realm string
	// Credentials finds the secret of a user; ok is false for an unknown one.
	// It must be safe for concurrent use and quick. Mandatory.
	Credentials func(user, realm string) (secret Secret, ok bool)
	// Invites asks INVITEs too.
	Invites bool
	// Trusted sources are never asked for an INVITE, for example a trunk's
	// addresses. Default: none.
	Trusted func(netip.Addr) bool
	// Allow tells whether a user may register an address (sip:user@host).
	// Default: the user part must be the user.
	Allow func(user, aor string) bool
	// Algorithms are offered in this order: "SHA-256", "MD5". Default both.
	// A user whose Secret cannot answer one of them should not be offered it.
	// Phones known to give up at a choice get the last one alone.
	Algorithms []string
	// NonceLife is how long a challenge may be answered. Default 5 minutes.
	NonceLife time.Duration
	// Failures is how many wrong answers a source may give at once; one more
	// is granted every 6 s, and until then its answers get 503 unread.
	// Default 10.
	Failures int
	// OnFailure, if set, is told of every wrong answer. It must be quick.
	OnFailure func(AuthFailure)
}

// Secret is what proves a user: the password, or HA1 = H(user:realm:password)
// in hex for each algorithm.
type Secret struct {
	Password    string
	MD5, SHA256 string
}

// AuthFailure is a wrong answer to a challenge.
type AuthFailure struct {
	User   string // as claimed
	Method string
	Source netip.AddrPort
}

const (
	algMD5    = "MD5"
	algSHA256 = "SHA-256"
)

// authenticator is an Auth at work. Safe for concurrent use.
type authenticator struct {
	cfg      Auth
	nonces   *nonces
	failures *limiter
}

func newAuthenticator(cfg *Auth) *authenticator {
	if cfg == nil {
		return nil
	}
	a := &authenticator{cfg: *cfg}
	if a.cfg.Realm == "" {
		a.cfg.Realm = "cordpair"
	}
	if len(a.cfg.Algorithms) == 0 {
		a.cfg.Algorithms = []string{algSHA256, algMD5}
	}
	if a.cfg.NonceLife <= 0 {
		a.cfg.NonceLife = 5 * time.Minute
	}
	if a.cfg.Failures <= 0 {
		a.cfg.Failures = 10
	}
	a.nonces = newNonces(a.cfg.NonceLife)
	a.failures = newLimiter(1.0/6, float64(a.cfg.Failures))
	return a
}

// refusalTo is what to send to a request that does not pass; code 0: it passes.
type refusalTo struct {
	code   int
	phrase string
	hs     []Header
}

// check reads a request's credentials.
func (a *authenticator) check(req *sip.Request, source netip.AddrPort, now time.Time) (user string, no refusalTo) {
	cred := a.credentials(req)
	if cred == nil {
		return "", a.challenge(req, false, now)
	}
	if a.failures.spent(source.Addr(), now) {
		return "", refusalTo{503, "Too Many Failures", []Header{{"Retry-After", "6"}}}
	}
	switch alg := algorithmOf(cred); {
	case cred.QOP != "" && !strings.EqualFold(cred.QOP, "auth"), cred.Nc < 0,
		!sameUser(cred.URI, &req.Recipient), !slices.Contains(a.cfg.Algorithms, alg):
		return "", refusalTo{400, "Bad Credentials", nil}
	case !a.nonces.ours(cred.Nonce, now):
		return "", a.challenge(req, true, now)
	case !a.proves(cred, alg, string(req.Method)):
		a.failures.take(source.Addr(), now)
		if a.cfg.OnFailure != nil {
			a.cfg.OnFailure(AuthFailure{User: cred.Username, Method: string(req.Method), Source: source})
		}
		return "", a.challenge(req, false, now)
	case !a.nonces.use(cred.Nonce, cred.Nc, now): // a replay, or a phone that does not count
		return "", a.challenge(req, true, now)
	}
	return cred.Username, refusalTo{}
}

// credentials are those for our realm; nil if there are none.
func (a *authenticator) credentials(req *sip.Request) *digest.Credentials {
	for _, h := range req.GetHeaders("Authorization") {
		if cred, err := digest.ParseCredentials(h.Value()); err == nil && cred.Realm == a.cfg.Realm {
			return cred
		}
	}
	return nil
}

func algorithmOf(cred *digest.Credentials) string {
	if cred.Algorithm == "" {
		return algMD5
	}
	return strings.ToUpper(cred.Algorithm)
}

// sameUser compares the digest's uri with the Request-URI. A proxy on the way
// may have changed the host, and does.
func sameUser(uri string, recipient *sip.Uri) bool {
	var u sip.Uri
	return sip.ParseUri(uri, &u) == nil && u.User == recipient.User
}

// proves computes what the answer should be. An unknown user costs the same.
func (a *authenticator) proves(cred *digest.Credentials, alg, method string) bool {
	secret, known := a.cfg.Credentials(cred.Username, a.cfg.Realm)
	ha1 := secret.MD5
	if alg == algSHA256 {
		ha1 = secret.SHA256
	}
	known = known && (ha1 != "" || secret.Password != "")
	chal := &digest.Challenge{Realm: a.cfg.Realm, Nonce: cred.Nonce, Algorithm: alg}
	if cred.QOP != "" {
		chal.QOP = []string{"auth"}
	}
	want, err := digest.Digest(chal, digest.Options{
		Method: method, URI: cred.URI, Count: cred.Nc, Cnonce: cred.Cnonce,
		Username: cred.Username, Password: secret.Password, A1: strings.ToLower(ha1),
	})
	if err != nil || cred.QOP != "" && (cred.Nc == 0 || cred.Cnonce == "") {
		return false
	}
	same := subtle.ConstantTimeCompare([]byte(want.Response), []byte(strings.ToLower(cred.Response))) == 1
	return same && known
}

// challenge is the 401, best algorithm first (RFC 8760 §2.4).
func (a *authenticator) challenge(req *sip.Request, stale bool, now time.Time) refusalTo {
	no := refusalTo{code: 401, phrase: "Unauthorized"}
	nonce := a.nonces.make(now)
	offered := a.cfg.Algorithms
	if needsOneChallenge(value(req, "User-Agent")) {
		offered = offered[len(offered)-1:]
	}
	for _, alg := range offered {
		c := digest.Challenge{Realm: a.cfg.Realm, Nonce: nonce, Stale: stale, Algorithm: alg, QOP: []string{"auth"}}
		no.hs = append(no.hs, Header{"WWW-Authenticate", c.String()})
	}
	return no
}

// needsOneChallenge knows the phones that do not send a REGISTER again when one
// of several challenges has an algorithm they lack, though RFC 7616 §3.7 tells
// them to look at the others.
func needsOneChallenge(userAgent string) bool {
	return strings.HasPrefix(userAgent, "baresip v0.") || strings.HasPrefix(userAgent, "baresip v1.")
}

// mayRegister is RFC 3261 §10.3 step 4.
func (a *authenticator) mayRegister(user string, to *sip.Uri) bool {
	if a.cfg.Allow != nil {
		return a.cfg.Allow(user, aorOf(to))
	}
	return user == to.User
}

// authorizeRegister answers a REGISTER that does not pass, and says false.
func (s *Stack) authorizeRegister(req *sip.Request, tx *serverTx, f flow) bool {
	if s.auth == nil {
		return true
	}
	user, no := s.auth.check(req, f.remote, time.Now())
	if no.code == 0 && !s.auth.mayRegister(user, &req.To().Address) {
		no = refusalTo{403, "Forbidden", nil}
	}
	if no.code != 0 {
		s.reply(tx, req, no.code, no.phrase, no.hs...)
	}
	return no.code == 0
}

// authorizeInvite does the same for an INVITE; user is "" where nobody was asked.
func (s *Stack) authorizeInvite(req *sip.Request, tx *serverTx, f flow) (user string, ok bool) {
	if s.auth == nil || !s.auth.cfg.Invites || s.auth.cfg.Trusted != nil && s.auth.cfg.Trusted(f.remote.Addr()) {
		return "", true
	}
	user, no := s.auth.check(req, f.remote, time.Now())
	if no.code != 0 {
		s.reply(tx, req, no.code, no.phrase, no.hs...)
	}
	return user, no.code == 0
}

package exchange

import (
	"net/netip"
	"slices"
	"strings"

	"cordpair/relay/exchange/sip"
)

// User is somebody who may register and call.
type User struct {
	Name string
	// Password, or HA1 = H(name:realm:password) in hex for each algorithm; the
	// realm is [Config].Domain. The password is never logged.
	Password    string
	MD5, SHA256 string
}

// auth asks phones for credentials where there are users.
func (x *Exchange) auth() *sip.Auth {
	if len(x.cfg.Users) == 0 {
		return nil
	}
	users := map[string]sip.Secret{}
	for _, u := range x.cfg.Users {
		users[u.Name] = sip.Secret{Password: u.Password, MD5: u.MD5, SHA256: u.SHA256}
	}
	return &sip.Auth{
		Realm:   x.cfg.Domain,
		Invites: true,
		Credentials: func(user, _ string) (sip.Secret, bool) {
			secret, ok := users[user]
			return secret, ok
		},
		Trusted: func(a netip.Addr) bool {
			return slices.ContainsFunc(x.cfg.Trusted, func(p netip.Prefix) bool { return p.Contains(a) })
		},
		Allow: func(user, aor string) bool {
			name, _ := splitURI(aor)
			return strings.EqualFold(name, user)
		},
		OnFailure: func(f sip.AuthFailure) {
			x.log.Warn("wrong credentials", "user", f.User, "method", f.Method, "source", f.Source)
		},
	}
}

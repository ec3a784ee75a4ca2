package tape

import (
	"regexp"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/wire"
)

// masked are the members that never reach a file.
var masked = map[string]bool{
	"token": true, "jwt_token": true, "authorization_state": true, "password": true,
	"authorization_bearer_token": true, "dpop_token": true,
}

// Mask stands in a recording for a secret.
const Mask = "***"

// userinfo is the password in a URL (https://user:password@host, which
// call_state_url may hold) or in a SIP address (sip:user:password@host).
var userinfo = regexp.MustCompile(`((?i:[a-z][a-z0-9+.-]*://|sips?:)[^\s/@:?"\\]*:)[^\s/@"\\]+@`)

// mask replaces secrets, wherever in the frame they stand.
func mask(frame jsontext.Value) (jsontext.Value, error) {
	if err := frame.Compact(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, err
	}
	return maskValue(frame)
}

func maskValue(v jsontext.Value) (jsontext.Value, error) {
	switch v.Kind() {
	case '{':
		var members map[string]jsontext.Value
		if err := wire.Decode(v, &members); err != nil {
			return nil, err
		}
		for name, m := range members {
			if masked[name] && m.Kind() != 'n' {
				members[name] = jsontext.Value(`"` + Mask + `"`)
				continue
			}
			safe, err := maskValue(m)
			if err != nil {
				return nil, err
			}
			members[name] = safe
		}
		return wire.Encode(members)
	case '[':
		var items []jsontext.Value
		if err := wire.Decode(v, &items); err != nil {
			return nil, err
		}
		for i := range items {
			safe, err := maskValue(items[i])
			if err != nil {
				return nil, err
			}
			items[i] = safe
		}
		return wire.Encode(items)
	}
	if v.Kind() == '"' {
		return userinfo.ReplaceAll(v, []byte("${1}"+Mask+"@")), nil
	}
	return v, nil
}

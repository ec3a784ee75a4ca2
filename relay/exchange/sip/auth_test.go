package sip

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/icholy/digest"
)

// users is a password file.
func users(secrets map[string]Secret) func(string, string) (Secret, bool) {
	return func(user, _ string) (Secret, bool) { s, ok := secrets[user]; return s, ok }
}

func hash(alg, text string) string {
	if alg == algMD5 {
		sum := md5.Sum([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestRegisterWithDigest(t *testing.T) {
	var mu sync.Mutex
	var failed []AuthFailure
	r := NewRegistrar(RegistrarConfig{})
	s := listen(t, Config{Registrar: r, Auth: &Auth{
		Realm: "home", OnFailure: func(f AuthFailure) { mu.Lock(); failed = append(failed, f); mu.Unlock() },
		Credentials: users(map[string]Secret{
			"alice": {Password: "secret"},
			"bob":   {MD5: hash(algMD5, "bob:home:pw"), SHA256: strings.ToUpper(hash(algSHA256, "bob:home:pw"))},
			"empty": {},
		}),
	}})
	phone := listen(t, Config{})
	register := func(user, as, password string) error {
		return phone.Register(t.Context(), RegisterRequest{
			AOR: "sip:" + user + "@home", Registrar: "sip:" + s.Addr().String(), Expires: time.Hour, Username: as, Password: password,
		})
	}
	for _, c := range []struct {
		user, as, password string
		code               int
	}{
		{"alice", "alice", "secret", 0}, {"bob", "bob", "pw", 0},
		{"alice", "", "", 401}, {"alice", "alice", "wrong", 401}, {"nobody", "nobody", "x", 401}, {"empty", "empty", "", 401},
		{"bob", "alice", "secret", 403},
	} {
		err := register(c.user, c.as, c.password)
		var no *RefusedError
		if c.code == 0 && err != nil || c.code != 0 && (!errors.As(err, &no) || no.Code != c.code) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(failed) != 3 || failed[0].User != "alice" || failed[0].Method != "REGISTER" || !failed[0].Source.IsValid() {
		t.Errorf("failures: %+v", failed)
	}
	if got := len(r.List()); got != 2 {
		t.Errorf("%d registrations", got)
	}
}

func TestPhonesThatNeedOneChallenge(t *testing.T) {
	p, _ := newDigestPhone(t, Auth{})
	p.send(strings.Replace(registerText(1, "Contact: <sip:alice@h>\n"), "User-Agent: phone", "User-Agent: baresip v1.0.0 (x86_64/Linux)", 1))
	p.response(401, "REGISTER")
	if text := string(p.last); strings.Count(text, "WWW-Authenticate") != 1 || !strings.Contains(text, "algorithm=MD5") {
		t.Errorf("%s", text)
	}
}

// digestPhone answers challenges by hand.
type digestPhone struct {
	*wire
	seq  int
	chal *digest.Challenge
}

// register sends a REGISTER with a header line, expects a code, and keeps the
// challenge of an algorithm.
func (p *digestPhone) register(extra string, code int, alg string) {
	p.t.Helper()
	p.seq++
	p.send(registerText(p.seq, "Contact: <sip:alice@h>\n"+extra))
	res := p.response(code, "REGISTER")
	p.chal = nil
	for _, h := range res.GetHeaders("WWW-Authenticate") {
		if c, err := digest.ParseChallenge(h.Value()); err == nil && c.Algorithm == alg {
			p.chal = c
		}
	}
}

func (p *digestPhone) answer(chal *digest.Challenge, nc int, change func(*digest.Credentials)) string {
	p.t.Helper()
	cred, err := digest.Digest(chal, digest.Options{Method: "REGISTER", URI: "sip:demo", Username: "alice", Password: "secret", Count: nc})
	if err != nil {
		p.t.Fatal(err)
	}
	if change != nil {
		change(cred)
	}
	return "Authorization: " + cred.String() + "\n"
}

func newDigestPhone(t *testing.T, auth Auth) (*digestPhone, *Stack) {
	auth.Credentials = users(map[string]Secret{"alice": {Password: "secret"}})
	s := listen(t, Config{Registrar: NewRegistrar(RegistrarConfig{}), Auth: &auth})
	return &digestPhone{wire: newWire(t, s)}, s
}

func TestChallenge(t *testing.T) {
	p, _ := newDigestPhone(t, Auth{})
	p.register("", 401, algMD5)
	lines := strings.Count(string(p.last), "WWW-Authenticate: Digest ")
	if first, second := strings.Index(string(p.last), "algorithm=SHA-256"), strings.Index(string(p.last), "algorithm=MD5"); lines != 2 || first < 0 || second < first {
		t.Errorf("%s", p.last)
	}
	if p.chal.Realm != "cordpair" || !p.chal.SupportsQOP("auth") || p.chal.Stale {
		t.Errorf("%+v", p.chal)
	}
}

func TestNonceCount(t *testing.T) {
	for _, alg := range []string{algSHA256, algMD5} {
		p, _ := newDigestPhone(t, Auth{})
		p.register("", 401, alg)
		chal := p.chal
		for _, nc := range []int{1, 2, 5, 4} { // 4 was overtaken by 5
			p.register(p.answer(chal, nc, nil), 200, alg)
		}
		replay := p.answer(chal, 2, nil)
		for range 12 { // a replay is no guess: it is not counted as a failure
			p.register(replay, 401, alg)
			if p.chal == nil || !p.chal.Stale {
				t.Fatalf("%s: replay got %s", alg, p.last)
			}
		}
		p.register(p.answer(p.chal, 1, nil), 200, alg)
	}
}

func TestAnswerWithoutQopIsTakenOnce(t *testing.T) {
	p, _ := newDigestPhone(t, Auth{})
	p.register("", 401, algMD5)
	p.chal.QOP = nil
	old := p.answer(p.chal, 0, nil)
	p.register(old, 200, algMD5)
	p.register(old, 401, algMD5)
	if !p.chal.Stale {
		t.Errorf("%s", p.last)
	}
}

func TestNonceExpires(t *testing.T) {
	p, s := newDigestPhone(t, Auth{NonceLife: time.Minute})
	p.chal = &digest.Challenge{Realm: "cordpair", Algorithm: algMD5, QOP: []string{"auth"}}
	for name, nonce := range map[string]string{
		"old": s.auth.nonces.make(time.Now().Add(-2 * time.Minute)), "from the future": s.auth.nonces.make(time.Now().Add(time.Hour)),
		"made up": "abc", "of another server": newNonces(time.Minute).make(time.Now()),
	} {
		p.register(p.answer(&digest.Challenge{Realm: "cordpair", Algorithm: algMD5, QOP: []string{"auth"}, Nonce: nonce}, 1, nil), 401, algMD5)
		if !p.chal.Stale {
			t.Errorf("%s: %s", name, p.last)
		}
	}
}

func TestBadCredentials(t *testing.T) {
	p, _ := newDigestPhone(t, Auth{Algorithms: []string{algSHA256}, Failures: 100})
	p.register("", 401, algSHA256)
	chal := p.chal
	for name, c := range map[string]struct {
		code   int
		change func(*digest.Credentials)
	}{
		"algorithm not offered": {400, func(c *digest.Credentials) { c.Algorithm = algMD5 }},
		"other qop":             {400, func(c *digest.Credentials) { c.QOP = "auth-int" }},
		"other user called":     {400, func(c *digest.Credentials) { c.URI = "sip:boss@demo" }},
		"other realm":           {401, func(c *digest.Credentials) { c.Realm = "elsewhere" }},
		"other host":            {401, func(c *digest.Credentials) { c.URI = "sip:demo2" }},
		"no count":              {401, func(c *digest.Credentials) { c.Nc = 0 }},
		"response":              {401, func(c *digest.Credentials) { c.Response = "00" }},
		"no response":           {401, func(c *digest.Credentials) { c.Response = "" }},
	} {
		p.register(p.answer(chal, 1, c.change), c.code, algSHA256)
		if p.chal != nil && p.chal.Stale {
			t.Errorf("%s: %s", name, p.last)
		}
	}
	for _, text := range []string{"Digest", "Digest x", "Basic YTpi", "Digest username=", "Digest realm=\"cordpair\", nc=-1"} {
		p.seq++
		p.send(registerText(p.seq, "Contact: <sip:alice@h>\nAuthorization: "+text+"\n"))
		p.read()
	}
	p.register(p.answer(chal, 1, nil), 200, algSHA256)
}

func TestFailuresAreLimited(t *testing.T) {
	p, _ := newDigestPhone(t, Auth{Failures: 3})
	p.register("", 401, algMD5)
	wrong := func(c *digest.Credentials) { c.Response = strings.Repeat("0", 32) }
	for range 3 {
		p.register(p.answer(p.chal, 1, wrong), 401, algMD5)
	}
	chal := p.chal
	p.register(p.answer(chal, 1, nil), 503, algMD5) // even the right one, for a while
	p.register("", 401, algMD5)                     // asking costs nothing
}

func TestInviteWithDigest(t *testing.T) {
	in := make(calls, 2)
	auth := &Auth{Invites: true, Credentials: users(map[string]Secret{"ann": {Password: "secret"}})}
	s, phone := listen(t, Config{Handler: in, Auth: auth}), listen(t, Config{})
	_, events := call(t, phone, uriOf("bob", s))
	if got := await[Ended](events); got.Code != 401 {
		t.Errorf("%+v", got)
	}
	out, _ := call(t, phone, uriOf("bob", s), func(r *OutboundInvite) { r.Username, r.Password = "ann", "secret" })
	leg := in.next(t)
	if leg.User() != "ann" || out.User() != "" {
		t.Errorf("user %q, %q", leg.User(), out.User())
	}
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	out.End(EndReason{})
	await[Ended](watch(t, leg))

	auth = &Auth{Invites: true, Credentials: auth.Credentials, Trusted: netip.Addr.IsLoopback}
	s = listen(t, Config{Handler: in, Auth: auth})
	call(t, phone, uriOf("bob", s))
	if leg := in.next(t); leg.User() != "" {
		t.Errorf("trusted: %q", leg.User())
	}
}

func TestAuthNeedsCredentials(t *testing.T) {
	if _, err := Listen(t.Context(), Config{Addr: "127.0.0.1:0", Auth: &Auth{}}); err == nil {
		t.Error("no error")
	}
}

// A proxy may ask again inside the call.
func TestDigestInsideACall(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr(), func(r *OutboundInvite) { r.Username, r.Password = "ann", "secret" })
	w.reply(w.request("INVITE"), 200, "OK", "", answer)
	w.request("ACK")
	await[Answered](events)
	l.End(EndReason{})
	bye := w.request("BYE")
	w.reply(bye, 407, "Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n\", qop=\"auth-int, auth\", algorithm=sha-256\n", "")
	again := w.request("BYE")
	if again.CSeq().SeqNo != bye.CSeq().SeqNo+1 || !strings.Contains(value(again, "Proxy-Authorization"), "qop=auth,") {
		t.Errorf("%s", again)
	}
	w.reply(again, 407, "Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"p\", nonce=\"m\"\n", "")
	eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
}

func TestLimiter(t *testing.T) {
	k := newLimiter(2, 3)
	now := time.Unix(1000, 0)
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	for i, want := range []bool{true, true, true, false} {
		if got := k.take(a, now); got != want {
			t.Errorf("take %d: %v", i, got)
		}
	}
	if !k.take(b, now) || !k.spent(a, now) || k.spent(b, now) {
		t.Error("sources are not apart")
	}
	if k.spent(a, now.Add(time.Second/2)) || !k.take(a, now.Add(time.Second)) {
		t.Error("not refilled")
	}
	six := newLimiter(1, 1)
	if !six.take(netip.MustParseAddr("2001:db8::1"), now) || six.take(netip.MustParseAddr("2001:db8::2"), now) {
		t.Error("an IPv6 source is its /64")
	}
	for i := range maxSources + 10 {
		six.take(netip.AddrFrom4([4]byte{11, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(six.sources) > maxSources+1 {
		t.Errorf("%d sources", len(six.sources))
	}
	six.take(a, now.Add(time.Hour))
	if len(six.sources) > 2 {
		t.Errorf("%d sources after an hour", len(six.sources))
	}
}

func TestCallsPerSecond(t *testing.T) {
	in := make(calls, 10)
	s := listen(t, Config{Handler: in, CallsPerSecond: 0.001})
	w := newWire(t, s)
	for i := range 5 {
		w.send(invite(fmt.Sprintf("cps%d", i), fmt.Sprintf("call-cps%d", i), ""))
		in.next(t)
	}
	w.send(invite("cps0", "call-cps0", "")) // a retransmission is no new call
	w.send(invite("cps9", "call-cps9", ""))
	if res := w.response(503, "INVITE"); value(res, "Retry-After") == "" || res.CallID().Value() != "call-cps9" {
		t.Errorf("%s", res)
	}
	if _, servers, _ := s.sizes(); servers != 5 {
		t.Errorf("%d transactions", servers)
	}
}

func FuzzCredentials(f *testing.F) {
	a := newAuthenticator(&Auth{Credentials: users(map[string]Secret{"alice": {Password: "x"}})})
	nonce := a.nonces.make(time.Now())
	f.Add(`Digest username="alice", realm="cordpair", nonce="` + nonce + `", uri="sip:demo", response="0", algorithm=MD5, qop=auth, nc=00000001, cnonce="x"`)
	f.Add(`Digest realm="cordpair",nc=-1,algorithm=,qop=`)
	f.Fuzz(func(_ *testing.T, text string) {
		req := newTestRequest("REGISTER sip:demo SIP/2.0", "Authorization", text)
		a.check(req, netip.MustParseAddrPort("127.0.0.1:9"), time.Now())
	})
}

package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

// keeping runs a command with a secret typed in.
func keeping(typed string, args ...string) (code int, stderr string) {
	var out, errs bytes.Buffer
	code = Main(append([]string{"config", "keyring"}, args...), strings.NewReader(typed), &out, &errs)
	return code, out.String() + errs.String()
}

// A token that was put into the keyring opens the server of its profile.
func TestATokenInTheKeyring(t *testing.T) {
	l := liveExchange(t)
	url := l.x.RelayURL()
	configured(t, "[profiles.work]\nrelay = \""+url+"\"\nproject = \"P\"\ntoken_keyring = \"cordpair/work\"\n")
	if c, code := checked(t, "keyring", "--profile", "work"); c.State != healthFail || code != ExitError || !strings.Contains(c.Fix, "config keyring set") {
		t.Errorf("exit %d: %+v", code, c)
	}
	if code, _, errs := runMain("calls", "--profile", "work"); code != ExitUsage || !strings.Contains(errs, "cordpair config keyring set cordpair/work") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, said := keeping("s3cret\n", "set", "cordpair/work"); code != ExitOK || !strings.Contains(said, `token_keyring = "cordpair/work"`) || strings.Contains(said, "s3cret") {
		t.Errorf("exit %d: %s", code, said)
	}
	if code, out, errs := runMain("calls", "--profile", "work", "--json"); code != ExitOK || out != "[]\n" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if c, code := checked(t, "keyring", "--profile", "work"); c.State != healthOK || code != ExitOK {
		t.Errorf("exit %d: %+v", code, c)
	}
	if _, out, _ := runMain("config", "check", "--profile", "work"); strings.Contains(out, "s3cret") || !strings.Contains(out, "******** in the keyring, cordpair/work") {
		t.Error(out)
	}
	if code, said := keeping("", "remove", "cordpair/work"); code != ExitOK || said != "" {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestKeyringCommandsThatFail(t *testing.T) {
	configured(t, "")
	for _, tc := range []struct {
		line string
		want int
		says string
	}{
		{"set", ExitUsage, "name one secret"},
		{"set work", ExitUsage, "service/account"},
		{"set cordpair/work", ExitUsage, "there is no secret"},
		{"remove cordpair/none", ExitError, "keeps nothing"},
		{"sett a/b", ExitUsage, `did you mean "set"`},
	} {
		if code, said := keeping(" \n", strings.Fields(tc.line)...); code != tc.want || !strings.Contains(said, tc.says) {
			t.Errorf("%s: exit %d: %s", tc.line, code, said)
		}
	}
	keyring.MockInitWithError(errors.New("no bus"))
	defer keyring.MockInit()
	if code, said := keeping("s3cret", "set", "cordpair/work"); code != ExitError || !strings.Contains(said, "no keyring answers here (no bus)") {
		t.Errorf("exit %d: %s", code, said)
	}
}

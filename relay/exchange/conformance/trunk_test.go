//go:build thirdparty

package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

// configured starts an exchange with a configuration file.
func configured(t *testing.T, toml string, more ...string) *exchange {
	t.Helper()
	return startExchange(t, append([]string{"--config", file(t, "config.toml", toml)}, more...)...)
}

// file writes a file of the test.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTrunk: telephone numbers go through a provider that asks for credentials
// when it is registered at and when it is called, within what the configuration
// allows and what the program would pay.
func TestTrunk(t *testing.T) {
	t.Parallel()
	sheet, err := filepath.Abs("testdata/provider.xml")
	if err != nil {
		t.Fatal(err)
	}
	provider := program.StartCallee(t, "-sf", sheet, "-m", "1000")
	x := configured(t, fmt.Sprintf(`
[exchange.trunks.provider]
server = "sip:127.0.0.1:%d"
register = true
username = "8841"
password_file = %q
prefixes = ["+49", "+1"]

[exchange.rates]
"+49" = "0.01"
`, provider.Port, file(t, "password", "secret\n")))
	c, _ := session(t, x, obj{"params": obj{"cordpair": obj{"details": true}}})
	program.Until(t, "the trunk is registered", func() bool {
		list, _ := c.request("cordpair.trunks", obj{}).at("result", "trunks").([]any)
		return len(list) == 1 && obj(list[0].(map[string]any))["registered"] == true
	})

	dial := func(number string, more obj) obj {
		p := obj{"tag": number, "devices": [][]obj{{{"type": "phone", "params": obj{"to_number": number, "from_number": "+4930123", "timeout": 30}}}}}
		for k, v := range more {
			p[k] = v
		}
		return p
	}
	c.must("calling.dial", dial("+49301234", obj{"max_price_per_minute": 0.01}))
	e := c.event("calling.call.dial", nil)
	if e.str("dial_state") != "answered" {
		t.Fatalf("dial: %v\n%s", e, strings.Join(provider.Messages(), "\n"))
	}
	invite := provider.First(t, "INVITE ")
	if !strings.HasPrefix(invite, fmt.Sprintf("INVITE sip:+49301234@127.0.0.1:%d", provider.Port)) {
		t.Errorf("the provider got %s", invite)
	}
	c.must("calling.end", ref(e.sub("call")))
	c.state("", "ended")

	for name, tc := range map[string]struct {
		number, code string
		more         obj
	}{
		"dearer than allowed":     {"+49301234", "402", obj{"max_price_per_minute": 0.009}},
		"no rate, but a cap":      {"+15551234", "402", obj{"max_price_per_minute": 10}},
		"no trunk has the prefix": {"+33123456", "403", nil},
		"an emergency number":     {"112", "403", nil},
		"the same in another way": {"+112", "403", nil},
	} {
		if code := c.code("calling.dial", dial(tc.number, tc.more)); code != tc.code {
			t.Errorf("%s: %s, want %s", name, code, tc.code)
		}
	}
	for _, m := range provider.Messages() {
		if strings.HasPrefix(m, "INVITE ") && !strings.Contains(m, "49301234") {
			t.Errorf("sent although refused: %s", m)
		}
	}
}

package cli

import (
	"bytes"
	"strings"
	"testing"

	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// Whoever lists calls takes none, unless told to: a call that is offered to a
// command is not offered to whoever would answer it.
func TestCallsLooksOnOnly(t *testing.T) {
	for line, want := range map[string]string{
		"calls":                                  "",
		"calls --profile w":                      "",
		"calls --context sales":                  "sales",
		"doctor":                                 "",
		"calls --context sales --context office": "sales,office",
	} {
		s := relaytest.New(t)
		configured(t, "contexts = [\"mine\"]\n[profiles.w]\nrelay = \""+s.URL+"\"\nproject = \"P\"\ntoken_env = \"HOME\"\ncontexts = [\"desk\"]\n")
		args := strings.Fields(line)
		if !strings.Contains(line, "--profile") {
			args = append(args, "--relay", s.URL, "--project", "P", "--token", "T")
		}
		_, _, errs := runMain(args...)
		asked := false
		var got []string
		for _, f := range s.Journal() {
			if f.Out || f.Method != wire.MethodConnect && f.Method != wire.MethodReceive {
				continue
			}
			asked = true
			for _, context := range []string{"mine", "desk", "support", "sales", "office"} {
				if bytes.Contains(f.Data, []byte(`"`+context+`"`)) {
					got = append(got, context)
				}
			}
		}
		if !asked || strings.Join(got, ",") != want {
			t.Errorf("cordpair %s takes %v: %s", line, got, errs)
		}
	}
}

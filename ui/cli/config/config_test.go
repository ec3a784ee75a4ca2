package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

var someKeys = Keyboard{Actions: []Action{
	{Name: "call.answer", Keys: []string{"a", "f2"}, Where: "calls"},
	{Name: "call.hangup", Keys: []string{"D", "f8"}, Where: "calls"},
	{Name: "quit", Keys: []string{"q", "ctrl+c"}, Where: "calls"},
	{Name: "help", Keys: []string{"?", "f1"}, Where: AllScreens},
	{Name: "form.send", Keys: []string{"ctrl+g"}, Where: TheForm},
	{Name: "form.help", Keys: []string{"f1"}, Where: TheForm},
}, Presets: map[string]map[string][]string{"default": {}, "operator": {"call.hangup": {"f8", "z"}}}}

// Each error names the place and says what to type.
func TestErrorsTellThePlaceAndTheFix(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"theme = ", "c.toml:1:8: expected value"},
		{"theme = \"dark\"\ntheme = \"light\"", "c.toml:2:"},
		{"a = 1", `c.toml:1:1: there is no setting "a"`},
		{"\n  thme = \"dark\"", `c.toml:2:3: there is no setting "thme"; did you mean "theme"?`},
		{"theme = \"plaid\"", `c.toml:1:9: theme: "plaid" is none of auto, dark, light`},
		{"theme = 3", `c.toml:1:9: theme: must be text, type theme = "3"`},
		{"bell = \"yes\"", "c.toml:1:8: bell: must be true or false"},
		{"contexts = [\"a\", \"b c\"]", `c.toml:1:18: contexts: "b c" must be of letters`},
		{"contexts = [\n \"a\",\n 7]", "c.toml:3:2: contexts: each must be text"},
		{"contexts = [\"a\", \"a\"]", `c.toml:1:18: contexts: "a" is listed twice`},
		{"undo = \"-1s\"", "c.toml:1:8: undo: must be at most 1m0s"},
		{"recall = 0", "recall: must be more than 0"},
		{"contexts = 7", `contexts: must be a list`},
		{"from = \"nobody\"", "c.toml:1:8: from: "},
		{"profile = \"wrk\"\n[profiles.work]\nspace = \"s\"", `c.toml:1:11: profile: there is no profile "wrk"; did you mean "work"?`},
		{"[profiles.work]\nproject = \"p\"", `c.toml:1:11: profiles.work: names no server`},
		{"[profiles.work]\nspace = \"s\"\nrelay = \"ws://h\"", "two servers"},
		{"[profiles.local]\nspace = \"s\"", "c.toml:1:11: profiles.local: this name stands for"},
		{"[profiles.w]\nrelay = \"http://h\"", "c.toml:2:9: profiles.w.relay:"},
		{"[profiles.w]\nrelay = \"ws://me:secret@h\"", "must not hold credentials"},
		{"[profiles.w]\nspace = \"s\"\ntoken_env = \"A\"\ntoken_file = \"f\"", "c.toml:4:14: profiles.w.token_file: is one too many"},
		{"[profiles.w]\nspace = \"s\"\ntoken_env = \"$A\"", "no name of a variable"},
		{"[profiles.w]\nspace = \"s\"\ntoken_keyring = \"work\"", "c.toml:3:17: profiles.w.token_keyring: \"work\" is no name in the keyring"},
		{"profiles = 1", "c.toml:1:12: profiles: must be a table"},
		{"[profiles]\nx = 1", "profiles.x: must be a table"},
		{"[keys]\n\"call.hangpu\" = [\"x\"]", `c.toml:2:1: there is no action "call.hangpu"; did you mean "call.hangup"?`},
		{"[keys]\ncall.answer = [\"ctrl+shift+x\"]", `c.toml:2:16: keys.call.answer: "ctrl+shift+x" is no key`},
		{"[keys]\ncall.answer = [\"entr\"]", `did you mean "enter"?`},
		{"[keys]\ncall.answer = [\"x\", \"D\"]", `c.toml:2:21: keys.call.answer: "D" does call.hangup too`},
		{"[keys]\n\"call.hangup\" = [\"a\"]", `c.toml:2:18: keys.call.hangup: "a" does call.answer too`},
		{"[keys]\ncall.answer = [\"?\"]", `"?" does help too`},
		{"[keys]\ncall.answer = [\"x\"]\ncall.hangup = [\"x\"]", `c.toml:3:16: keys.call.hangup: "x" does call.answer too`},
		{"[keys]\npreset = \"operator\"\ncall.answer = [\"z\"]", `"z" does call.hangup too`},
		{"[keys]\npreset = \"vim\"", `c.toml:2:10: keys.preset: "vim" is none of default, operator`},
		{"[log]\nlevel = \"loud\"", "c.toml:2:9: log.level:"},
		{"[log]\nmax_size = 0", "c.toml:2:12: log.max_size: must be a whole number from 1 to 1024"},
		{"[log]\nsize = 1", `there is no setting "log.size"`},
		{"[exchange]\nrelay_addr = \"here\"", "c.toml:2:14: exchange.relay_addr:"},
		{"[exchange]\nsip_addr = \"127.0.0.1:sip\"", "is no port"},
		{"[exchange]\npeople = \"dancing\"", "calling, answering, off"},
		{"[exchange.users.bob]", "c.toml:1:17: exchange.users: bob has no password"},
		{"[exchange.users.bob]\nmd5 = \"abc\"", "c.toml:2:7: exchange.users.bob.md5: must be 32"},
		{"[exchange.trunks.t]\nserver = \"sip:me@host\"", "c.toml:2:10: exchange.trunks.t.server:"},
		{"[exchange.trunks.t]", "c.toml:1:18: exchange.trunks.t.server is missing"},
		{"[exchange.trunks.t]\nserver = \"sip:h\"\nregister = true", "c.toml:3:12: exchange.trunks: t: registering needs a username"},
		{"[exchange.trunks.t]\nserver = \"sip:h\"\nprefixes = [\"1\", \"x\"]", "c.toml:3:18: exchange.trunks.t.prefixes:"},
		{"[exchange.rates]\n\"+49\" = \"cheap\"", "c.toml:2:9: exchange.rates.+49:"},
		{"[exchange.rates]\nabc = 1", "is no prefix"},
		{"[[exchange.routes]]\npattern = \"1\"\ncontext = \"a\"\n[[exchange.routes]]\npattern = \"[\"\ncontext = \"b\"", "c.toml:5:11: exchange.routes.1.pattern:"},
		{"[[exchange.routes]]\npattern = \"1\"", "exchange.routes.0.context is missing"},
		{"[exchange]\nroutes = 1", "type [[exchange.routes]]"},
		{"[exchange]\ntls_addr = \"127.0.0.1:5061\"", "c.toml:2:12: exchange.tls_addr: TLS needs"},
		{"[exchange]\ntrusted = [\"here\"]", "is no network"},
		{"[exchange]\nemergency = [\"+110\"]", "digits only"},
		{"[exchange.limits]\ncalls = -1", "c.toml:2:9: exchange.limits.calls:"},
		{"[exchange.limits]\ngrace = \"soon\"", `type for example "30s"`},
		{"[presets.x]\nto = \"+15550100\"", "c.toml:2:6: presets.x.to:"},
		{"[presets.x]\ncodecs = [\"PCMU\", \"MP3\"]", "c.toml:2:19: presets.x.codecs:"},
		{"[presets.x]\ntimeout = \"1500ms\"", "whole seconds"},
		{"[presets.x]\nheaders = { X-A = \"1\", Subject = \"2\" }", "c.toml:2:"},
		{"[presets.x]\nringback = [\"us\", \"zz\"]", "c.toml:2:19: presets.x.ringback:"},
		{"[presets.x]\nmax_price = \"0.00001\"", "four decimals"},
		{"[presets.a]\ncontext = \"s\"\n[presets.b]\ncontext = \"s\"", `c.toml:4:11: presets.b.context: preset "a" is the default of s already`},
	} {
		_, err := Parse("c.toml", []byte(tc.text), someKeys)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q:\n got %v\nwant %s", tc.text, err, tc.want)
		}
	}
}

func TestAllErrorsAreToldInTheirOrder(t *testing.T) {
	_, err := Parse("c.toml", []byte("bell = 1\n[log]\nlevel = \"x\"\nzzz = 1\n"), Keyboard{})
	var e *Error
	if !errors.As(err, &e) || len(e.Problems) != 3 || e.Problems[0].Line != 1 || e.Problems[1].Line != 3 || e.Problems[2].Line != 4 {
		t.Errorf("%v", err)
	}
}

// wholeSample is the example with every setting switched on.
func wholeSample() []byte {
	return regexp.MustCompile(`(?m)^#(\S)`).ReplaceAll(Sample, []byte("$1"))
}

func TestTheExampleIsGood(t *testing.T) {
	for _, text := range [][]byte{Sample, wholeSample()} {
		if _, err := Parse("c.toml", text, someKeys); err != nil {
			t.Error(err)
		}
	}
}

func TestWholeFile(t *testing.T) {
	c, err := Parse("/etc/c.toml", wholeSample(), someKeys)
	if err != nil {
		t.Fatal(err)
	}
	p := c.Presets[0]
	want := model.ConnectRequest{
		From: "sip:support@demo", To: "sip:bob@demo", Codecs: []string{"PCMU", "PCMA"},
		Headers: []model.Header{{Name: "X-Account", Value: "8841"}}, Timeout: 25 * time.Second,
		Ringback:          model.Playlist{{Kind: model.Ringtone, Country: "us"}, {Kind: model.Speech, Text: "One moment, please."}, {Kind: model.Silence, Duration: 2 * time.Second}},
		MaxPricePerMinute: 75, WebRTCMedia: model.Off, SessionTimeout: 10 * time.Minute,
		CallStateURL: "https://example.com/calls", CallStateEvents: []string{"answered", "ended"},
	}
	if p.Name != "callback" || p.Context != "support" || !reflect.DeepEqual(p.Request, want) {
		t.Errorf("%+v", p)
	}
	if err := p.Request.Validate(); err != nil {
		t.Error(err)
	}
	work := c.Profiles["work"]
	switch {
	case c.Profile.V != "work", work.Space.V != "example.signalwire.com", work.Contexts.V[1] != "sales",
		work.Token.V.String() != "******** in $SIGNALWIRE_API_TOKEN", work.Token.Origin.Line == 0,
		c.Profiles["lab"].Token.V.String() != "******** in "+filepath.FromSlash("/etc/lab.token"),
		c.Exchange.Limits.OfferWait.V != 20*time.Second, c.Exchange.Limits.Calls.V != 2000, c.Exchange.People.V != "answering",
		c.Keys.Map["call.hangup"][1] != "f8", c.Log.Keep.V != 3:
		t.Errorf("%+v", c)
	}
	if o := c.Theme.Origin; o.Layer != FromFile || !strings.HasPrefix(o.String(), "c.toml:") {
		t.Errorf("%+v", o)
	}
}

func TestDefaultsWithoutAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none.toml")
	c, err := Load(file, false, Keyboard{})
	if err != nil || c.Theme.V != "auto" || c.Theme.Given() || c.Theme.Origin.String() != "default" {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := Load(file, true, Keyboard{}); err == nil {
		t.Error("a file that was named must exist")
	}
}

// Secrets are kept, found, and never printed.
func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "token")
	if err := os.WriteFile(file, []byte("from-file\nrest\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CORDPAIR_TEST_TOKEN", " from-env ")
	for _, tc := range []struct{ line, want, warns string }{
		{`token = "in-the-open"`, "in-the-open", "in the open"},
		{`token_env = "CORDPAIR_TEST_TOKEN"`, "from-env", ""},
		{`token_file = "token"`, "from-file", "chmod 600"},
		{fmt.Sprintf("token_command = [%q, \"-test.run=^TestHelperTellsASecret$\"]", os.Args[0]), "from-command", ""},
	} {
		t.Setenv("CORDPAIR_TEST_TELL", "1")
		c, err := Parse(filepath.Join(dir, "c.toml"), []byte("[profiles.w]\nspace = \"s\"\n"+tc.line), Keyboard{})
		if err != nil {
			t.Errorf("%s: %v", tc.line, err)
			continue
		}
		token := c.Profiles["w"].Token.V
		got, err := token.Reveal(context.Background())
		if err != nil || got != tc.want {
			t.Errorf("%s: %q %v", tc.line, got, err)
		}
		warned := fmt.Sprint(c.Warnings)
		if (tc.warns != "") != (len(c.Warnings) > 0) || !strings.Contains(warned, tc.warns) {
			t.Errorf("%s warns %v", tc.line, c.Warnings)
		}
		if shown := fmt.Sprintf("%v %+v %#v %v %v", token, token, c.Profiles["w"], c.Rows, c.Warnings); strings.Contains(shown, tc.want) {
			t.Errorf("%s is shown: %s", tc.line, shown)
		}
	}
	for _, s := range []Secret{{env: "CORDPAIR_TEST_UNSET"}, {file: filepath.Join(dir, "none")}, {command: []string{filepath.Join(dir, "none")}}} {
		if _, err := s.Reveal(context.Background()); err == nil {
			t.Errorf("%v tells something", s)
		}
	}
}

// TestHelperTellsASecret is the program of token_command.
func TestHelperTellsASecret(t *testing.T) {
	if os.Getenv("CORDPAIR_TEST_TELL") != "" && len(os.Args) == 2 {
		fmt.Println("from-command")
		os.Exit(0)
	}
}

func TestInitWritesOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "config.toml")
	if err := Init(file); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Init(file); !errors.Is(err, ErrExists) {
		t.Errorf("%v", err)
	}
	if data, err := os.ReadFile(file); err != nil || !bytes.Equal(data, []byte("mine")) {
		t.Errorf("%s %v", data, err)
	}
}

func TestPathFollowsXDG(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", filepath.FromSlash("/x"))
	if got, err := Path(); err != nil || got != filepath.FromSlash("/x/cordpair/config.toml") {
		t.Errorf("%s %v", got, err)
	}
	for _, tc := range []struct {
		system string
		env    map[string]string
		want   string
	}{
		{"linux", map[string]string{"HOME": "/h"}, "/h/.config"},
		{"darwin", map[string]string{"HOME": "/h"}, "/h/.config"},
		{"linux", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x"},
		{"linux", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "relative"}, "/h/.config"},
		{"linux", map[string]string{"HOME": "/h", "AppData": "/a"}, "/h/.config"},
		{"windows", map[string]string{"USERPROFILE": "/u", "AppData": "/a"}, "/a"},
		{"windows", map[string]string{"USERPROFILE": "/u"}, "/u/.config"},
		{"windows", map[string]string{"AppData": "/a", "XDG_CONFIG_HOME": "/x"}, "/x"},
		{"linux", nil, ""},
	} {
		got, err := folder(tc.system, func(name string) string { return tc.env[name] }, "XDG_CONFIG_HOME", "AppData", ".config")
		if got != filepath.FromSlash(tc.want) || (err != nil) != (tc.want == "") {
			t.Errorf("%s %v: %q %v, want %q", tc.system, tc.env, got, err, tc.want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"exchange", "connect", "calls", "config", "keys"}
	for word, want := range map[string]string{"exchnage": "exchange", "conect": "connect", "cals": "calls", "zzz": "", "k": "", "Keys": "keys"} {
		if got := Nearest(word, words); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

// No text makes the reader panic, and each error has its place.
func FuzzParse(f *testing.F) {
	f.Add(wholeSample())
	f.Add([]byte("[[profiles]]\na=1\n[[profiles]]\n[keys]\na.b.c={d=[{}]}"))
	f.Add([]byte("keys.call.answer = 'x'\n[presets.x.headers]\nX-A=1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("c.toml", data, someKeys)
		var e *Error
		if err != nil && (!errors.As(err, &e) || len(e.Problems) == 0) || err == nil && c == nil {
			t.Fatalf("%v %v", c, err)
		}
	})
}

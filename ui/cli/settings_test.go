package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"cordpair/ui"
	"cordpair/ui/cli/config"
)

// configured writes a configuration for one test and returns its file.
func configured(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	file := filepath.Join(dir, "cordpair", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// settingsOf is what "config check" tells of each setting.
func settingsOf(t *testing.T, args ...string) map[string]settingRecord {
	t.Helper()
	code, out, errs := runMain(append(args, "config", "check", "--json")...)
	if code != ExitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var all []settingRecord
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]settingRecord{}
	for _, r := range all {
		found[r.Key] = r
	}
	return found
}

const twoProfiles = `profile = "work"
theme = "light"
contexts = ["desk"]

[profiles.work]
space = "work.example.com"
project = "work-project"
token = "s3cret-work"

[profiles.lab]
relay = "ws://127.0.0.1:7070"
project = "lab-project"
token_env = "LAB_TOKEN"
contexts = ["lab"]
`

// Flag over environment over file over default, each with its source.
func TestPrecedence(t *testing.T) {
	t.Setenv("LAB_TOKEN", "s3cret-lab")
	for _, tc := range []struct {
		name string
		env  map[string]string
		args string
		want map[string][2]string
	}{
		{"file", nil, "", map[string][2]string{
			"theme": {"light", "config.toml:2"}, "space": {"work.example.com", "config.toml:6"},
			"project": {"work-project", "config.toml:7"}, "token": {"********", "config.toml:8"},
			"contexts": {"desk", "config.toml:3"}, "bell": {"false", "default"},
		}},
		{"flag over file", nil, "--theme dark", map[string][2]string{"theme": {"dark", "--theme"}}},
		{"environment over file", map[string]string{envProject: "env-project", envToken: "s3cret-env"}, "", map[string][2]string{
			"space": {"work.example.com", "config.toml:6"}, "project": {"env-project", "$" + envProject}, "token": {"********", "$" + envToken},
		}},
		{"a server of the environment gets no token of the file", map[string]string{envSpace: "other"}, "", map[string][2]string{
			"space": {"other", "$" + envSpace}, "project": {"", "default"}, "token": {"", "default"},
		}},
		{"a named profile counts as a flag", map[string]string{envSpace: "other", envProject: "env-project"}, "--profile lab", map[string][2]string{
			"profile": {"lab", "--profile"}, "relay": {"ws://127.0.0.1:7070", "config.toml:11"}, "space": {"", "default"},
			"project": {"lab-project", "config.toml:12"}, "token": {"******** in $LAB_TOKEN", "config.toml:13"}, "contexts": {"lab", "config.toml:14"},
		}},
		{"local is no server", nil, "--profile local", map[string][2]string{"relay": {"", "default"}, "space": {"", "default"}}},
		{"NO_COLOR", map[string]string{"NO_COLOR": "1"}, "--theme dark", map[string][2]string{"theme": {"none", "$NO_COLOR"}}},
		{"debug", nil, "--debug", map[string][2]string{"log.level": {"debug", "--debug"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			configured(t, twoProfiles)
			for name, value := range tc.env {
				t.Setenv(name, value)
			}
			got := settingsOf(t, strings.Fields(tc.args)...)
			for key, want := range tc.want {
				if got[key].Value != want[0] || got[key].Source != want[1] {
					t.Errorf("%s: %+v, want %v", key, got[key], want)
				}
			}
		})
	}
}

// A flag's server gets the credentials of no profile that nobody named.
func TestTokensGoToTheirServerOnly(t *testing.T) {
	configured(t, twoProfiles)
	code, _, errs := runMain("calls", "--relay", "ws://127.0.0.1:1")
	if code != ExitUsage || !strings.Contains(errs, "no credentials") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestNoSecretIsEverShown(t *testing.T) {
	configured(t, twoProfiles)
	t.Setenv("LAB_TOKEN", "s3cret-lab")
	t.Setenv(envToken, "s3cret-env")
	for _, line := range []string{"config check", "config check --json", "doctor --relay ws://127.0.0.1:1", "--debug calls --profile lab --relay ws://127.0.0.1:1"} {
		if _, out, errs := runMain(strings.Fields(line)...); strings.Contains(out+errs, "s3cret") {
			t.Errorf("%s:\n%s%s", line, out, errs)
		}
	}
}

func TestABrokenFileStopsWhatNeedsIt(t *testing.T) {
	file := configured(t, "theme = \"plaid\"\nbel = true\n")
	for _, line := range []string{"calls", "config check", "keys --dump", "config check " + file} {
		code, out, errs := runMain(strings.Fields(line)...)
		if code != ExitUsage || out != "" || !strings.Contains(errs, file+":1:9: theme:") || !strings.Contains(errs, "\n"+file+`:2:1: there is no setting "bel"; did you mean "bell"?`) {
			t.Errorf("%s: exit %d: %s%s", line, code, out, errs)
		}
	}
	for _, line := range []string{"version", "man", "config path", "completion bash", "help", "connect --help"} {
		if code, out, errs := runMain(strings.Fields(line)...); code != ExitOK || out == "" {
			t.Errorf("%s: exit %d: %s", line, code, errs)
		}
	}
	if code, out, _ := runMain("doctor"); code != ExitError || !strings.Contains(out, "fail  configuration") {
		t.Errorf("doctor: exit %d: %s", code, out)
	}
}

// A file that cannot be read is no matter of a flag that nobody gave.
func TestAFileThatCannotBeRead(t *testing.T) {
	file := configured(t, "")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := runMain("calls"); code != ExitUsage || !strings.Contains(errs, "cannot be read: ") || !strings.Contains(errs, file) {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestConfigErrors(t *testing.T) {
	configured(t, twoProfiles)
	for _, tc := range []struct{ line, says string }{
		{"--config /none/at/all.toml calls", "--config: open"},
		{"--profile wrk calls", `--profile: there is no profile "wrk"; did you mean "work"?`},
		{"connect --preset x --call y", `--preset: there is no preset "x"`},
		{"calls --filter stat:ringing", "--filter"},
		{"config chekc", `did you mean "check"`},
		{"--tehme dark", "did you mean --theme?"},
		{"calls --wait-end", "it belongs to cordpair connect"},
		{"calls --log-file cli_test.go/x.log", "--log-file"},
		{"calls --profile lab", "LAB_TOKEN is not set"},
	} {
		if code, out, errs := runMain(strings.Fields(tc.line)...); code != ExitUsage || out != "" || !strings.Contains(errs, tc.says) {
			t.Errorf("cordpair %s: exit %d, stderr %q, want %q", tc.line, code, errs, tc.says)
		}
	}
}

// The defaults of the file are those of the console.
func TestDefaultsAreTheConsoles(t *testing.T) {
	if d := config.Default(); d.Undo.V != ui.Undo || d.Recall.V != ui.DefaultRecall {
		t.Errorf("%v %v", d.Undo, d.Recall)
	}
}

func TestInitThenCheck(t *testing.T) {
	file := configured(t, "")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := runMain("config", "init"); code != ExitOK || out != file+"\n" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, _, errs := runMain("config", "init"); code != ExitError || !strings.Contains(errs, "left as it is") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, out, errs := runMain("config", "check"); code != ExitOK || !strings.Contains(out, "theme") || errs != "" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// A preset is where the request begins; flags change it.
func TestPresetAndFlags(t *testing.T) {
	configured(t, `from = "sip:me@demo"
[presets.p]
to = "sip:bob@demo"
codecs = ["PCMU"]
timeout = 20
headers = { X-A = "1", X-B = "2" }
`)
	p := &program{}
	if err := p.readConfig(); err != nil {
		t.Fatal(err)
	}
	base, err := p.cfg.Preset("p")
	if err != nil {
		t.Fatal(err)
	}
	f := requestFlags{codecs: []string{"OPUS"}, headers: []string{"X-B=3", "X-C=4"}}
	r, err := f.request(base.Request, p.cfg.From.V)
	if err != nil || r.From != "sip:me@demo" || r.To != "sip:bob@demo" || strings.Join(r.Codecs, "") != "OPUS" || r.Timeout.Seconds() != 20 ||
		len(r.Headers) != 3 || r.Headers[1].Value != "3" || base.Request.Headers[1].Value != "2" {
		t.Errorf("%+v %v", r, err)
	}
}

// Every setting of the example is shown with its line.
func TestEverySettingIsShown(t *testing.T) {
	whole := regexp.MustCompile(`(?m)^#(\S)`).ReplaceAll(config.Sample, []byte("$1"))
	configured(t, string(whole))
	t.Setenv(envToken, "")
	shown := settingsOf(t, "--profile", "local")
	var values map[string]any
	if err := toml.Unmarshal(whole, &values); err != nil {
		t.Fatal(err)
	}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		table, isTable := v.(map[string]any)
		for key, under := range table {
			walk(strings.TrimPrefix(at+"."+key, "."), under)
		}
		if rows, isList := v.([]any); isList {
			if _, tables := rows[0].(map[string]any); tables {
				for i, row := range rows {
					walk(fmt.Sprintf("%s.%d", at, i), row)
				}
				return
			}
		}
		name := strings.TrimSuffix(at, "_env")
		r, ok := shown[at]
		if !ok {
			r, ok = shown[name]
		}
		if !isTable && (!ok || r.Source == "default") {
			t.Errorf("%s is not shown, or as the default: %+v", at, r)
		}
	}
	walk("", values)
}

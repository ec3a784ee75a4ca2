package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command and flag says what it is, and its help is found.
func TestEveryCommandIsExplained(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s says nothing", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(rootCommand(&program{}))
	code, out, _ := runMain("--help")
	for _, want := range []string{"Exit codes", "--config", "--profile", "--log-file", "--debug", "--theme", "doctor", "completion", "replay"} {
		if code != ExitOK || !strings.Contains(out, want) {
			t.Errorf("the help does not tell of %s", want)
		}
	}
}

// The help keeps to the terminal: cobra's template still has what is replaced.
func TestHelpIsWrapped(t *testing.T) {
	if text := rootCommand(&program{}).UsageTemplate(); strings.Count(text, "wrapped .") != 2 || strings.Contains(text, ".FlagUsages") {
		t.Error(text)
	}
}

func TestCompletion(t *testing.T) {
	configured(t, twoProfiles+"[presets.callback]\nto = \"sip:bob@demo\"\n")
	for line, want := range map[string]string{
		"connect --codec ":      "PCMU\n",
		"--theme ":              "contrast\n",
		"exchange --people ":    "answering\n",
		"connect --profile ":    "work\n",
		"connect --preset ":     "callback\tsip:bob@demo\n",
		"connect --state-event": "--state-event",
		"conf":                  "config\t",
		"config ":               "check\t",
		"schema c":              "connect\n",
		"calls ":                ":4\n", // no files
		"connect --from ":       ":4\n",
		"replay ":               ":0\n", // files
		"--log-file ":           ":0\n",
	} {
		args := strings.Split(line, " ")
		if _, out, errs := runMain(append([]string{"__complete"}, args...)...); !strings.Contains(out, want) {
			t.Errorf("%s: %s%s", line, out, errs)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if code, out, errs := runMain("completion", shell); code != ExitOK || !strings.Contains(out, "cordpair") {
			t.Errorf("%s: exit %d: %s", shell, code, errs)
		}
	}
	if code, _, errs := runMain("completion", "bsh"); code != ExitUsage || !strings.Contains(errs, `did you mean "bash"?`) {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestManual(t *testing.T) {
	code, out, errs := runMain("man")
	if code != ExitOK {
		t.Fatal(errs)
	}
	for _, want := range []string{".TH CORDPAIR 1", ".SH NAME", ".SH \"EXIT STATUS\"", "cordpair connect", "cordpair config check", "Also: serve.", "cordpair bench", `\-\-wait\-end`, "config.toml", "(default 127.0.0.1:7070)"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s", want)
		}
	}
	macro := regexp.MustCompile(`^\.(TH|SH|SS|TP|PP|B|br|nf|fi)( |$)`)
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, ".") && !macro.MatchString(line) || strings.HasPrefix(line, "'") || strings.Contains(line, "\t") {
			t.Errorf("text taken for a macro: %s", line)
		}
		for _, r := range line {
			if r > '~' {
				t.Errorf("not ASCII: %s", line)
				break
			}
		}
	}
}

func TestKeysDump(t *testing.T) {
	configured(t, "[keys]\ncall.answer = [\"f11\"]\n")
	code, out, errs := runMain("keys", "--dump")
	if code != ExitOK || !regexp.MustCompile(`(?m)^call\.answer +f11 +calls `).MatchString(out) || !strings.Contains(out, "call.hangup") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, out, _ := runMain("keys", "--json"); code != ExitOK || !strings.Contains(out, `{"name":"call.answer","keys":["f11"],`) {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestFilter(t *testing.T) {
	r := callRecord{ID: "abc", State: "ringing", Direction: "inbound", From: "sip:alice@demo", To: "sip:support@demo", Context: "support"}
	for text, want := range map[string]bool{
		"": true, "alice": true, "ALICE ringing": true, "alice talking": false, "!alice": false, "!bob": true,
		"state:ring": true, "state:alice": false, "party:support": true, "sip:alice@demo": true, "!state:ringing": false,
		"direction:in context:support id:abc": true, "connect:connected": false,
	} {
		f, err := parseFilter(text)
		if err != nil || f.matches(r) != want {
			t.Errorf("%q: %v %v", text, !want, err)
		}
	}
	if _, err := parseFilter("stat:ringing"); exitCode(err) != ExitUsage {
		t.Errorf("%v", err)
	}
}

package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// globalNames are the flags that every command takes.
var globalNames = []string{"config", "profile", "log-file", "debug", "plain", "theme", "no-mouse"}

// Every command takes the global flags, before its name and behind it.
func TestGlobalFlagsAreForEveryCommand(t *testing.T) {
	file := configured(t, twoProfiles)
	log := filepath.Join(t.TempDir(), "x.log")
	for _, line := range []string{"version", "config path", "config check", "keys --dump", "history", "doctor", "man", "completion bash", "help calls", "schema"} {
		flags := []string{"--config", file, "--profile", "local", "--log-file", log, "--debug", "--plain", "--theme", "dark", "--no-mouse"}
		for _, args := range [][]string{append(slices.Clone(flags), strings.Fields(line)...), append(strings.Fields(line), flags...)} {
			if code, out, errs := runMain(args...); code != ExitOK || out == "" && line != "history" {
				t.Errorf("cordpair %s: exit %d: %s", strings.Join(args, " "), code, errs)
			}
		}
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, name := range globalNames {
			if cmd.InheritedFlags().Lookup(name) == nil && cmd.PersistentFlags().Lookup(name) == nil {
				t.Errorf("%s does not take --%s", cmd.CommandPath(), name)
			}
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(rootCommand(&program{}))
}

// --debug fills the log that --log-file names, and says nothing on the screen.
func TestLogFileAndDebug(t *testing.T) {
	configured(t, "")
	log := filepath.Join(t.TempDir(), "deep", "x.log")
	code, _, errs := runMain("calls", "--relay", "ws://127.0.0.1:1", "--project", "P", "--token", "s3cret", "--debug", "--log-file", log)
	data, err := os.ReadFile(log)
	if code != ExitFailed || err != nil || !strings.Contains(string(data), "level=") || strings.Contains(string(data), "s3cret") || strings.Contains(errs, "level=") {
		t.Errorf("exit %d, %v: %s%s", code, err, data, errs)
	}
	if info, err := os.Stat(log); err == nil && info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others can read the log: %s", info.Mode())
	}
}

// The mouse is the program's unless the file or the flag says otherwise.
func TestNoMouse(t *testing.T) {
	configured(t, "")
	if got := settingsOf(t)["ui.mouse"]; got.Value != "true" || got.Source != "default" {
		t.Errorf("%+v", got)
	}
	if got := settingsOf(t, "--no-mouse")["ui.mouse"]; got.Value != "false" || got.Source != "--no-mouse" {
		t.Errorf("%+v", got)
	}
	configured(t, "[ui]\nmouse = false\n")
	if got := settingsOf(t)["ui.mouse"]; got.Value != "false" || got.Source != "config.toml:2" {
		t.Errorf("%+v", got)
	}
	if got := settingsOf(t, "--no-mouse=false")["ui.mouse"]; got.Value != "true" {
		t.Errorf("%+v", got)
	}
}

// What would be ignored is refused, and the error says what to leave out.
func TestFlagsThatDoNotFitTogether(t *testing.T) {
	configured(t, twoProfiles)
	for _, tc := range []struct{ line, says string }{
		{"--replay x --relay ws://h:1", "leave --relay out"},
		{"--replay x --demo", "leave --demo out"},
		{"--plain --filter x", "calls --follow --filter"},
		{"--replay x --people off", "leave --people out"},
		{"--replay x --record y", "leave --record out"},
		{"--speed 2", "--speed goes with --replay"},
		{"--demo --relay ws://h:1", "leave --relay"},
		{"--demo --profile lab", "--profile"},
		{"--demo --people off", "--people off"},
		{"--relay ws://127.0.0.1:1 --project P --token T --people off", "--people is about an exchange of its own"},
		{"--sip-addr 127.0.0.1:0", "add --profile local"}, // the file's profile names a server
		{"exchange --profile lab --project P --token T", "--profile lab"},
		{"replay x --json --plain", "give one"},
		{"history --json --csv", "give one"},
		{"config check --config a b", "give one"},
		{"calls --theme drak", `did you mean "dark"`},
		{"exchange --people callign", `did you mean "calling"`},
		{"exchange --drain soon", "type a length of time"},
		{"calls --json=maybe", "type --json alone"},
		{"replay x --speed fast", "type a number"},
		{"calls --log-file", "--log-file needs a value: type --log-file FILE"},
		{"calls -x", "there is no flag -x"},
		{"calls extra", `takes no argument "extra"`},
		{"help conect", `did you mean "connect"`},
		{"sreve", `did you mean "serve"`},
	} {
		code, out, errs := runMain(strings.Fields(tc.line)...)
		if code != ExitUsage || out != "" || !strings.Contains(errs, tc.says) || strings.Contains(errs, "Usage:") {
			t.Errorf("cordpair %s: exit %d, stdout %q, stderr %q, want %q", tc.line, code, out, errs, tc.says)
		}
	}
}

// An error leads to the help of its command.
func TestErrorsNameTheHelp(t *testing.T) {
	if _, _, errs := runMain("config", "check", "--bogus"); !strings.HasSuffix(errs, "See: cordpair config check --help\n") {
		t.Error(errs)
	}
}

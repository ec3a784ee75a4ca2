package cli

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest"
)

// desktop is a good terminal; a test takes something away.
func desktop(env map[string]string, change func(*surroundings)) surroundings {
	s := surroundings{
		system: "linux", isTerminal: true,
		env:  func(name string) string { return env[name] },
		find: func(string) (string, error) { return "", errors.New("not found") },
		tmux: func(context.Context) (string, error) { return "", errors.New("no server running") },
		size: func() (int, int, error) { return 80, 24, nil },
	}
	if change != nil {
		change(&s)
	}
	return s
}

func found(program string) (string, error) { return "/usr/bin/" + program, nil }

// Each check of the terminal, good and bad, says what was found and what to do.
func TestDoctorLooksAtTheTerminal(t *testing.T) {
	terminal := func(s surroundings) checkRecord { return s.checkTerminal() }
	colours := func(s surroundings) checkRecord { return s.checkColours() }
	utf8 := func(s surroundings) checkRecord { return s.checkUTF8() }
	clip := func(s surroundings) checkRecord { return s.checkClipboard(context.Background()) }
	speech := func(s surroundings) checkRecord { return s.checkSpeech() }
	xterm := map[string]string{"TERM": "xterm-256color"}
	for _, tc := range []struct {
		name       string
		check      func(surroundings) checkRecord
		env        map[string]string
		change     func(*surroundings)
		state      string
		finds, fix string
	}{
		{"a good one", terminal, xterm, nil, healthOK, "xterm-256color, 80x24", ""},
		{"dumb", terminal, map[string]string{"TERM": "dumb"}, nil, healthWarn, `TERM is "dumb"`, "export TERM=xterm-256color"},
		{"no TERM", terminal, nil, nil, healthWarn, `TERM is ""`, "export TERM"},
		{"no TERM on Windows", terminal, nil, func(s *surroundings) { s.system = "windows" }, healthOK, "windows, 80x24", ""},
		{"a pipe", terminal, xterm, func(s *surroundings) { s.isTerminal = false }, healthWarn, "no terminal", "in a terminal"},
		{"too small", terminal, xterm, func(s *surroundings) { s.size = func() (int, int, error) { return 59, 24, nil } }, healthWarn, "59x24", "larger"},
		{"no size", terminal, xterm, func(s *surroundings) {
			s.size = func() (int, int, error) { return 0, 0, errors.New("inappropriate ioctl") }
		}, healthWarn, "unknown size", "set the size"},
		{"true colour", colours, map[string]string{"TERM": "xterm-256color", "COLORTERM": "truecolor"}, nil, healthOK, "16 million", ""},
		{"256 colours", colours, xterm, nil, healthOK, "256", ""},
		{"16 colours", colours, map[string]string{"TERM": "xterm"}, nil, healthWarn, "16", "export TERM"},
		{"no colours", colours, map[string]string{"TERM": "dumb"}, nil, healthWarn, "none", "export TERM"},
		{"NO_COLOR", colours, map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, nil, healthOK, "off, by NO_COLOR", ""},
		{"UTF-8", utf8, map[string]string{"LANG": "de_DE.UTF-8"}, nil, healthOK, "de_DE.UTF-8", ""},
		{"no locale", utf8, nil, nil, healthWarn, "no locale", "export LANG=C.UTF-8"},
		{"another locale", utf8, map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "C"}, nil, healthWarn, "locale is C", "--ascii"},
		{"a terminal with OSC 52", clip, map[string]string{"TERM": "xterm-kitty"}, nil, healthOK, "OSC 52", ""},
		{"Windows Terminal", clip, map[string]string{"WT_SESSION": "x"}, nil, healthOK, "Windows Terminal", ""},
		{"X11", clip, map[string]string{"TERM": "xterm", "DISPLAY": ":0"}, func(s *surroundings) { s.find = found }, healthOK, "by xclip", ""},
		{"X11 through SSH", clip, map[string]string{"TERM": "xterm", "DISPLAY": ":0", "SSH_CONNECTION": "x"}, func(s *surroundings) { s.find = found }, healthWarn, "not known", "OSC 52"},
		{"no clipboard", clip, xterm, nil, healthWarn, "not known", "xclip"},
		{"tmux that passes on", clip, map[string]string{"TMUX": "x"}, func(s *surroundings) { s.tmux = func(context.Context) (string, error) { return "on", nil } }, healthOK, "by tmux", ""},
		{"tmux that does not", clip, map[string]string{"TMUX": "x"}, func(s *surroundings) { s.tmux = func(context.Context) (string, error) { return "external", nil } }, healthWarn, "external", "tmux set -s set-clipboard on"},
		{"tmux that is silent", clip, map[string]string{"TMUX": "x"}, nil, healthWarn, "no server running", "set-clipboard"},
		{"speech", speech, nil, func(s *surroundings) { s.find = found }, healthOK, "/usr/bin/espeak-ng", ""},
		{"no speech", speech, nil, nil, healthWarn, "cannot speak", "apt-get install espeak-ng"},
		{"no speech on macOS", speech, nil, func(s *surroundings) { s.system = "darwin" }, healthWarn, "cannot speak", "brew install"},
	} {
		got := tc.check(desktop(tc.env, tc.change))
		if got.State != tc.state || !strings.Contains(got.Text, tc.finds) || !strings.Contains(got.Fix, tc.fix) || (got.Fix == "") != (tc.fix == "") {
			t.Errorf("%s: %+v", tc.name, got)
		}
	}
}

// checked is what doctor says of one thing, and its exit code.
func checked(t *testing.T, check string, args ...string) (checkRecord, int) {
	t.Helper()
	code, out, errs := runMain(append([]string{"doctor", "--json"}, args...)...)
	var all []checkRecord
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("exit %d, %v: %s", code, err, errs)
	}
	for _, c := range all {
		if c.Check == check {
			return c, code
		}
	}
	t.Fatalf("nothing about the %s", check)
	return checkRecord{}, code
}

func TestDoctorTellsWhatFails(t *testing.T) {
	file := configured(t, "")
	c, code := checked(t, "link", "--relay", "ws://127.0.0.1:1", "--project", "P", "--token", "T")
	if c.State != healthFail || code != ExitError || !strings.Contains(c.Fix, "cordpair exchange") {
		t.Errorf("exit %d: %+v", code, c)
	}
	if c, code := checked(t, "credentials", "--relay", "ws://127.0.0.1:1"); c.State != healthFail || code != ExitError || !strings.Contains(c.Fix, "--token") {
		t.Errorf("exit %d: %+v", code, c)
	}
	if c, _ := checked(t, "credentials"); c.State != healthOK || !strings.Contains(c.Text, "none are needed") {
		t.Errorf("%+v", c)
	}
	if c, code := checked(t, "log", "--log-file", filepath.Join(file, "x.log")); c.State != healthFail || code != ExitError || !strings.Contains(c.Fix, "--log-file") {
		t.Errorf("exit %d: %+v", code, c)
	}
	if err := os.WriteFile(file, []byte("thme = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, code := checked(t, "configuration"); c.State != healthFail || code != ExitError || !strings.Contains(c.Text, `did you mean "theme"`) || c.Fix == "" {
		t.Errorf("exit %d: %+v", code, c)
	}
}

// A program that holds the SIP port is told, whichever transport it is on.
func TestDoctorTellsOfATakenSIPPort(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	configured(t, "[exchange]\nrelay_addr = \"127.0.0.1:0\"\nsip_addr = \""+taken.LocalAddr().String()+"\"\n")
	if c, code := checked(t, "port of SIP"); c.State != healthWarn || code != ExitOK || !strings.Contains(c.Fix, "--sip-addr") {
		t.Errorf("exit %d: %+v", code, c)
	}
	configured(t, "[exchange]\nrelay_addr = \"192.0.2.1:0\"\n") // which no machine has
	if c, code := checked(t, "port of RELAY"); c.State != healthFail || code != ExitError || !strings.Contains(c.Fix, "--relay-addr") {
		t.Errorf("exit %d: %+v", code, c)
	}
}

// A server whose clock differs is told with how much.
func TestDoctorComparesClocks(t *testing.T) {
	for off, want := range map[time.Duration]string{0: healthOK, time.Hour: healthWarn, -10 * time.Minute: healthWarn} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		}))
		c := checkClock(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http"))
		s.Close()
		if c.State != want || want == healthWarn && (!strings.Contains(c.Text, "off the server's") || !strings.Contains(c.Fix, "set the clock")) {
			t.Errorf("%s: %+v", off, c)
		}
	}
	if c := checkClock(t.Context(), ""); c.State != healthOK {
		t.Errorf("%+v", c)
	}
}

// A server of somebody else's is told from a cordpair exchange.
func TestDoctorNamesTheKindOfServer(t *testing.T) {
	configured(t, "")
	s := relaytest.New(t)
	if c, _ := checked(t, "link", "--relay", s.URL, "--project", "P", "--token", "T"); c.State != healthOK || !strings.Contains(c.Text, "is a RELAY server") {
		t.Errorf("%+v", c)
	}
}

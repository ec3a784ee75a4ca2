package cli

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// full is an output that takes nothing, like a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// silent is a server that lets programs connect and never says a word.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return "ws://" + l.Addr().String()
}

// waiting runs a command that waits for a link for so long.
func waiting(patience time.Duration, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, patience: patience, closeLog: func() error { return nil }}
	root := rootCommand(p)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(context.Background())
	p.explain(cmd, err)
	return exitCode(err), out.String(), errs.String()
}

// Each code of each command that can give it. That of a server which is not
// there takes its time and is tested once, for calls.
func TestExitCodes(t *testing.T) {
	l := liveExchange(t)
	plain := relaytest.New(t) // no cordpair exchange: it does not list its calls
	tape := filepath.Join(t.TempDir(), "tape.jsonl")
	id := talking(t, l, tape)
	server := func(url, token string) string { return " --relay " + url + " --project P --token " + token }
	here, wrong := server(l.x.RelayURL(), "s3cret"), server(l.x.RelayURL(), "wrong")
	ends := "connect --call " + id + " --from sip:me@demo --to "
	for _, tc := range []struct {
		line string
		want int
	}{
		{"calls" + here, ExitOK},
		{"calls" + server(plain.URL, "T"), ExitError},
		{"calls --bogus", ExitUsage},
		{"--plain" + wrong, ExitRefused},
		{"calls" + wrong, ExitRefused},
		{ends + "sip:echo@demo" + here, ExitOK},
		{"connect --bogus", ExitUsage},
		{ends + "sip:busy@demo" + here, ExitFailed},
		{ends + "sip:decline@demo" + here, ExitFailed},
		{ends + "sip:noanswer@demo --timeout 1" + here, ExitFailed},
		{"connect --call nothing --from sip:a@demo --to sip:b@demo" + here, ExitFailed},
		{"connect --dial sip:busy@demo --from sip:a@demo --to sip:b@demo" + here, ExitFailed},
		{ends + "sip:bob@demo" + wrong, ExitRefused},
		{"replay " + tape + " --json --speed 0", ExitOK},
		{"replay exit_test.go --json", ExitUsage},
		{"doctor" + here, ExitOK},
		{"doctor" + wrong, ExitError},
		{"doctor --bogus", ExitUsage},
		{"history", ExitOK},
		{"history --since soon", ExitUsage},
		{"config path", ExitOK},
		{"config init", ExitError}, // there is a file
		{"config check --bogus", ExitUsage},
		{"keys --dump", ExitOK},
		{"exchange --project P --token T --sip-addr 127.0.0.1:0 --relay-addr " + strings.TrimPrefix(l.x.RelayURL(), "ws://"), ExitError},
		{"exchange --bogus", ExitUsage},
		{"schema calls", ExitOK},
		{"schema bogus", ExitUsage},
		{"completion bash", ExitOK},
		{"completion bogus", ExitUsage},
		{"bench --bogus", ExitUsage},
		{"version", ExitOK},
		{"man", ExitOK},
		{"bogus", ExitUsage},
	} {
		code, _, errs := runMain(strings.Fields(tc.line)...)
		if code != tc.want || code != ExitOK && !strings.Contains(tc.line, "doctor") && errs == "" {
			t.Errorf("cordpair %s: exit %d, not %d: %s", tc.line, code, tc.want, errs)
		}
	}
}

// A server that says nothing is one that timed out, not one that is not there.
func TestASilentServerTimesOut(t *testing.T) {
	configured(t, "")
	for _, line := range []string{"calls", "connect --call x --from sip:a@demo --to sip:b@demo"} {
		args := append(strings.Fields(line), "--relay", silent(t), "--project", "P", "--token", "T")
		if code, _, errs := waiting(200*time.Millisecond, args...); code != ExitTimedOut || !strings.Contains(errs, "has not let us in") {
			t.Errorf("%s: exit %d: %s", line, code, errs)
		}
	}
}

// What cannot be said has not been done, whatever the wire says.
func TestOutputThatCannotBeWritten(t *testing.T) {
	l := liveExchange(t)
	id := talking(t, l, filepath.Join(t.TempDir(), "tape.jsonl"))
	for _, line := range []string{
		"calls --json", "calls", "keys --dump", "keys --json", "keys", "version --json", "version", "--version", "man", "schema", "schema calls",
		"config check", "config path", "config", "doctor --json", "doctor", "history --json", "help", "calls --help", "completion fish",
		"connect --call " + id + " --from sip:me@demo --to sip:echo@demo --json",
	} {
		var errs bytes.Buffer
		if code := Main(strings.Fields(line), strings.NewReader(""), full{}, &errs); code != ExitError || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("cordpair %s: exit %d: %s", line, code, errs.String())
		}
	}
}

// The help of a command names the codes that it can give, and the README all.
func TestExitCodesAreDocumented(t *testing.T) {
	for name, codes := range exits {
		_, out, _ := runMain(name, "--help")
		for _, e := range codes {
			if !strings.Contains(out, e.when) {
				t.Errorf("the help of %s does not say when it exits with %d", name, e.code)
			}
		}
	}
	_, man, _ := runMain("man")
	if !strings.Contains(man, `.SH "EXIT STATUS"`) || !strings.Contains(man, "5 timed out") {
		t.Error("the manual page has no exit codes")
	}
	readme, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"0 fine", "1 error", "2 wrong usage", "3 not connected", "4 credentials refused", "5 timed out"} {
		if !strings.Contains(strings.ReplaceAll(string(readme), "\n", " "), code) {
			t.Errorf("the README does not tell of %q", code)
		}
	}
}

// Credentials that are refused later end a follower as those refused at once.
func TestFollowEndsWhenItsCredentialsAreRefused(t *testing.T) {
	configured(t, "")
	s := relaytest.New(t)
	s.Connected = func(c *relaytest.Conn) {
		s.Handle(wire.MethodConnect, func(c *relaytest.Conn, f wire.Frame) {
			c.ReplyError(f.ID, wire.RPCAuth, "Authentication service failed with status ProtocolError, 401 Unauthorized: {}")
		})
		c.Drop()
	}
	code, _, errs := runMain("calls", "--follow", "--relay", s.URL, "--project", "P", "--token", "T")
	if code != ExitRefused || !strings.Contains(errs, "--token") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

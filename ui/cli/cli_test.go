package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

func runMain(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Main(args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// Wrong usage exits with 2, names the flag and says what to type.
func TestWrongUsage(t *testing.T) {
	t.Setenv(envProject, "")
	t.Setenv(envToken, "")
	t.Setenv(envSpace, "")
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	server := "--relay ws://127.0.0.1:1 --project P --token T "
	ends := "--from sip:a@demo --to sip:b@demo "
	for _, tc := range []struct{ line, says string }{
		{"bogus", `no command "bogus"`},
		{"exchnage", `did you mean "exchange"`},
		{"calls extra", "extra"},
		{"--bogus", "--bogus"},
		{"calls --relay http://x --project P --token T", "--relay"},
		{"calls --relay ws://127.0.0.1:1", "SIGNALWIRE_API_TOKEN"},
		{"calls --relay ws://127.0.0.1:1 --space x", "give one"},
		{"calls --space a/b --project P --token T", "--space: "},
		{"connect", "--from"},
		{"connect " + server, "--from"},
		{"connect " + server + "--from sip:a@demo", "--to"},
		{"connect " + server + ends, "--call"},
		{"connect " + server + ends + "--call x --dial sip:a@demo", "--call"},
		{"connect " + server + ends + "--dial nonsense", "--dial"},
		{"connect " + server + ends + "--call x --header Subject=1", "X-"},
		{"connect " + server + ends + "--call x --header nothing", "X-Name=value"},
		{"connect " + server + ends + "--call x --codec MP3", "--codec"},
		{"connect " + server + ends + "--call x --timeout -1", "--timeout"},
		{"connect " + server + ends + "--call x --timeout 0", "--timeout"},
		{"completion bash extra", "takes no argument"},
		{"connect " + server + ends + "--call x --timeout 1.5", "whole seconds"},
		{"connect " + server + ends + "--call x --ringback xx", "--ringback"},
		{"connect " + server + ends + "--call x --max-price 0.00001", "four decimals"},
		{"connect " + server + ends + "--call x --webrtc maybe", "on or off"},
		{"connect " + server + ends + "--call x --session-timeout soon", "--session-timeout"},
		{"connect " + server + ends + "--call x --state-url ftp://x", "--state-url"},
		{"connect " + server + ends + "--call x --state-event bogus", "--state-event"},
		{"connect " + server + "--from sip:a@demo --to +15550100 --call x", "--to"},
		{"exchange", "no credentials"},
		{"exchange --project P --token T --people dancing", "answering"},
		{"exchange --project P --token T --relay-addr 0.0.0.0:0", "loopback"},
		{"exchange --project P --token T --relay-addr here", `--relay-addr "here": is no address`},
		{"exchange --project P --token T --sip-addr 127.0.0.1:99999", "is no port"},
		{"exchange --project P --token T --domain a/b", "--domain"},
		{"--from nobody", "--from"},
		{"--fps many", "whole number"},
		{"replay none.jsonl", "cordpair: replay: open none.jsonl"},
		{"--theme plaid", "--theme"},
	} {
		code, out, errs := runMain(strings.Fields(tc.line)...)
		if code != ExitUsage || !strings.Contains(errs, tc.says) || out != "" {
			t.Errorf("cordpair %s: exit %d, stdout %q, stderr %q, want %q", tc.line, code, out, errs, tc.says)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, line := range []string{"--help", "help", "connect --help", "exchange --help", "calls --help", "--version", "version"} {
		if code, out, errs := runMain(strings.Fields(line)...); code != ExitOK || out == "" || errs != "" {
			t.Errorf("cordpair %s: exit %d, stdout %q, stderr %q", line, code, out, errs)
		}
	}
}

func TestNoServerThereExitsWith3AndANextStep(t *testing.T) {
	code, _, errs := runMain("calls", "--relay", "ws://127.0.0.1:1", "--project", "P", "--token", "T")
	if code != ExitFailed || !strings.Contains(errs, "cordpair exchange") || strings.Contains(errs, "T\n") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestRequestFlags(t *testing.T) {
	f := requestFlags{
		from: "sip:a@demo", to: "sip:b@demo", codecs: []string{"pcmu", "PCMA,OPUS"}, headers: []string{"X-A=1=2", "X-B: two"},
		timeout: "25", ringback: []string{"us", "say:hold on"}, maxPrice: "0.0075", webrtc: "off", sessionTimeout: "600",
		stateURL: "https://a.test/s", stateEvents: []string{"answered,ended"},
	}
	r, err := f.request(model.ConnectRequest{}, "")
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case strings.Join(r.Codecs, " ") != "PCMU PCMA OPUS",
		len(r.Headers) != 2 || r.Headers[0] != model.Header{Name: "X-A", Value: "1=2"} || r.Headers[1] != model.Header{Name: "X-B", Value: "two"},
		r.Timeout != 25*time.Second, r.SessionTimeout != 600*time.Second,
		len(r.Ringback) != 2 || r.Ringback[1].Text != "hold on",
		r.MaxPricePerMinute != 75, r.WebRTCMedia != model.Off, len(r.CallStateEvents) != 2:
		t.Errorf("%+v", r)
	}
}

func TestConnectRecords(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6000000, time.UTC)
	a := &model.Attempt{Call: "A", Peer: "B", Request: model.ConnectRequest{To: "sip:bob@demo"}, State: model.Failed,
		Cause: model.Cause{By: model.Peer, Word: model.WordBusy, Code: 486, Phrase: "Busy Here"}}
	want := connectRecord{Event: "connect", State: "failed", CallID: "A", PeerID: "B", Reason: "busy", SIPCode: 486, By: "peer",
		Text: "bob@demo is busy (486 Busy Here).", At: "2026-01-02T03:04:05.006Z"}
	if got := connectRecordOf(a, now); got != want {
		t.Errorf("%+v", got)
	}
}

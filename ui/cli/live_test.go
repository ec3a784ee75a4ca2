package cli

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/exchange"
	"cordpair/ui/cli/config"
)

// liveExchange runs an exchange with people who can be called, and has the
// commands of a test find it.
func liveExchange(t *testing.T) *local {
	t.Helper()
	configured(t, "")
	p := &program{cfg: config.Default()}
	f := localFlags{relayAddr: "127.0.0.1:0", sipAddr: "127.0.0.1:0", domain: "demo", people: peopleAnswering}
	l, err := startLocal(t.Context(), p, &f, false, &linkFlags{project: "P", token: "s3cret", contexts: []string{"support"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// talking has a call on the exchange, recorded in a file, and returns its id.
func talking(t *testing.T, l *local, file string) string {
	t.Helper()
	r, err := startRecording(file)
	if err != nil {
		t.Fatal(err)
	}
	client, err := relay.Open(t.Context(), relay.Config{
		URL: l.x.RelayURL(), Project: "P", Token: "s3cret", Watch: true, Details: true, Tap: r.Tap,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	call, err := client.DialSIP(t.Context(), model.Dial{From: "sip:me@demo", To: "sip:alice@demo"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return string(call.ID())
}

func TestCommandsOnALiveExchange(t *testing.T) {
	l := liveExchange(t)
	tape := filepath.Join(t.TempDir(), "tape.jsonl")
	id := talking(t, l, tape)

	code, out, errs := runMain("calls", "--json", "--filter", "party:alice state:answered")
	var calls []callRecord
	if err := json.Unmarshal([]byte(out), &calls); err != nil || code != ExitOK || len(calls) != 1 || calls[0].ID != id || calls[0].To != "sip:alice@demo" {
		t.Errorf("exit %d %v: %s%s", code, err, out, errs)
	}
	conforms(t, "calls", out)
	if code, out, _ := runMain("calls", "--json", "--filter", "!state:answered"); code != ExitOK || out != "[]\n" {
		t.Errorf("exit %d: %s", code, out)
	}
	if _, out, _ := waiting(time.Minute, "__complete", "connect", "--call", ""); !strings.HasPrefix(out, id+"\t") {
		t.Errorf("no completion of the live call: %s", out)
	}
	if code, out, _ := runMain("doctor"); code != ExitOK || !strings.Contains(out, "is a cordpair exchange") || !strings.Contains(out, "of the server's") {
		t.Errorf("exit %d: %s", code, out)
	}
	code, out, errs = runMain("connect", "--call", id, "--from", "sip:me@demo", "--to", "sip:busy@demo", "--json")
	if code != ExitFailed || !strings.Contains(out, `"sip_code":486`) {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	conforms(t, "connect", out)
	code, out, errs = runMain("replay", tape, "--speed", "0", "--json")
	if code != ExitOK || !strings.Contains(out, `"id":"`+id+`"`) || !strings.Contains(out, `"state":"answered"`) {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	conforms(t, "call", out)
	if data, err := os.ReadFile(tape); err != nil || strings.Contains(string(data), "s3cret") {
		t.Errorf("the recording holds the token: %v", err)
	}
}

// Credentials refused are told apart from a server that is not there.
func TestRefusedCredentialsExitWith4(t *testing.T) {
	l := liveExchange(t)
	for _, line := range []string{"calls", "connect --from sip:a@demo --to sip:b@demo --call x"} {
		args := append(strings.Fields(line), "--relay", l.x.RelayURL(), "--project", "P", "--token", "wrong")
		if code, out, errs := runMain(args...); code != ExitRefused || out != "" || !strings.Contains(errs, "refused the credentials") {
			t.Errorf("%s: exit %d: %s%s", line, code, out, errs)
		}
	}
	code, out, _ := runMain("doctor", "--json", "--relay", l.x.RelayURL(), "--project", "P", "--token", "wrong")
	if code != ExitError || !strings.Contains(out, `"check":"link","state":"fail"`) || !strings.Contains(out, "check the project and the token") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// An exchange takes its address, credentials and contexts from the file.
func TestAnExchangeFromTheFile(t *testing.T) {
	configured(t, "[exchange]\nrelay_addr = \"127.0.0.1:0\"\nsip_addr = \"127.0.0.1:0\"\ndomain = \"lab\"\ncontexts = [\"desk\"]\n[exchange.limits]\ncalls = 7\n")
	p := &program{}
	if err := p.readConfig(); err != nil {
		t.Fatal(err)
	}
	root := rootCommand(p)
	cmd, _, err := root.Find([]string{"exchange"})
	if err != nil {
		t.Fatal(err)
	}
	p.lay(cmd.Flags())
	for flag, want := range map[string]string{"relay-addr": "127.0.0.1:0", "domain": "lab", "people": "answering"} {
		if got := cmd.Flags().Lookup(flag).Value.String(); got != want {
			t.Errorf("%s: %s", flag, got)
		}
	}
	if limits := limitsOf(&p.cfg.Exchange.Limits); limits.Calls != 7 || limits.OfferWait != offerWait {
		t.Errorf("%+v", limits)
	}
}

func TestDoctorTellsOfTakenPorts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	configured(t, "[exchange]\nrelay_addr = \""+taken.Addr().String()+"\"\nsip_addr = \"127.0.0.1:0\"\n")
	code, out, errs := runMain("doctor", "--json")
	var checks []checkRecord
	if err := json.Unmarshal([]byte(out), &checks); err != nil || code != ExitOK {
		t.Fatalf("exit %d %v: %s", code, err, errs)
	}
	found := map[string]checkRecord{}
	for _, c := range checks {
		found[c.Check] = c
		if c.State != healthOK && c.Fix == "" || c.Text == "" {
			t.Errorf("%+v says nothing", c)
		}
	}
	if c := found["port of RELAY"]; c.State != healthWarn || !strings.Contains(c.Fix, "--relay-addr") {
		t.Errorf("%+v", c)
	}
	for _, name := range []string{"terminal", "colours", "utf-8", "clipboard", "speech", "port of SIP", "configuration", "log", "credentials", "clock"} {
		if _, ok := found[name]; !ok {
			t.Errorf("nothing about the %s", name)
		}
	}
}

// Phones, trunks and numbers of the file reach the exchange, their passwords
// revealed.
func TestPhonesFromTheFile(t *testing.T) {
	configured(t, `[exchange]
trusted = ["192.0.2.0/24"]
emergency = ["110"]
[exchange.users.bob]
password_env = "BOB_PASSWORD"
[exchange.trunks.provider]
server = "sip:127.0.0.1:9"
username = "8841"
password = "s3cret-trunk"
prefixes = ["+49"]
[exchange.rates]
"+49" = 0.01
[[exchange.routes]]
pattern = "10*"
context = "sales"
`)
	p := &program{}
	if err := p.readConfig(); err != nil {
		t.Fatal(err)
	}
	var to exchange.Config
	if err := phones(t.Context(), &to, &p.cfg.Exchange); exitCode(err) != ExitUsage || !strings.Contains(err.Error(), "BOB_PASSWORD is not set") {
		t.Errorf("%v", err)
	}
	t.Setenv("BOB_PASSWORD", "s3cret-bob")
	to = exchange.Config{Project: "P", Token: "T", RelayAddr: "127.0.0.1:0", SIPAddr: "127.0.0.1:0"}
	if err := phones(t.Context(), &to, &p.cfg.Exchange); err != nil {
		t.Fatal(err)
	}
	if len(to.Users) != 1 || to.Users[0].Password != "s3cret-bob" || len(to.Trunks) != 1 || to.Trunks[0].Password != "s3cret-trunk" ||
		to.Trunks[0].Prefixes[0] != "+49" || to.Rates[0].PerMinute != 0.01 || to.Routes[0].Context != "sales" ||
		!to.Trusted[0].IsValid() || to.Emergency[0] != "110" {
		t.Errorf("%+v", p.cfg.Exchange)
	}
	x, err := exchange.Start(t.Context(), to)
	if err != nil {
		t.Fatalf("the exchange takes less than the file: %v", err)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}

//go:build thirdparty

package conformance

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

// readmeBlock is what the README shows in a fenced block of a language.
func readmeBlock(t *testing.T, language string) string {
	t.Helper()
	data, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(data)
	if block == nil {
		t.Fatalf("the README has no block of %s", language)
	}
	return string(block[1])
}

// put replaces a text of the README that must be there.
func put(t *testing.T, text, old, instead string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("the README has no %q in\n%s", old, text)
	}
	return strings.ReplaceAll(text, old, instead)
}

// TestReadmeProgram runs the README's program for the official SDK, connect.js,
// with the version of the SDK that the README installs. Only the address of the
// exchange is another one.
func TestReadmeProgram(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}
	var have struct{ Dependencies map[string]string }
	if err := json.Unmarshal(data, &have); err != nil {
		t.Fatal(err)
	}
	const sdk = "@signalwire/realtime-api"
	if want := "npm:" + sdk + "@3."; !strings.HasPrefix(have.Dependencies[v3], want) {
		t.Errorf("%s is %s", v3, have.Dependencies[v3])
	}
	page, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	put(t, string(page), "npm install "+sdk+"@3\n", "")

	x := program.StartExchange(t, cordpair, "--people", "calling")
	text := put(t, readmeBlock(t, "js"), "ws://127.0.0.1:7070", x.Relay)
	file := filepath.Join(packages, "connect.js")
	if err := os.WriteFile(file, []byte(put(t, text, `"`+sdk+`"`, `"`+v3+`"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", file)
	cmd.Dir = packages
	p := program.Start(t, cmd)
	for _, line := range []string{" calls\n", "hangup5@demo picked up\n", "the peer left\n"} {
		p.Until(t, "the program says "+line, func() bool { return strings.Contains(p.Output(), line) })
	}
}

// TestReadmeSoftphone registers a baresip with the README's line, calls the
// console's context with it, and has it hear what is said there.
func TestReadmeSoftphone(t *testing.T) {
	t.Parallel()
	x := program.StartExchange(t, cordpair, "--people", "off", "--config", patient(t))
	p := listen(t, v3, x.Relay)
	account := put(t, strings.TrimSpace(readmeBlock(t, "baresip")), "127.0.0.1:5060", x.SIP)
	phone := program.StartPhone(t, program.PhoneConfig{Account: account})
	phone.Registered()
	phone.Do("dial", "sip:support@demo")
	p.do(`call = await next(); await call.answer()`)
	phone.Expect(program.PhoneEstablished)
	p.do(`await call.playTTS({ text: "please hold the line" })`)
	phone.HearsSpeech(0)
	p.do(`await call.hangup()`)
	phone.Expect(program.PhoneClosed)
}

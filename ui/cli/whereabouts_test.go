package cli

import (
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"cordpair/ui/cli/config"
)

// pretended is an exchange of another process that has told of itself.
func pretended(t *testing.T, pid int, told time.Time) (w whereabouts, end func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	w = whereabouts{Relay: "ws://" + l.Addr().String(), Project: "P", Token: "T" + l.Addr().String(), PID: pid}
	if err := w.tell(); err != nil {
		t.Fatal(err)
	}
	file, err := w.file()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, told, told); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	return w, func() { _ = l.Close() }
}

// Commands find the latest exchange that runs here, whatever else has ended.
func TestTheExchangeThatRunsIsFound(t *testing.T) {
	configured(t, "")
	resolved := func(relay string) (linkFlags, error) {
		f := linkFlags{relay: relay}
		err := f.resolve(t.Context(), &program{cfg: config.Default()}, true)
		return f, err
	}
	now := time.Now()
	first, kill := pretended(t, 1, now.Add(-time.Hour))
	second, _ := pretended(t, 2, now.Add(-time.Minute))
	third, killThird := pretended(t, 3, now)
	for _, want := range []whereabouts{third, second, first} {
		if f, err := resolved(""); err != nil || f.relay != want.Relay || f.token != want.Token || f.project != "P" {
			t.Errorf("%d: %+v %v", want.PID, f, err)
		}
		switch want.PID {
		case 3:
			killThird() // it leaves its file behind
		case 2:
			second.forget()
		}
	}
	if f, err := resolved(first.Relay); err != nil || f.token != first.Token {
		t.Errorf("the one that is named: %+v %v", f, err)
	}
	kill()
	if f, err := resolved(""); exitCode(err) != ExitFailed || !strings.Contains(err.Error(), "no server") {
		t.Errorf("none is left: %+v %v", f, err)
	}
	if left := toldOf(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// Where nothing runs and nothing is named there is no server, which is told of
// after what is wrong with the flags.
func TestNoServer(t *testing.T) {
	configured(t, "")
	for line, want := range map[string]int{
		"calls": ExitFailed, "calls --follow": ExitFailed, "connect --call x --from sip:a@demo --to sip:b@demo": ExitFailed,
		"connect --call x --from sip:a@demo --to bogus": ExitUsage, "calls --filter size:1": ExitUsage,
	} {
		code, _, errs := runMain(strings.Fields(line)...)
		if code != want || want == ExitFailed && !strings.Contains(errs, "cordpair exchange") {
			t.Errorf("%s: exit %d: %s", line, code, errs)
		}
	}
}

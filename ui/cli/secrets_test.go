package cli

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A token is in no log, journal, recording or state file, and on no screen,
// whatever a session does. Only the file that tells other commands of a running
// exchange holds that exchange's own, for its owner's eyes.
func TestATokenIsNowhere(t *testing.T) {
	l := liveExchange(t)
	t.Setenv(envToken, "s3cret")
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
	told, err := l.where.file()
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Dir(filepath.Dir(told))
	id := talking(t, l, filepath.Join(dir, "tape.jsonl"))
	server := []string{"--debug", "--relay", l.x.RelayURL(), "--project", "P"}
	typed := "calls\nconnect " + id + " sip:bob@demo\nlog\nquit\n"
	for _, line := range []string{
		"--plain --record " + filepath.Join(dir, "console.jsonl"),
		"calls --json", "doctor", "config check --json",
		"connect --json --call " + id + " --from sip:me@demo --to sip:busy@demo",
		"calls --token s3cret-wrong", "calls --log-file " + filepath.Join(dir, "named.log"),
	} {
		var out, errs bytes.Buffer
		Main(append(strings.Fields(line), server...), strings.NewReader(typed), &out, &errs)
		if all := out.String() + errs.String(); all == "" || strings.Contains(all, "s3cret") {
			t.Errorf("cordpair %s:\n%s", line, all)
		}
	}
	logged := false
	for _, root := range []string{state, dir} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if path != told && bytes.Contains(data, []byte("s3cret")) {
				t.Errorf("%s holds the token", path)
			}
			logged = logged || bytes.Contains(data, []byte("signalwire.connect")) && bytes.Contains(data, []byte("relay: frame"))
			if info, serr := d.Info(); serr != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: others can read it (%v)", path, serr)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if !logged {
		t.Error("--debug logs no frame, so nothing was tested")
	}
}

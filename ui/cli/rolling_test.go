package cli

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestALogIsPutAsideAsItGrows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log", "x.log")
	r := &rollingFile{path: file, most: 30, keep: 2}
	if _, err := os.Stat(file); err == nil {
		t.Error("there before anything was written")
	}
	for i := range 8 {
		if _, err := fmt.Fprintf(r, "line %d 12345\n", i); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"": "line 6 12345\nline 7 12345\n", ".1": "line 4 12345\nline 5 12345\n", ".2": "line 2 12345\nline 3 12345\n"} {
		if got := read(t, file+name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
	if _, err := os.Stat(file + ".3"); err == nil {
		t.Error("one too many is kept")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// Two processes write to one file: no line is lost or torn while it is put
// aside, as long as all old files are kept.
func TestTwoWritersShareALog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.log")
	var all sync.WaitGroup
	for w := range 2 {
		r := &rollingFile{path: file, most: 1 << 20, keep: 2}
		all.Go(func() { // ends after its lines; the test waits
			for i := range 200 {
				if _, err := fmt.Fprintf(r, "writer %d line %d\n", w, i); err != nil {
					t.Error(err)
				}
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	lines := strings.Split(strings.TrimSpace(read(t, file)), "\n")
	if len(lines) != 400 {
		t.Errorf("%d lines", len(lines))
	}
}

// Who finds that another process put the file aside goes on in the new one.
func TestAnotherProcessPutTheLogAside(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.log")
	r := &rollingFile{path: file, most: 10, keep: 3}
	fmt.Fprintln(r, "0123456789")
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(r, "mine")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, file); got != "other\nmine\n" {
		t.Errorf("%q", got)
	}
	if got := read(t, file+".1"); got != "0123456789\n" {
		t.Errorf("%q", got)
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: hideSecrets}))
	log.Info("x", "token", "s3cret", slog.Group("params", "Authorization", "s3cret", "project", "P"))
	if strings.Contains(out.String(), "s3cret") || !strings.Contains(out.String(), "project=P") {
		t.Error(out.String())
	}
}

package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSaveFile(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	t.Chdir(dir)
	t.Setenv("XDG_STATE_HOME", state)
	path, err := saveFile("ladder.txt", []byte("one"))
	if err != nil || filepath.Base(path) != "ladder.txt" {
		t.Fatalf("%s, %v", path, err)
	}
	other, err := saveFile("ladder.txt", []byte("two")) // the name is taken here
	if err != nil || other != filepath.Join(state, "cordpair", "saved", "ladder.txt") {
		t.Fatalf("%s, %v", other, err)
	}
	if _, err := saveFile("ladder.txt", nil); err == nil {
		t.Error("a file was written over")
	}
	for file, want := range map[string]string{path: "one", other: "two"} {
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
}

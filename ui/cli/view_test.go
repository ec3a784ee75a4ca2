package cli

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"cordpair/ui"
)

func TestViewFile(t *testing.T) {
	f := &viewFile{file: filepath.Join(t.TempDir(), "state", viewName)}
	if got, err := f.load(); got != nil || err != nil {
		t.Fatalf("no file gave %v %v", got, err)
	}
	want := map[string]ui.Choice{"theme": {Value: "light", Over: "auto"}}
	if err := f.keep(want); err != nil {
		t.Fatal(err)
	}
	if got, err := f.load(); err != nil || !maps.Equal(got, want) {
		t.Errorf("kept %v, read %v %v", want, got, err)
	}
	if info, err := os.Stat(f.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if left, _ := filepath.Glob(f.file + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.WriteFile(f.file, []byte("{broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.load(); err == nil {
		t.Error("a broken file is read")
	}
}

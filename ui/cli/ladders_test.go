package cli

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/model/journal"
)

func trailOf(id string) journal.Trail {
	return journal.Trail{Call: journal.Entry{ID: id, Kind: journal.Call, Call: model.CallID(id)},
		Steps: []journal.Step{{Layer: "sip", Word: "INVITE", Text: "INVITE sip:a@b SIP/2.0\r\n\r\n"}}}
}

// TestLadderFiles holds that ladders outlive their console, that nobody else can
// read them, and that the oldest leave.
func TestLadderFiles(t *testing.T) {
	dir, log := filepath.Join(t.TempDir(), laddersName), slog.New(slog.DiscardHandler)
	began := time.Now().Add(-time.Hour)
	for i := range 6 {
		f := openLadders(dir, 4, log)
		f.Keep(trailOf(fmt.Sprintf("../../call %d", i)))
		if !f.Has(model.CallID(fmt.Sprintf("../../call %d", i))) {
			t.Errorf("call %d is not there at once", i)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f.Keep(trailOf("late"))
		written := began.Add(time.Duration(i) * time.Minute) // a file system's own clock is too coarse to tell them apart
		if err := os.Chtimes(filepath.Join(dir, ladderName(model.CallID(fmt.Sprintf("../../call %d", i)))), written, written); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if info, err := file.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", file.Name(), info, err)
		}
	}
	f := openLadders(dir, 4, log)
	defer f.Close()
	if f.Has("../../call 0") || f.Has("late") || !f.Has("../../call 5") {
		t.Error("not the newest four are kept")
	}
	if got, err := f.Load("../../call 5"); err != nil || len(got.Steps) != 1 || got.Steps[0].Text != "INVITE sip:a@b SIP/2.0\r\n\r\n" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := f.Load("../../call 0"); err == nil {
		t.Error("a ladder that is gone was read")
	}
	if err := os.WriteFile(filepath.Join(dir, ladderName("../../call 5")), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Load("../../call 5"); err == nil {
		t.Error("garbage was read")
	}
}

package cli

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/model/journal"
)

func historyIn(t *testing.T, path string) *historyFile {
	t.Helper()
	h := openHistory(path, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func TestHistoryFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", historyName)
	h := historyIn(t, path)
	if list, err := h.Load(); err != nil || len(list) != 0 {
		t.Fatalf("%d entries before the first, %v", len(list), err)
	}
	began := time.Date(2026, 3, 14, 14, 2, 11, 0, time.UTC)
	h.Append(journal.Entry{ID: "a", Kind: journal.Call, Began: began})
	h.Append(journal.Entry{ID: "b", Kind: journal.Call, Began: began})
	h.Append(journal.Entry{ID: "a", Kind: journal.Call, Began: began, Ended: began.Add(time.Minute), End: model.Cause{Word: "hangup"}})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h.Append(journal.Entry{ID: "late"})
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	list, err := historyIn(t, path).Load()
	if err != nil || len(list) != 2 || list[0].ID != "a" || !list[0].Over() || list[1].Over() {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestHistoryFileAfterAKill holds that a line that was cut off costs itself
// and no other, and that the next console writes on.
func TestHistoryFileAfterAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), historyName)
	line, err := journal.Encode(journal.Entry{ID: "a", Kind: journal.Call})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(line, line[:len(line)/2]...), 0o600); err != nil {
		t.Fatal(err)
	}
	h := historyIn(t, path)
	h.Append(journal.Entry{ID: "glued", Kind: journal.Call})
	h.Append(journal.Entry{ID: "b", Kind: journal.Call})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	list, err := historyIn(t, path).Load()
	var ids []string
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	if got := strings.Join(ids, " "); err != nil || got != "a glued b" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestHistoryFileIsPutAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), historyName)
	h := historyIn(t, path)
	h.file.most = 4096
	for i := range 100 {
		h.Append(journal.Entry{ID: fmt.Sprint(i), Kind: journal.Call})
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	list, err := historyIn(t, path).Load()
	if err != nil || len(list) < 40 || list[len(list)-1].ID != "99" {
		t.Errorf("%d entries, %v", len(list), err)
	}
}

func TestTwoConsolesShareAHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), historyName)
	var wg sync.WaitGroup
	for n := range 2 {
		h := historyIn(t, path)
		wg.Add(1)
		go func() { // ends with its loop; the test waits for it
			defer wg.Done()
			for i := range 200 {
				h.Append(journal.Entry{ID: fmt.Sprint(n, "-", i), Kind: journal.Call})
			}
			_ = h.Close()
		}()
	}
	wg.Wait()
	if list, err := historyIn(t, path).Load(); err != nil || len(list) != 400 {
		t.Errorf("%d entries, %v", len(list), err)
	}
}

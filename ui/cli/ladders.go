package cli

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"cordpair/model"
	"cordpair/model/journal"
	"cordpair/ui"
)

// laddersName is the folder of the ladders under the state folder, laddersKept
// how many of them there are at most: the oldest leave first.
const (
	laddersName = "ladders"
	laddersKept = 500
	laddersExt  = ".jsonl"
)

// ladderFiles keeps a file for each call, readable by its owner only. Several
// consoles may share a folder.
type ladderFiles struct {
	dir  string
	most int
	log  *slog.Logger

	mu     sync.Mutex
	names  map[string]time.Time // the files and when they were written
	queue  map[string]journal.Trail
	closed bool
	wake   chan struct{} // capacity 1
	done   chan struct{}
}

var _ ui.Ladders = (*ladderFiles)(nil)

// openLadders lists what is there and starts the writer; Close ends it and
// waits.
func openLadders(dir string, most int, log *slog.Logger) *ladderFiles {
	f := &ladderFiles{dir: dir, most: most, log: log, names: make(map[string]time.Time), queue: make(map[string]journal.Trail),
		wake: make(chan struct{}, 1), done: make(chan struct{})}
	files, _ := os.ReadDir(dir) // none yet
	for _, file := range files {
		if info, err := file.Info(); err == nil && strings.HasSuffix(file.Name(), laddersExt) {
			f.names[file.Name()] = info.ModTime()
		}
	}
	go f.run() // ends when Close has been called and all is written; Close waits for it
	return f
}

// ladderName is the file of a call: ids come from the wire and are no names.
func ladderName(id model.CallID) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:12]) + laddersExt
}

// Keep queues a trail; of two of one call the newer is written.
func (f *ladderFiles) Keep(t journal.Trail) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.queue[ladderName(t.Call.Call)] = t
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Has reports whether a trail is written or about to be.
func (f *ladderFiles) Has(id model.CallID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := ladderName(id)
	_, written := f.names[name]
	_, queued := f.queue[name]
	return written || queued
}

// Load reads a trail.
func (f *ladderFiles) Load(id model.CallID) (journal.Trail, error) {
	name := ladderName(id)
	f.mu.Lock()
	t, queued := f.queue[name]
	f.mu.Unlock()
	if queued {
		return t, nil
	}
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return t, errors.New("it is not kept any more")
	} else if err != nil {
		return t, err
	}
	return journal.ReadTrail(bytes.NewReader(data))
}

// take hands one queued trail over; more is false once nothing can follow.
func (f *ladderFiles) take() (name string, t journal.Trail, some, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, t = range f.queue {
		return name, t, true, true
	}
	return "", t, false, !f.closed
}

func (f *ladderFiles) run() {
	defer close(f.done)
	defer func() {
		if p := recover(); p != nil {
			f.log.Error("ladder writer panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	failed := false
	for more := true; more; {
		<-f.wake
		for {
			name, t, some, open := f.take()
			if more = open; !some {
				break
			}
			err := f.write(name, t)
			if err != nil && !failed { // told once: the next would fail the same way
				failed = true
				f.log.Error("ladders cannot be written", keyErr, err)
			}
			f.settle(name, t, err)
		}
	}
}

// write puts a whole file in the place of an earlier one.
func (f *ladderFiles) write(name string, t journal.Trail) error {
	data, err := t.Encode()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	fresh := filepath.Join(f.dir, fmt.Sprintf("%s.%d", name, os.Getpid()))
	if err := os.WriteFile(fresh, data, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, filepath.Join(f.dir, name))
}

// settle takes a trail off the queue, unless a newer one of its call has come,
// and removes the files that are too many.
func (f *ladderFiles) settle(name string, t journal.Trail, err error) {
	f.mu.Lock()
	if now := f.queue[name]; len(now.Steps) == len(t.Steps) {
		delete(f.queue, name)
	}
	if err == nil {
		f.names[name] = time.Now()
	}
	var old []string
	if len(f.names) > f.most {
		for n := range f.names {
			old = append(old, n)
		}
		slices.SortFunc(old, func(x, y string) int { return cmp.Compare(f.names[x].UnixNano(), f.names[y].UnixNano()) })
		old = old[:len(old)-f.most]
		for _, n := range old {
			delete(f.names, n)
		}
	}
	f.mu.Unlock()
	for _, n := range old {
		_ = os.Remove(filepath.Join(f.dir, n)) // another console may have been faster
	}
}

// Close writes what is queued and ends the writer.
func (f *ladderFiles) Close() error {
	f.mu.Lock()
	if !f.closed {
		f.closed = true
		close(f.wake)
	}
	f.mu.Unlock()
	<-f.done
	return nil
}

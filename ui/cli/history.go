package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"

	"cordpair/model/journal"
	"cordpair/ui"
)

// historyName is the history's file under the state folder, historySize how far
// it grows before it is put aside: room for more entries than are shown, each
// written about three times.
const (
	historyName = "history.jsonl"
	historySize = 16 << 20
)

// historyFile is the console's journal on disk, a line an entry as it happens.
// What Append was given is handed to the system line by line, so that a kill
// loses what has not been written yet and nothing else. Several consoles may
// share a file.
type historyFile struct {
	file *rollingFile
	log  *slog.Logger

	mu     sync.Mutex
	queue  []journal.Entry
	closed bool
	wake   chan struct{} // capacity 1
	done   chan struct{}
}

var _ ui.Journal = (*historyFile)(nil)

// openHistory starts the writer; Close ends it and waits.
func openHistory(path string, log *slog.Logger) *historyFile {
	h := &historyFile{file: &rollingFile{path: path, most: historySize, keep: 1}, log: log,
		wake: make(chan struct{}, 1), done: make(chan struct{})}
	go h.run() // ends when Close has been called and all is written; Close waits for it
	return h
}

// Load reads what is there, the part put aside first. A file that does not
// exist is an empty history.
func (h *historyFile) Load() ([]journal.Entry, error) {
	book := journal.NewBook(ui.HistoryLimit)
	for _, path := range []string{h.file.aside(1), h.file.path} {
		if err := readHistory(book, path, h.log); err != nil {
			return book.Entries(), err
		}
	}
	return book.Entries(), nil
}

func readHistory(book *journal.Book, path string, log *slog.Logger) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	defer f.Close()
	lines, damaged, err := book.Read(f)
	if damaged > 0 {
		log.Warn("history has damaged lines, they are left out", "file", path, "lines", lines, "damaged", damaged)
	}
	return err
}

// Append queues an entry.
func (h *historyFile) Append(e journal.Entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.queue = append(h.queue, e)
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// take hands the queue over; more is false once nothing can follow.
func (h *historyFile) take() (list []journal.Entry, more bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	list, h.queue = h.queue, nil
	return list, !h.closed
}

func (h *historyFile) run() {
	defer close(h.done)
	defer func() {
		if p := recover(); p != nil {
			h.log.Error("history writer panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	// What went before may have been cut off in the middle of a line.
	failed, begin := false, []byte{'\n'}
	for more := true; more; {
		<-h.wake
		var list []journal.Entry
		list, more = h.take()
		for _, e := range list {
			err := h.write(begin, e)
			if err == nil {
				begin = nil
			} else if !failed { // told once: the next would fail the same way
				failed = true
				h.log.Error("history cannot be written", keyErr, err)
			}
		}
	}
}

func (h *historyFile) write(begin []byte, e journal.Entry) error {
	line, err := journal.Encode(e)
	if err != nil {
		return err
	}
	_, err = h.file.Write(append(begin, line...))
	return err
}

// Close writes what is queued and ends the writer.
func (h *historyFile) Close() error {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.wake)
	}
	h.mu.Unlock()
	<-h.done
	return h.file.Close()
}

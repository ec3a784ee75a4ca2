package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// rollingFile is a log file that is put aside when it has grown: cordpair.log
// becomes cordpair.log.1, that becomes cordpair.log.2, and so on; the oldest
// goes. It is opened by the first write, so that a command with nothing to log
// leaves no trace. Several processes may write to one file: each line is one
// append, and whoever finds that another has put the file aside opens the new
// one. Safe for concurrent use; Close it.
type rollingFile struct {
	path string
	most int64 // bytes
	keep int   // files put aside

	mu   sync.Mutex
	file *os.File
	size int64
}

// open opens the file, and makes its folder.
func (r *rollingFile) open() error {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	r.file, r.size = f, info.Size()
	return nil
}

// check opens the file now, to tell early that it cannot be written.
func (r *rollingFile) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file != nil {
		return nil
	}
	return r.open()
}

func (r *rollingFile) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	if r.size > 0 && r.size+int64(len(line)) > r.most {
		if err := r.roll(); err != nil {
			return 0, err
		}
	}
	n, err := r.file.Write(line)
	r.size += int64(n)
	return n, err
}

// roll puts the file aside, unless another process has done so.
func (r *rollingFile) roll() error {
	mine, err := r.file.Stat()
	there, serr := os.Stat(r.path)
	ours := err == nil && serr == nil && os.SameFile(mine, there)
	if err := r.file.Close(); err != nil {
		return err
	}
	r.file = nil
	if ours {
		// A file that cannot be moved, since another program holds it, is
		// written on: a long log is better than none.
		r.shift()
	}
	return r.open()
}

func (r *rollingFile) shift() {
	if r.keep == 0 {
		_ = os.Remove(r.path)
		return
	}
	_ = os.Remove(r.aside(r.keep))
	for i := r.keep - 1; i >= 1; i-- {
		_ = os.Rename(r.aside(i), r.aside(i+1))
	}
	_ = os.Rename(r.path, r.aside(1))
}

func (r *rollingFile) aside(i int) string { return fmt.Sprintf("%s.%d", r.path, i) }

// Close ends the writing; a later Write opens the file again.
func (r *rollingFile) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}

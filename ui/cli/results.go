package cli

import (
	"errors"
	"io"
	"syscall"
)

// results is standard output. It remembers the first failure, so that no
// command exits with 0 whose results nobody got. It belongs to the command's
// goroutine.
type results struct {
	to  io.Writer
	err error
}

func (r *results) Write(p []byte) (int, error) {
	n, err := r.to.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// readerGone reports whether an error is that whoever read the results has
// gone, as head does: that is told by the exit code alone.
func (r *results) readerGone(err error) bool {
	return errors.Is(r.err, syscall.EPIPE) && errors.Is(err, r.err)
}

//go:build unix

package relay

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// lockFile locks a file for this process until it is closed. It returns errKept
// when another has it.
func lockFile(name string) (io.Closer, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errKept
		}
		return nil, err
	}
	return f, nil
}

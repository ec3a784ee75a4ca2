//go:build unix

package ui

import "golang.org/x/sys/unix"

// canSuspend reports whether a shell with job control has started us, which
// can wake us again. Who leads its session has none: the system ignores the
// stop there (POSIX, orphaned process groups), and Bubble Tea would wait for a
// wake-up that never comes.
func canSuspend() bool {
	session, err := unix.Getsid(0)
	return err == nil && session != unix.Getpgrp()
}

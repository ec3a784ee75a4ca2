//go:build !unix

package ui

// canSuspend reports that there is no job control.
func canSuspend() bool { return false }

// Package e2e drives the real binary from outside: SIPp and baresip at the SIP
// ends, tmux around the console, JSON lines from the one-shot commands. Its
// tests are behind the build tag thirdparty; with the tag a missing tool fails
// them.
//
//	go test -tags thirdparty ./ui/e2e
//
// Ownership: a test owns the programs that it starts and ends them by its
// cleanup; TestMain owns the binary.
//
// Decision: it imports nothing of ours but helpers for tests. What it knows of
// the console it reads from the screen.
package e2e

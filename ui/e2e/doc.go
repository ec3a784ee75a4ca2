// Package e2e drives the real binary from outside: SIPp and baresip at the SIP
// ends, tmux around the console, JSON lines from the one-shot commands. Its
// tests are behind the build tag thirdparty; with the tag a missing tool fails
// them.
//
//	go test -tags thirdparty ./ui/e2e
package e2e

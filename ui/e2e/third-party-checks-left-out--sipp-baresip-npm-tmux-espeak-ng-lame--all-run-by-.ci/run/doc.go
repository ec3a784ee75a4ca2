//go:build !thirdparty

// Package run has no code. Its import path is the last line of
//
//	go test ./...
//
// and says there what that command leaves out: go test shows nothing of a
// package that passes but its path. With the tag thirdparty, which .ci/run
// sets, nothing is left out, and so this package is not there.
//
// Left out are the checks against programs that Go alone does not have:
//
//   - relay/benchmark: the comparison with the official SDKs can be repeated
//   - relay/exchange/conformance: the official SDKs from npm and baresip
//     against the exchange, the README's programs among them
//   - relay/exchange/media: lame makes an MP3 of a recording
//   - relay/exchange/sip: SIPp and baresip against the SIP stack
//   - relay/relaytest/program: what starts SIPp and baresip for the others
//   - ui/e2e: the console in tmux, with SIPp and baresip at both ends; espeak-ng
//     speaks to them
//
// The list belongs to a test in ui/cli, which holds it, the README's and the
// path to the files that carry the tag and to the programs that .ci/run installs.
//
// Decision: a skipped test would say nothing either, unless asked with -v, and a
// failing one would be a lie. A path is always shown.
package run

// Package conformance runs third-party clients and phones against the real
// exchange, as its users do: the binary is built with the race detector and
// started on loopback, official SDKs come from npm by the lock file here, and
// the phones are baresip and SIPp.
//
// The tests need node, npm, sipp, baresip and espeak-ng, and the tag
// thirdparty:
//
//	go test -tags thirdparty ./relay/exchange/conformance
//
// A tool that is missing fails them.
//
// # What is covered
//
//   - @signalwire/realtime-api 3.13.0 and 4.2.1: testdata/connectSip.js, the
//     example of the SDK's own reference, unmodified, and what else their
//     programs do with calls. driver.js runs pieces of such programs.
//   - The Go and the Python SDK are not offered by the package registries that
//     the tests use. What is known of how they behave on the wire (RELAY
//     reference, columns Go and Py) is played by a small client in the test.
//   - The list "what a server must do" of the RELAY reference, item by item,
//     over a bare WebSocket.
//
// # Decisions
//
//   - Programs are written in the tests as users would write them; the driver
//     adds nothing to the SDK.
//   - Each test has an exchange of its own, so that tests run side by side and
//     a crash is blamed on the right one.
//   - Who hears whom is proven by content: each phone sends a tone of its own,
//     and speech is power that is in no tone.
package conformance

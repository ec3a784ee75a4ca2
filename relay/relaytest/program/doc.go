// Package program runs other people's programs for tests: SIPp, baresip, the
// binary itself, anything that is a child of the test.
//
// # What there is
//
//   - [Process] is a child that ends with its test: SIGTERM first, SIGKILL when
//     that does not help. All that it writes is kept and logged when the test
//     fails.
//   - [FreePorts] hands out ports, [Listening] asks who has one.
//   - [SIPp] is a SIPp with one call to make or to take, [Scenario] builds what
//     it plays.
//   - [Phone] is a baresip without a sound card: it plays a tone, records what
//     it hears and is worked through its control socket.
//   - [Exchange] is a running "cordpair exchange".
//
// # Decisions
//
//   - A child that has left is a failure at once, with what it wrote: no wait
//     goes on for somebody who is gone.
//   - Nobody binds a port to find out whether it is taken: the one who is about
//     to have it would lose it. The kernel's tables are read instead
//     (/proc/net, so Linux only). Ports are handed out from below the range
//     that the system gives to whoever asks for any, and none twice.
//   - Waits have a limit of [Patience], which nothing takes unless it is broken.
//
// # Ownership
//
// What a function starts ends by the cleanup of the test it was given. Methods
// that take a testing.TB may fail it and so belong to its goroutine; the rest is
// safe for concurrent use.
package program

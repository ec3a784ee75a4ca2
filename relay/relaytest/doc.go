// Package relaytest is a scripted RELAY server for tests. A Server answers as
// a server should unless a test tells it otherwise, keeps a journal of every
// frame in both directions, and makes faults on demand: it drops the link at a
// frame, falls silent, sends garbage, repeats itself.
//
// A World adds calls: it offers them, answers them and connects them to peers
// that behave by their name (busy, decline, noanswer, notfound, hangup).
//
// Ownership: whoever starts a Server closes it; New does so at the end of the
// test.
//
// Decisions: it is a server of its own and not the exchange, which would not
// misbehave to order. Everything listens on 127.0.0.1 with a free port.
package relaytest

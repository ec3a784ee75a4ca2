//go:build linux

// Command benchmark measures the RELAY client against the official SDKs: each
// is a process of its own that talks to one server process over loopback.
//
//	go run ./relay/benchmark serve -calls 1000 -events 200000 &
//	go run ./relay/benchmark client -url ws://127.0.0.1:7171
//	SDK=realtime-api-3 node relay/benchmark/peer.js ws://127.0.0.1:7171
//
// README.md beside it says how to repeat a comparison. What every client does,
// and prints as one JSON object: it connects; takes as many offered calls as
// the server has; counts the state events of those calls, 882 bytes each, in a
// handler; and sends requests one after another.
//
// Ownership: a client owns its process, so that memory and processor time are
// its own.
//
// Decision: the server only sends (package load). The exchange would be measured
// with it, and is the same for all.
package main

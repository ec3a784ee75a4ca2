// Package load is a RELAY server that does nothing but offer calls and send
// their events, as fast as they are read: what a client is measured against.
// It lets everybody in, keeps no state of a call, and answers every request
// with 200. Count is what such a client then does.
//
// Ownership: whoever starts a Server closes it; Close ends all connections and
// waits for them.
//
// Decision: every frame is made before the first client comes, so that what is
// measured is the reading.
package load

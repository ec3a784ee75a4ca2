// Package model says what a call is. It is pure: standard library only, no
// goroutines, no I/O, no clock but the one that each event carries.
//
// The center is Book, the fold of everything that happened: Apply takes one
// Event and returns the effects that it calls for. Attempt is the connectSip
// machine; its transition table is one literal. Cause is a verdict: who ended
// something, with which word and SIP code, and a plain sentence.
//
// Ownership: a Book and all that it hands out belong to one goroutine (in the
// console the Bubble Tea model, in the client its reader). Nothing here locks.
//
// Decisions:
//   - State is what the wire last said; Attempt.Wanted is what the operator
//     last said. Step returns the effects that close the gap, which settles an
//     answer that races a cancel.
//   - Events that come twice, late or out of order are legal: states only move
//     forward, and what cannot be applied is counted, never fatal.
//   - Enumerations are closed here; package relay maps the open vocabularies of
//     the wire onto them and keeps the raw word beside.
package model

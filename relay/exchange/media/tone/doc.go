// Package tone makes and finds test tones, so that a test can prove by
// content who hears whom: each side of a call sends its own frequency, and the
// other side looks for it.
//
// Ownership: a Sine belongs to the one who reads it; the rest is functions of
// their arguments.
//
// Decision: Detect names the loudest tone, Strength asks for one, because a mix
// has more than one.
package tone

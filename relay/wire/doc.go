// Package wire is the RELAY contract: JSON-RPC 2.0 frames, the names of
// methods and events, their parameters, and vocabularies that stay open to
// values a server adds later.
//
// Both sides of the link import it, the client (cordpair/relay) and the
// embedded exchange (cordpair/relay/exchange); neither imports the other. It
// does no I/O and holds no state, so every function is safe for concurrent
// use.
//
// Decisions:
//   - Fields that no struct names are kept in Extra, never lost: a frame that
//     is decoded and encoded again says the same thing.
//   - Decoding is forgiving (numeric ids, numeric result codes, both spellings
//     of a reason); encoding is strict (string ids, string codes, one
//     spelling), because official SDKs break on the other forms.
//   - Our own additions live under the name "cordpair" and are sent only to
//     clients that ask for them in their connect parameters.
package wire

// Package cli is the command line and the composition root: it reads flags,
// environment and the configuration file (package config) into typed
// configurations, starts the client, the exchange, the scripted people and the
// console, and maps what happened to an exit code.
//
// One file is one command. What all of them share is program: before a command
// runs, prepare reads the file and lays the flags over it, so that flag,
// environment, file and default have the same order everywhere. A command that
// is marked lenient works with a broken file too. The token of a profile goes
// to that profile's server and to no other.
//
// The log goes to a file under the state folder, put aside as it grows, and
// never to the terminal that the screen is on.
//
// Ownership: it is the only package that may import all others. Nothing in it
// outlives Main: every part is started under one context and closed in the
// reverse order.
//
// Decisions:
//   - Standard output carries results only (JSON with --json); everything meant
//     for a person who watches goes to standard error. Results that could not be
//     written are an error, never a killed process: a command whose reader has
//     gone still ends the calls that it began (results).
//   - What programs read is promised: the tags of the record types are the schema
//     that cordpair schema prints, and members are only ever added (outputs).
//   - Exit codes say who must act: 2 whoever typed it, 3 the network or the peer,
//     4 whoever keeps the credentials, 5 nobody knows yet (exits).
//   - Global flags are taken by every command, so that an alias may hold them;
//     flags that contradict each other are refused, not ignored (fits).
//   - The token of an exchange that runs here is in a file of that run, for its owner's
//     eyes only, so that other commands need none. No other file holds one.
package cli

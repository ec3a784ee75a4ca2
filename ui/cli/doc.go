// Package cli is the command line and the composition root: it reads flags and
// environment into typed configurations, starts the client, the exchange, the
// scripted people and the console, and maps what happened to an exit code.
//
// It is the only package that may import all others. Nothing in it outlives
// Main: every part is started under one context and closed in the reverse
// order.
//
// Standard output carries results only (JSON with --json); everything meant
// for a person who watches goes to standard error.
package cli

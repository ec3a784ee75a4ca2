// Command picture draws a captured terminal screen as an SVG, for the README:
//
//	tmux capture-pane -e -p | go run ./ui/e2e/picture -cols 120 > calls.svg
//
// It knows what tmux writes: text, line ends and SGR sequences.
//
// Ownership: it owns nothing; it reads to the end and writes once.
//
// Decision: text stays text in the picture, drawn cell by cell, so that it is
// sharp at any size and can be searched.
package main

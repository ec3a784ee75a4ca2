// Package journal keeps what became of calls and connects: the form of the
// records and nothing else. Who writes them, and where, is not its business;
// the package does no I/O of its own and its values are safe to copy.
//
// Decisions:
//   - One record a line: a checksum, a length, JSON. A line that was cut off by
//     a crash or a full disk is told from a whole one, and the lines around it
//     still count. A database would do the same with far more to build and to
//     ship: SQLite compiled to Go costs more time to build than all the rest.
//   - A record of the same ID replaces the earlier one. A call is written when
//     it begins and again when it ends, so that one that was up when the
//     program was killed is still there, without an end.
//   - A ladder (Trail) is a file of its own, of the same lines: it is read whole
//     or not at all, and the oldest can go without rewriting the others.
//   - A connect's request is stored as package model spells it, so that it can
//     be given again whole; a member added there needs no change here.
package journal

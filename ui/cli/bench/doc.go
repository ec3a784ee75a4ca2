// Package bench measures the program on the machine it runs on, through the
// code that the program itself runs: the client over a socket, the console's
// Update and View under Bubble Tea, the exchange with SIP phones and a program
// on the SDK. All of it is in one process on loopback and shares the processors
// with what it is measured against; the report says how many there are.
//
// Decision: each figure is measured several times, each time anew. The median is what to
// read, the lowest and the highest say how far to trust it.
//
// Ownership: Run starts everything and has ended it when it returns, also when its context
// ends. Nothing is written to disk and no user's configuration is read.
package bench

// Package people is the cast of the demo: scripted people, each a real SIP user
// agent with real RTP, all on one SIP stack and one media engine on loopback.
//
// They register at an exchange as any softphone does and behave by their name
// (see [Directory]); with [Config.Calling] some of them also call in. Nothing
// here knows the exchange from inside: they could call any SIP server that has
// a registrar.
//
// Ownership: each call is one goroutine of the SIP stack running a script from
// top to bottom. Close ends all calls and waits for everything.
//
// Decision: they are no mock inside the exchange. What works with them works
// with a phone, and a demo that breaks is a bug that phones meet too.
package people

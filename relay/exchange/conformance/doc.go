// Package conformance runs third-party clients and phones against the real
// exchange, as its users do: the binary is built with the race detector and
// started on loopback, official SDKs come from npm by the lock file here, and
// the phones are baresip and SIPp.
//
// The tests need node, npm, sipp, baresip, espeak-ng and lame, and the tag
// thirdparty:
//
//	go test -tags thirdparty ./relay/exchange/conformance
//
// A tool that is missing fails them.
//
// # What is covered
//
//   - @signalwire/realtime-api 3.13.0 and 4.2.1: testdata/connectSip.js, the
//     example of the SDK's own reference, unmodified, and what else their
//     programs do with calls. driver.js runs pieces of such programs.
//   - The Go and the Python SDK are not offered by the package registries that
//     the tests use. What is known of how they behave on the wire (RELAY
//     reference, columns Go and Py) is played by a small client in the test.
//   - The list "what a server must do" of the RELAY reference, item by item,
//     over a bare WebSocket.
//
// # Line by line
//
// Lines of SIP and where they are proven. SIPp checks what it is sent, the test
// what a program is told of it.
//
//	SIPp calls, is called                        TestSIPpCallsTheExchange, TestTheExchangeCallsSIPp
//	re-INVITE, UPDATE, hold by either side       the same
//	session timer: refresh by either side,
//	  422 and Min-SE both ways, expiry           the same
//	CANCEL, crossing a 200, a late 487           the same
//	3xx followed, and no further                 TestTheExchangeCallsSIPp
//	several answers behind a proxy               TestTheExchangeCallsSIPp
//	PRACK and 100rel, both ways                  both
//	DTMF by INFO, both ways                      both
//	REFER with NOTIFY                            TestTheExchangeCallsSIPp
//	retransmitted and merged INVITE              TestOneINVITEIsOneCall
//	401 and 407, trunk registered and called     TestTrunk
//	183 heard instead of ringback                TestRingback
//	Reason (Q.850) of a refusal and of a BYE     TestReasonIsKept
//	digest by UDP, TCP, TLS; PCMU, PCMA, G.722   TestSoftphones
//	Opus passed through, keys relayed, figures   TestSoftphones
//	a password known by its hash only            TestSoftphones
//	wrong password                               TestWrongPassword
//	two contacts of one user                     TestTwoPhonesOfOneUser
//	routes, 480 where nobody is, 404             TestRouting
//
// The parameters of connect:
//
//	codecs: order, default the caller's          TestCodecsOfBothLegs, TestConnectOptionsReachThePhone
//	a codec that the caller lacks: re-offer, 488 TestCodecsOfBothLegs
//	headers: X- only, no CR or LF                TestConnectOptionsReachThePhone, TestRefusedConnects
//	timeout                                      TestConnectWhileRinging
//	ringback: ringtone, WAV and MP3 from the web
//	  and from a file, speech, silence           TestRingback
//	  without a speech engine                    TestWithoutHelpers
//	max price: above, unknown rate               TestTrunk
//	prefixes of trunks, emergency numbers        TestTrunk, TestChecklist/24
//	session timeout                              TestTheExchangeCallsSIPp
//	call state URL: states, signature, retry     TestCallStates
//	webrtc refused                               TestRefusedConnects
//
// The methods:
//
//	answer, end and its reasons                  TestChecklist/22, TestHangupReasons
//	pass, 480 when all have passed               TestPass
//	dial: one by one, at once                    TestDial, TestChecklist/19, /23
//	connect, disconnect, while it rings too      TestConnectAndWhatFollows, TestConnectWhileRinging
//	play, pause, resume, stop, volume, loop      TestPlayback, TestChecklist/21
//	collect, play_and_collect                    TestWhatAProgramHears
//	record: WAV, MP3, no encoder                 TestRecording, TestTapAndRecord, TestWithoutHelpers
//	detect: digits, fax, machine                 TestWhatAProgramHears, TestDetectors
//	tap: RTP, WebSocket                          TestTap, TestTapAndRecord
//	send_digits: RFC 4733, INFO                  TestSendDigits, TestTheExchangeCallsSIPp
//	hold, unhold                                 TestTheExchangeCallsSIPp, TestSIPpCallsTheExchange
//	refer                                        TestTheExchangeCallsSIPp
//	join_conference, leave_conference            TestConference
//	the rest: refused by name                    TestChecklist/02, /10
//
// # Decisions
//
//   - Programs are written in the tests as users would write them; the driver
//     adds nothing to the SDK.
//   - Tests run side by side, most on an exchange of their own, so that a crash
//     is blamed on the right one; the rows of a table share one.
//   - Neither SIPp 3.6 nor baresip 1.0 knows digests of SHA-256: those, and
//     malformed messages, are left to the tests of package sip.
//   - Who hears whom is proven by content: each phone sends a tone of its own,
//     and speech is power that is in no tone.
package conformance

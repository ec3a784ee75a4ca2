package sip

import (
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"
)

func TestCallAnsweredAndHungUp(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		for _, who := range []string{"caller", "callee"} {
			t.Run(transport+" "+who, func(t *testing.T) {
				in := make(calls, 1)
				// A copy of the INVITE would be answered by a copy of the 180.
				callee, caller := listen(t, Config{Handler: in}), listen(t, Config{T1: patience})
				out, outEvents := call(t, caller, uriOf("bob", callee)+";transport="+transport, func(r *OutboundInvite) {
					r.Headers = []Header{{"X-Account", "42"}}
				})
				leg := in.next(t)
				inEvents := watch(t, leg)
				if err := leg.Ring(Header{"X-Ring", "1"}); err != nil {
					t.Fatal(err)
				}
				if got := await[Ringing](outEvents); got.Code != 180 || got.Phrase != "Ringing" {
					t.Errorf("ringing: %+v", got)
				}
				if err := leg.Progress([]byte(answer)); err != nil {
					t.Fatal(err)
				}
				if got := await[Progress](outEvents); string(got.SDP) != answer {
					t.Errorf("progress: %+v", got)
				}
				if err := leg.Answer([]byte(answer), Header{"X-Answer", "yes"}); err != nil {
					t.Fatal(err)
				}
				if got := await[Answered](outEvents); string(got.SDP) != answer {
					t.Errorf("answered: %+v", got)
				}
				await[Established](inEvents)
				checkAccessors(t, leg, out, transport)
				first, second, firstEvents, secondEvents := out, leg, outEvents, inEvents
				if who == "callee" {
					first, second, firstEvents, secondEvents = leg, out, inEvents, outEvents
				}
				first.End(EndReason{Code: 480, Phrase: `say "bye"`, Word: "hangup"})
				if got := await[Ended](firstEvents); got.By != Local || got.Word != "hangup" || got.Err != nil {
					t.Errorf("ended here: %+v", got)
				}
				got := await[Ended](secondEvents)
				if got.By != Remote || got.Code != 480 || got.Reason != `SIP;cause=480;text="say \"bye\""` {
					t.Errorf("ended there: %+v", got)
				}
				second.End(EndReason{})
				first.End(EndReason{})
				eventually(t, "legs forgotten", func() bool {
					a, _, _ := caller.sizes()
					b, _, _ := callee.sizes()
					return a+b == 0
				})
				if got := outEvents.names(); got != "Ringing Progress Answered Ended" {
					t.Errorf("caller saw %s", got)
				}
				if got := inEvents.names(); got != "Established Ended" {
					t.Errorf("callee saw %s", got)
				}
			})
		}
	}
}

func checkAccessors(t *testing.T, in, out *Leg, transport string) {
	t.Helper()
	if in.Direction() != Inbound || out.Direction() != Outbound || in.CallID() != out.CallID() || in.ID() == out.ID() {
		t.Error("direction, Call-ID or ID wrong")
	}
	if f := in.From(); f.Display != "Ann" || f.User != "ann" || f.Host != "example.com" || f.URI != "sip:ann@example.com" {
		t.Errorf("from: %+v", f)
	}
	if to := in.To(); to.User != "bob" {
		t.Errorf("to: %+v", to)
	}
	if x := in.XHeaders(); len(x) != 1 || x[0] != (Header{"X-Account", "42"}) {
		t.Errorf("x headers: %v", x)
	}
	if len(out.Headers()) < 8 || len(out.XHeaders()) != 1 {
		t.Errorf("headers sent: %v", out.Headers())
	}
	if string(in.RemoteSDP()) != offer || string(in.LocalSDP()) != answer || string(out.RemoteSDP()) != answer {
		t.Error("SDP wrong")
	}
	if got := strings.ToLower(in.Transport()); got != transport || !in.RemoteAddr().IsValid() {
		t.Errorf("transport %s from %v", got, in.RemoteAddr())
	}
	for _, l := range []*Leg{in, out} {
		if ts := l.Times(); ts.Created.IsZero() || ts.Ringing.IsZero() || ts.Answered.IsZero() || !ts.Ended.IsZero() {
			t.Errorf("times: %+v", ts)
		}
	}
	if !strings.HasPrefix(in.RequestURI(), "sip:bob@127.0.0.1:") {
		t.Errorf("request URI %s", in.RequestURI())
	}
}

func TestRefusals(t *testing.T) {
	for _, code := range []int{404, 480, 486, 488, 503, 603} {
		t.Run(phraseFor(code), func(t *testing.T) {
			in := make(calls, 1)
			callee, caller := listen(t, Config{Handler: in}), listen(t, Config{})
			_, events := call(t, caller, uriOf("bob", callee))
			leg := in.next(t)
			here := watch(t, leg)
			leg.End(EndReason{Code: code, ReasonHeader: "Q.850;cause=17"})
			got := await[Ended](events)
			if got.By != Remote || got.Code != code || got.Phrase != phraseFor(code) || got.Q850 != 17 || got.Err != nil {
				t.Errorf("caller: %+v", got)
			}
			if got := await[Ended](here); got.By != Local || got.Code != code {
				t.Errorf("callee: %+v", got)
			}
			if err := leg.Answer([]byte(answer)); !errors.Is(err, ErrWrongState) {
				t.Errorf("answer after the end: %v", err)
			}
			if err := leg.Ring(); !errors.Is(err, ErrWrongState) {
				t.Errorf("ring after the end: %v", err)
			}
		})
	}
}

func TestRingTimeoutCancels(t *testing.T) {
	in := make(calls, 1)
	callee, caller := listen(t, Config{Handler: in}), listen(t, Config{})
	out, events := call(t, caller, uriOf("bob", callee), func(r *OutboundInvite) { r.Timeout = time.Hour })
	leg := in.next(t)
	here := watch(t, leg)
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	await[Ringing](events)
	out.ringExpired()
	if got := await[Ended](events); got.By != Local || !got.TimedOut || got.Code != 487 || got.Err != nil {
		t.Errorf("caller: %+v", got)
	}
	if got := await[Ended](here); got.By != Remote || got.Code != 487 {
		t.Errorf("callee: %+v", got)
	}
}

func TestCancelWhileRinging(t *testing.T) {
	in := make(calls, 1)
	callee, caller := listen(t, Config{Handler: in}), listen(t, Config{})
	out, events := call(t, caller, uriOf("bob", callee))
	leg := in.next(t)
	here := watch(t, leg)
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	await[Ringing](events)
	out.End(EndReason{ReasonHeader: `SIP;cause=200;text="Call completed elsewhere"`, Word: "cancel"})
	if got := await[Ended](events); got.By != Local || got.Code != 487 || got.TimedOut || got.Word != "cancel" {
		t.Errorf("caller: %+v", got)
	}
	if got := await[Ended](here); got.By != Remote || got.Code != 487 || !strings.Contains(got.Reason, "elsewhere") {
		t.Errorf("callee: %+v", got)
	}
}

func TestEventsBeforeNotifyAreKept(t *testing.T) {
	callee := listen(t, Config{Handler: HandlerFunc(func(l *Leg) { l.End(EndReason{Code: 486}) })})
	caller := listen(t, Config{})
	l, err := caller.Invite(OutboundInvite{From: "sip:ann@example.com", To: uriOf("bob", callee), SDP: []byte(offer)})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "leg ended", func() bool { return !l.Times().Ended.IsZero() })
	if got := await[Ended](watch(t, l)); got.Code != 486 {
		t.Errorf("%+v", got)
	}
}

func TestHandlerPanicRefusesTheCall(t *testing.T) {
	callee := listen(t, Config{Handler: HandlerFunc(func(*Leg) { panic("boom") })})
	_, events := call(t, listen(t, Config{}), uriOf("bob", callee))
	if got := await[Ended](events); got.Code != 500 {
		t.Errorf("%+v", got)
	}
}

func TestCloseEndsLegs(t *testing.T) {
	in := make(calls, 2)
	callee, caller := listen(t, Config{Handler: in}), listen(t, Config{})
	_, up := call(t, caller, uriOf("bob", callee))
	if err := in.next(t).Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](up)
	_, early := call(t, caller, uriOf("bob", callee))
	ringing := watch(t, in.next(t))
	if err := callee.Close(); err != nil {
		t.Fatal(err)
	}
	if got := await[Ended](up); got.By != Remote {
		t.Errorf("established: %+v", got)
	}
	if got := await[Ended](early); got.Code != 503 {
		t.Errorf("early: %+v", got)
	}
	await[Ended](ringing)
	if _, err := callee.Invite(OutboundInvite{From: "sip:a@b", To: "sip:c@d", SDP: []byte(offer)}); !errors.Is(err, ErrClosed) {
		t.Errorf("invite on a closed stack: %v", err)
	}
}

func TestPortTakenIsDetectable(t *testing.T) {
	s := listen(t, Config{})
	_, err := Listen(t.Context(), Config{Addr: s.Addr().String()})
	if !addrInUse(err) {
		t.Errorf("want EADDRINUSE, got %v", err)
	}
	// The TCP port alone being taken counts too.
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	if _, err := Listen(t.Context(), Config{Addr: tcp.Addr().String()}); !addrInUse(err) {
		t.Errorf("want EADDRINUSE, got %v", err)
	}
}

func TestTrace(t *testing.T) {
	seen := make(chan Message, 64)
	callee := listen(t, Config{T1: patience, Handler: HandlerFunc(func(l *Leg) { l.End(EndReason{Code: 486}) })})
	caller := listen(t, Config{T1: patience, Trace: func(m Message) { seen <- m }})
	out, events := call(t, caller, uriOf("bob", callee))
	await[Ended](events)
	want := []string{"INVITE", "100 Trying", "486 Busy Here", "ACK"}
	for i, w := range want {
		m := <-seen
		if m.Summary != w || m.CallID != out.CallID() || m.Remote != callee.Addr() || m.Sent != (i == 0 || i == 3) {
			t.Errorf("message %d: %+v, want %s", i, m, w)
		}
	}
}

// A finished transaction stays for 32 s; the leg behind it must not.
func TestEndedLegsAreLetGo(t *testing.T) {
	in := make(calls, 1)
	callee, caller := listen(t, Config{Handler: in}), listen(t, Config{})
	out, leg := func() (weak.Pointer[Leg], weak.Pointer[Leg]) {
		out, events := call(t, caller, uriOf("bob", callee))
		leg := in.next(t)
		there := watch(t, leg)
		if err := leg.Answer([]byte(answer)); err != nil {
			t.Fatal(err)
		}
		await[Answered](events)
		out.End(EndReason{})
		await[Ended](there)
		return weak.Make(out), weak.Make(leg)
	}()
	eventually(t, "legs collected", func() bool {
		runtime.GC()
		return out.Value() == nil && leg.Value() == nil
	})
}

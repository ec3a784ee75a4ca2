package exchange

import (
	"slices"
	"strings"
	"testing"

	"cordpair/relay/exchange/media/tone"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// join puts the caller into a conference and returns its id.
func (d *desk) join(name string, edit ...func(*wire.JoinConferenceParams)) string {
	d.c.t.Helper()
	p := wire.JoinConferenceParams{CallRef: wire.CallRef{CallID: d.a}, Name: name, Beep: "false"}
	for _, e := range edit {
		e(&p)
	}
	var r wire.StartedResult
	if err := wire.Decode(d.c.request(wire.MethodJoinConference, p).Result, &r); err != nil || r.Code != wire.CodeOK || r.ConferenceID == "" {
		d.c.t.Fatalf("%+v %v", r, err)
	}
	return r.ConferenceID
}

// conference are the states of a conference that a client was told, each with
// the name of its call.
func (c *client) conference(names map[string]string) []string {
	var list []string
	for _, e := range bodies(c, wire.EventConference, func(wire.ConferenceEvent) bool { return true }) {
		list = append(list, strings.TrimSpace(e.Status+" "+names[e.CallID]))
	}
	return list
}

// hearsOf waits for the last of what a conference is to tell.
func (c *client) hearsOf(names map[string]string, want []string) {
	c.t.Helper()
	eventually(c.t, "all of the conference", func() bool { return len(c.conference(names)) >= len(want) })
	if got := c.conference(names); !slices.Equal(got, want) {
		c.t.Errorf("%q", got)
	}
}

// hearsBoth waits until a phone hears two tones at once.
func (k *talk) hearsBoth(one, other float64) {
	k.t.Helper()
	eventually(k.t, "two tones", func() bool {
		k.ear.mu.Lock()
		pcm := append([]int16(nil), k.ear.pcm...)
		k.ear.mu.Unlock()
		return len(pcm) == earful && tone.Strength(pcm, 8000, one) > 0.2 && tone.Strength(pcm, 8000, other) > 0.2
	})
}

// TestConference: three phones hear each other and not themselves; who leaves
// hears nothing and stays up.
func TestConference(t *testing.T) {
	x := start(t)
	a, b, c := answeredCall(t, x), answeredCall(t, x), answeredCall(t, x)
	names := map[string]string{a.a: "a", b.a: "b", c.a: "c"}
	id := a.join("room")
	for _, d := range []*desk{b, c} {
		if got := d.join("room"); got != id {
			t.Errorf("another conference: %s", got)
		}
	}
	a.caller.sings(440)
	b.caller.sings(700)
	c.caller.sings(1000)
	a.caller.hearsBoth(700, 1000)
	b.caller.hearsBoth(440, 1000)
	if r := a.connectTo("sip:x@127.0.0.1:9"); r.Code != wire.CodeConflict {
		t.Errorf("connect in a conference: %+v", r)
	}
	leave := wire.LeaveConferenceParams{CallRef: wire.CallRef{CallID: c.a}, ConferenceID: "x"}
	if r := c.c.command(wire.MethodLeaveConference, leave); r.Code != wire.CodeNotFound {
		t.Errorf("%+v", r)
	}
	leave.ConferenceID = id
	c.c.must(wire.MethodLeaveConference, leave)
	c.caller.hearsNothing()
	a.caller.hears(700)
	b.caller.leg.End(sip.EndReason{})
	b.c.state(b.a, wire.CallEnded)
	a.c.must(wire.MethodLeaveConference, wire.LeaveConferenceParams{CallRef: wire.CallRef{CallID: a.a}, ConferenceID: id})
	want := []string{"conference-start", "participant-join a", "participant-join b", "participant-join c",
		"participant-leave c", "participant-leave b", "participant-leave a", "conference-end"}
	a.c.hearsOf(names, want)
	if got := c.c.conference(names); !slices.Equal(got, want[3:5]) {
		t.Errorf("%q", got)
	}
	got := b.c.labels(map[string]string{b.a: "b"})
	if last := got[len(got)-1]; last != "b ended hangup" {
		t.Errorf("after its end: %q", got)
	}
	x.rooms.mu.Lock()
	defer x.rooms.mu.Unlock()
	if len(x.rooms.byName) != 0 {
		t.Errorf("%d rooms left", len(x.rooms.byName))
	}
}

// TestConferenceWaits: who may not start it hears music until somebody comes
// who may, and all go when the host does.
func TestConferenceWaits(t *testing.T) {
	x := start(t)
	guest, host := answeredCall(t, x), answeredCall(t, x)
	no := false
	guest.join("room", func(p *wire.JoinConferenceParams) { p.StartOnEnter, p.WaitURL = &no, musicFile(t, 600) })
	guest.caller.hears(600)
	host.join("room", func(p *wire.JoinConferenceParams) { p.EndOnExit = true })
	host.caller.sings(1000)
	guest.caller.hears(1000)
	host.caller.leg.End(sip.EndReason{})
	host.c.state(host.a, wire.CallEnded)
	guest.caller.hearsNothing()
	names := map[string]string{guest.a: "guest", host.a: "host"}
	want := []string{"participant-join guest", "conference-start", "participant-join host", "participant-leave host", "participant-leave guest", "conference-end"}
	guest.c.hearsOf(names, want)
	guest.join("room") // its seat is free again
}

func TestConferenceMutedAndFull(t *testing.T) {
	x := start(t)
	a, b := answeredCall(t, x), answeredCall(t, x)
	a.join("room", func(p *wire.JoinConferenceParams) { p.Muted = true })
	b.join("room")
	a.caller.sings(440)
	b.caller.hearsNothing()
	c := answeredCall(t, x)
	for name, tc := range map[string]struct {
		p    wire.JoinConferenceParams
		code wire.ResultCode
	}{
		"full":    {wire.JoinConferenceParams{Name: "room", MaxParticipants: 2}, wire.CodeBusy},
		"no name": {wire.JoinConferenceParams{}, wire.CodeBad},
		"beep":    {wire.JoinConferenceParams{Name: "r", Beep: "loud"}, wire.CodeBad},
		"size":    {wire.JoinConferenceParams{Name: "r", MaxParticipants: 251}, wire.CodeBad},
	} {
		tc.p.CallID = c.a
		if r := c.c.command(wire.MethodJoinConference, tc.p); r.Code != tc.code {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := a.c.command(wire.MethodJoinConference, wire.JoinConferenceParams{CallRef: wire.CallRef{CallID: a.a}, Name: "other"}); r.Code != wire.CodeConflict {
		t.Errorf("two at once: %+v", r)
	}
	a.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: a.a}})
}

// TestTransfer: an answered call goes to a consumer of another context, who
// takes it as a new one.
func TestTransfer(t *testing.T) {
	x := start(t)
	d := answeredCall(t, x)
	other, third := connect(t, x, receiving("Sales")), connect(t, x, receiving("sales"))
	p := wire.TransferParams{CallRef: wire.CallRef{CallID: d.a}, Dest: "context:nobody"}
	if r := d.c.command(wire.MethodTransfer, p); r.Code != wire.CodeNotFound {
		t.Errorf("%+v", r)
	}
	for dest, code := range map[string]wire.ResultCode{"": "400", "https://x/y": "403", `{"sections":{}}`: "403", "context:a b": "400"} {
		p.Dest = dest
		if r := d.c.command(wire.MethodTransfer, p); r.Code != code {
			t.Errorf("%q: %+v", dest, r)
		}
	}
	p.Dest = "context:sales"
	d.c.must(wire.MethodTransfer, p)
	eventually(t, "offered", func() bool {
		if len(other.all()) == 0 {
			other, third = third, other
		}
		return len(other.all()) > 0
	})
	e := other.receive()
	if e.call.CallID != d.a || !strings.EqualFold(e.call.Context, "sales") || e.call.CallState != wire.CallCreated {
		t.Errorf("%+v", e.call)
	}
	other.must(wire.MethodPass, wire.CallRef{CallID: d.a})
	third.receive()
	third.must(wire.MethodAnswer, wire.CallRef{CallID: d.a})
	third.state(d.a, wire.CallAnswered)
	if r := third.command(wire.MethodAnswer, wire.CallRef{CallID: d.a}); r.Code != wire.CodeConflict {
		t.Errorf("answered twice: %+v", r)
	}
	third.must(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "p", Play: ringtone("fr", 600)})
	d.caller.hears(440)
	d.caller.leg.End(sip.EndReason{})
	eventually(t, "gone", func() bool { _, f := x.reg.call(d.a); return f != nil })
	if got := d.c.labels(map[string]string{d.a: "A"}); !slices.Equal(got, []string{"receive A", "A ringing", "A answered"}) {
		t.Errorf("who transferred it is told of it: %q", got)
	}
}

// TestTransferToNobody: the last consumer passes, and the caller is let go.
func TestTransferToNobody(t *testing.T) {
	x := start(t)
	d := answeredCall(t, x)
	other := connect(t, x, receiving("sales"))
	d.c.must(wire.MethodTransfer, wire.TransferParams{CallRef: wire.CallRef{CallID: d.a}, Dest: "context:sales"})
	other.receive()
	other.must(wire.MethodPass, wire.CallRef{CallID: d.a})
	if e := awaitSIP[sip.Ended](d.caller); e.By != sip.Remote || !strings.Contains(e.Reason, "480") {
		t.Errorf("%+v", e)
	}
}

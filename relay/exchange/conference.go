package exchange

import (
	"slices"

	"github.com/google/uuid"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// RELAY's bounds of a conference.
const (
	maxSeats = 250
	maxName  = 128
)

// joinCmd is calling.join_conference.
type joinCmd struct{ wire.JoinConferenceParams }

func (m joinCmd) ref() wire.CallRef { return m.CallRef }

func (m joinCmd) check(x *Exchange) *failure {
	var more struct {
		Coach string `json:"coach"`
	}
	_ = wire.Decode(m.Extra, &more) // what is not there, or no text, is no coach
	switch {
	case m.Name == "" || len(m.Name) > maxName:
		return bad("name is missing, or longer than %d", maxName)
	case !slices.Contains([]string{"", "true", "false", "onEnter", "onExit"}, m.Beep):
		return bad("beep %.20q is not known: use true, false, onEnter or onExit", m.Beep)
	case m.MaxParticipants < 0 || m.MaxParticipants > maxSeats:
		return bad("max_participants must be 1 to %d", maxSeats)
	case m.Record != "" && m.Record != "do-not-record":
		return &failure{unoffered, "record: this exchange does not record conferences: record the calls in it"}
	case more.Coach != "":
		return &failure{unoffered, "coach: this exchange has no coaching in conferences: cordpair.monitor whispers to a connected call"}
	case m.WaitURL == "":
		return nil
	}
	return checkPlaylist("wait_url", m.music())
}

// music is what a member hears while the conference has not started.
func (m joinCmd) music() media.Playlist {
	return media.Playlist{Media: []media.Media{media.Audio{URL: m.WaitURL}}, Loop: media.LoopForever}
}

func (m joinCmd) do(c *call, req *request) {
	switch {
	case !c.sound.started || c.answered.IsZero():
		req.fail(conflict("call is not answered: there is no sound yet"))
		return
	case c.seat != nil:
		req.fail(conflict("call is in the conference %.60q: leave it first", c.seat.room.name))
		return
	case c.peer != nil || c.connecting != nil || c.linked:
		req.fail(conflict("call is connected: disconnect its peer first"))
		return
	}
	s := &seat{
		call: c, id: c.ref(), stream: c.sound.stream, followers: c.followers, muted: m.Muted,
		starts: m.StartOnEnter == nil || *m.StartOnEnter, ends: m.EndOnExit,
		beepIn: m.Beep != "false" && m.Beep != "onExit", beepOut: m.Beep != "false" && m.Beep != "onEnter",
	}
	if m.WaitURL != "" {
		s.music = m.music()
	}
	if f := c.x.rooms.join(m.Name, orInt(m.MaxParticipants, maxSeats), s, func(id string) {
		req.result(wire.StartedResult{ConferenceID: id,
			Result: wire.Result{Code: wire.CodeOK, Message: "Joining conference", CallID: c.id}})
	}); f != nil {
		req.fail(f)
		return
	}
	c.seat = s
}

func orInt(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}

// leaveCmd is calling.leave_conference.
type leaveCmd struct{ wire.LeaveConferenceParams }

func (m leaveCmd) ref() wire.CallRef { return m.CallRef }

func (m leaveCmd) check(*Exchange) *failure {
	if m.ConferenceID == "" {
		return bad("conference_id is missing")
	}
	return nil
}

func (m leaveCmd) do(c *call, req *request) {
	if c.seat == nil || c.seat.room.id != m.ConferenceID {
		req.fail(&failure{wire.CodeNotFound, "call is not in that conference"})
		return
	}
	req.ok("Leaving conference", c.id, "")
	c.leaveConference()
}

// leaveConference takes the call out of its conference, if it is in one.
func (c *call) leaveConference() {
	if s := c.seat; s != nil {
		c.seat, c.room = nil, nil
		c.x.rooms.leave(s)
		c.tuneMonitor()
	}
}

// meets takes who is in the conference now.
func (c *call) meets(m msgRoom) {
	if c.seat == m.seat {
		c.room = m.in
		c.tuneMonitor()
	}
}

// sentOut takes the end of a conference.
func (c *call) sentOut(s *seat) {
	if c.seat == s {
		c.seat, c.room = nil, nil
		c.tuneMonitor()
	}
}

// newConferenceID is told to clients; a name that is used again is another
// conference.
func newConferenceID() string { return uuid.NewString() }

package exchange

import (
	"slices"
	"sync"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// rooms are the conferences that have members. Safe for concurrent use: it is
// called by the actors of many calls. Events are told under its lock, so that
// all clients see one order; telling never waits.
type rooms struct {
	x *Exchange

	mu     sync.Mutex
	byName map[string]*room
}

type room struct {
	id, name string
	mix      *media.Conference
	seats    []*seat
	started  bool
}

// seat is a call in a room. It belongs to rooms from join to leave.
type seat struct {
	call      *call
	id        wire.CallRef
	stream    *media.Stream
	followers []*session
	music     media.Playlist // while the room has not started
	muted     bool
	starts    bool
	ends      bool
	beepIn    bool
	beepOut   bool

	room    *room
	member  *media.Member   // in the mix
	waiting *media.Playback // or hearing the music
}

func newRooms(x *Exchange) *rooms { return &rooms{x: x, byName: map[string]*room{}} }

// join gives a call a seat; joined is called before anything is told.
func (r *rooms) join(name string, most int, s *seat, joined func(id string)) *failure {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.byName[name]
	if m == nil {
		m = &room{id: newConferenceID(), name: name, mix: r.x.engine.NewConference()}
	}
	if len(m.seats) >= most {
		return &failure{wire.CodeBusy, "the conference is full"}
	}
	start := !m.started && s.starts
	s.room = m
	if m.started || start {
		if err := s.enter(); err != nil {
			return mediaFailure(err)
		}
	} else if len(s.music.Media) > 0 {
		play, err := s.stream.Play(s.music)
		if err != nil {
			return mediaFailure(err)
		}
		s.waiting = play
	}
	r.byName[name] = m
	m.seats = append(m.seats, s)
	joined(m.id)
	if start {
		r.start(m)
	}
	r.tell(m, s, wire.ConferenceJoin)
	r.introduce(m)
	return nil
}

// introduce lets each seat's call know who is in, for its monitor.
func (r *rooms) introduce(m *room) {
	var in []*media.Stream
	for _, s := range m.seats {
		if s.member != nil {
			in = append(in, s.stream)
		}
	}
	for _, s := range m.seats {
		s.call.post(msgRoom{s, in})
	}
}

// start lets in those who wait.
func (r *rooms) start(m *room) {
	m.started = true
	r.tell(m, nil, wire.ConferenceStart)
	for _, s := range m.seats {
		if s.member != nil {
			continue
		}
		if s.waiting != nil {
			s.waiting.Stop()
			s.waiting = nil
		}
		if err := s.enter(); err != nil {
			s.call.log.Warn("not let into the conference", "err", err) // its stream is closing; it leaves next
		}
	}
}

// enter puts a seat into the mix.
func (s *seat) enter() (err error) {
	s.member, err = s.room.mix.Join(s.stream, media.JoinOptions{Muted: s.muted, Beep: s.beepIn})
	return err
}

// leave gives a seat up. Where its holder ends the conference, all go.
func (r *rooms) leave(s *seat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := s.room
	if !slices.Contains(m.seats, s) {
		return // sent out at the same moment
	}
	r.takeOut(m, s)
	gone := []*seat{s}
	if s.ends {
		for _, other := range slices.Clone(m.seats) {
			r.takeOut(m, other)
			other.call.post(msgSentOut{other})
			gone = append(gone, other)
		}
	}
	if len(m.seats) > 0 {
		r.introduce(m)
		return
	}
	delete(r.byName, m.name)
	m.mix.Close()
	if m.started {
		r.tell(m, nil, wire.ConferenceEnd, gone...)
	}
}

func (r *rooms) takeOut(m *room, s *seat) {
	switch {
	case s.member != nil && s.beepOut:
		s.member.LeaveWithBeep()
	case s.member != nil:
		s.member.Leave()
	case s.waiting != nil:
		s.waiting.Stop()
	}
	m.seats = slices.DeleteFunc(m.seats, func(o *seat) bool { return o == s })
	r.tell(m, s, wire.ConferenceLeave)
}

// follow notes who is told of a seat's call from now on.
func (r *rooms) follow(s *seat, followers []*session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.followers = followers
}

// tell tells the clients of all members, and of the seats that it is about:
// one, or some that are gone.
func (r *rooms) tell(m *room, about *seat, status string, gone ...*seat) {
	var to []*session
	add := func(s *seat) {
		for _, f := range s.followers {
			if !slices.Contains(to, f) {
				to = append(to, f)
			}
		}
	}
	for _, s := range append(slices.Clone(m.seats), gone...) {
		add(s)
	}
	e := wire.ConferenceEvent{
		CallRef: wire.CallRef{NodeID: r.x.node}, ConferenceID: m.id, Name: m.name, Status: status, Size: len(m.seats),
	}
	if about != nil {
		add(about)
		e.CallRef, e.Muted, e.EndOnExit = about.id, about.muted, about.ends
	}
	r.x.tell(to, wire.EventConference, "", e)
}

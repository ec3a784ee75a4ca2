package people

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// person is one of the cast: who they are and how they take a call. late and
// hangup are in seconds.
type person struct {
	user, name, about string
	take              func(*People, *visit)
}

const (
	unreachable = "unreachable"
	ringFor     = time.Second // how long those ring who answer
)

// cast is everybody who registers.
var cast = []person{
	{"alice", "Alice", "answers after a second and talks", talks(ringFor, 0)},
	{"bob", "Bob", "answers after a second and talks", talks(ringFor, 0)},
	{"carol", "Carol", "answers after a second and talks", talks(ringFor, 0)},
	{"dave", "Dave", "answers after a second and talks", talks(ringFor, 0)},
	{"erin", "Erin Vale", "answers after a second and talks", talks(ringFor, 0)},
	{"frank", "Frank Osei", "answers after a second and talks", talks(ringFor, 0)},
	{"echo", "Echo", "answers at once and repeats what it hears", echoes},
	{"late2", "Late Two", "answers after 2 seconds", talks(2*time.Second, 0)},
	{"late5", "Late Five", "answers after 5 seconds", talks(5*time.Second, 0)},
	{"late10", "Late Ten", "answers after 10 seconds", talks(10*time.Second, 0)},
	{"hangup2", "Hangup Two", "answers at once, hangs up after 2 seconds", talks(0, 2*time.Second)},
	{"hangup5", "Hangup Five", "answers at once, hangs up after 5 seconds", talks(0, 5*time.Second)},
	{"busy", "Busy", "is busy (486)", refuses(486, "Busy Here")},
	{"decline", "Decline", "declines (603)", refuses(603, "Decline")},
	{"noanswer", "No Answer", "rings and never answers", rings},
	{"notfound", "Not Found", "is not there (404)", refuses(404, "Not Found")},
	{"picky", "Picky", "refuses every codec (488)", refuses(488, "Not Acceptable Here")},
	{unreachable, "Unreachable", "registered from a phone that is gone", refuses(480, "Temporarily Unavailable")},
}

// Directory describes everybody for the directory of the exchange.
func Directory(domain string) []wire.DirectoryEntry {
	var all []wire.DirectoryEntry
	for _, p := range cast {
		all = append(all, wire.DirectoryEntry{
			Address: "sip:" + p.user + "@" + domain, Name: p.name, Kind: "person", About: p.about,
		})
	}
	return all
}

// Names are the names under which they register and call, for an exchange that
// asks for credentials.
func Names() []string {
	var all []string
	for _, p := range cast {
		all = append(all, p.user)
	}
	for _, c := range callers([]string{"", ""}) {
		if !slices.Contains(all, c.user) {
			all = append(all, c.user)
		}
	}
	return all
}

// find is who answers to a user part: one of the cast, or a late or hangup of
// any number of seconds.
func find(user string) (person, bool) {
	user = strings.ToLower(user)
	for _, p := range cast {
		if p.user == user {
			return p, true
		}
	}
	if d, ok := secondsAfter(user, "late"); ok {
		return person{user: user, take: talks(d, 0)}, true
	}
	if d, ok := secondsAfter(user, "hangup"); ok {
		return person{user: user, take: talks(0, d)}, true
	}
	return person{}, false
}

func secondsAfter(user, word string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(user, word)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(rest, 10, 16)
	return time.Duration(n) * time.Second, err == nil
}

// talks rings, answers and talks until the other side hangs up, or for a time.
func talks(ring, talk time.Duration) func(*People, *visit) {
	return func(p *People, v *visit) {
		if v.leg.Ring() != nil || !v.wait(p.scaled(ring)) {
			return
		}
		if !p.answer(v) {
			return
		}
		v.stream.SetSource(newVoice(v.person))
		if talk == 0 {
			v.untilEnded()
			return
		}
		v.wait(p.scaled(talk))
	}
}

// refuses answers with a final response at once.
func refuses(code int, phrase string) func(*People, *visit) {
	return func(_ *People, v *visit) { v.leg.End(sip.EndReason{Code: code, Phrase: phrase}) }
}

// rings for ever.
func rings(_ *People, v *visit) {
	if v.leg.Ring() == nil {
		v.untilEnded()
	}
}

// echoes sends back what it hears.
func echoes(p *People, v *visit) {
	if v.leg.Ring() != nil || !p.answer(v) {
		return
	}
	e := &echo{}
	v.stream.Tap(e.hear)
	v.stream.SetSource(e)
	v.untilEnded()
}

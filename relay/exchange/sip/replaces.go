package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// ReplaceHandler may be implemented by a [Handler] that can let a new call take
// the place of a running one (RFC 3891). Without it Replaces is not announced,
// not obeyed, and refused where it is required.
//
// Replace is called instead of Invite, in the same way. [Leg.Answer] on fresh
// ends old, whose Ended.Word is then "replaced"; refusing fresh leaves old as it is.
type ReplaceHandler interface {
	Handler
	Replace(old, fresh *Leg)
}

// Replaces names a dialog, as seen by the one who is asked to give it up
// (RFC 3891 §6.1): ToTag is the tag on its own side.
type Replaces struct {
	CallID, ToTag, FromTag string
	EarlyOnly              bool
}

// String is the header's value.
func (r Replaces) String() string {
	v := r.CallID + ";to-tag=" + r.ToTag + ";from-tag=" + r.FromTag
	if r.EarlyOnly {
		v += ";early-only"
	}
	return v
}

func (r Replaces) valid() bool {
	return r.CallID != "" && r.ToTag != "" && r.FromTag != "" &&
		!strings.ContainsAny(r.CallID+r.ToTag+r.FromTag, ";,<>\" \t\r\n") && isTextValue(r.String())
}

func parseReplaces(v string) (Replaces, bool) {
	fields := strings.Split(v, ";")
	r := Replaces{CallID: strings.TrimSpace(fields[0])}
	for _, f := range fields[1:] {
		name, val, _ := strings.Cut(strings.TrimSpace(f), "=")
		switch strings.ToLower(name) {
		case "to-tag":
			r.ToTag = val
		case "from-tag":
			r.FromTag = val
		case "early-only":
			r.EarlyOnly = true
		}
	}
	return r, r.valid()
}

// Dialog names the leg's dialog as its peer sees it, to let somebody else
// replace it there; the zero value before there is one.
func (l *Leg) Dialog() Replaces {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dlg.remoteTag == "" {
		return Replaces{}
	}
	return Replaces{CallID: l.dlg.callID, ToTag: l.dlg.remoteTag, FromTag: l.dlg.localTag}
}

// Find returns the leg of this stack whose dialog is named, or nil. RFC 3891 §3.
func (s *Stack) Find(r Replaces) *Leg {
	s.mu.Lock()
	l := s.legs[legKey(r.CallID, r.ToTag)]
	s.mu.Unlock()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dlg.remoteTag != r.FromTag {
		return nil
	}
	return l
}

// replaced finds the leg that an INVITE is to replace (RFC 3891 §3); nil for
// none. A code that is not 0 refuses the INVITE.
func (s *Stack) replaced(req *sip.Request) (*Leg, refusalTo) {
	hs := req.GetHeaders("Replaces")
	if _, ok := s.cfg.Handler.(ReplaceHandler); !ok || len(hs) == 0 {
		return nil, refusalTo{}
	}
	r, ok := parseReplaces(hs[0].Value())
	if !ok || len(hs) > 1 {
		return nil, refusalTo{400, "Bad Replaces", nil}
	}
	l := s.Find(r)
	if l == nil {
		return nil, refusalTo{481, phraseFor(481), nil}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.phase == phaseDown:
		return nil, refusalTo{603, phraseFor(603), nil}
	case l.phase == phaseEarly && l.dir == Inbound: // not ours to give away
		return nil, refusalTo{481, phraseFor(481), nil}
	case l.phase != phaseEarly && r.EarlyOnly:
		return nil, refusalTo{486, phraseFor(486), nil}
	}
	return l, refusalTo{}
}

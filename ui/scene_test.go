package ui

import (
	"time"

	"cordpair/model"
)

// The scenes that golden screens and other tests start from.

func (r *rig) empty() *rig { return r.happen(linkUp(ago(60)), contacts()) }

// several is a desk at work: a call that rings, one that talks, one that waits
// and one that has ended.
func (r *rig) several() *rig {
	r.empty()
	r.happen(call("e1aa0001", carol, model.Created, 185.0, model.Ringing, 185.0, model.Answered, 183.0, model.Ended, 19.0)...)
	r.happen(call("e1aa0002", globex, model.Created, 125.0, model.Ringing, 125.0, model.Answered, 121.5)...)
	r.happen(call("e1aa0003", erin, model.Created, 104.0, model.Ringing, 104.0, model.Answered, 101.9)...)
	r.happen(model.LegReported{At: ago(101.9), Call: "e1aa0003", Leg: model.LegReport{SIPCallID: "a@b", Remote: "127.0.0.1:5082",
		Transport: "UDP", Codec: "PCMU/8000", Code: 200, Phrase: "OK",
		HeadersReceived: []model.Header{{Name: "X-Account", Value: "8841"}, {Name: "X-Queue", Value: "support"}}}})
	r.talking("e1aa0003", "b0bb0001", bob)
	r.happen(call("e1aa0004", model.Address{Name: "Dana Whitfield", URI: "sip:dana@demo"}, model.Created, 7.0, model.Ringing, 7.0)...)
	r.selected = "e1aa0003"
	r.changed()
	return r
}

// ask connects the selected call as the form would.
func (r *rig) ask(id model.CallID, to model.Address) model.Tag {
	r.t.Helper()
	now := r.now
	r.now = ago(94)
	err := r.connect(id, model.ConnectRequest{From: "sip:operator@demo", To: to.URI, Codecs: []string{"PCMU", "PCMA"},
		Timeout: 30 * time.Second, Headers: []model.Header{{Name: "X-Account", Value: "8841"}},
		Ringback: model.Playlist{{Kind: model.Ringtone, Country: "us"}}})
	r.now = now
	if err != nil {
		r.t.Fatal(err)
	}
	return r.book.Call(id).Attempt.Tag
}

func (r *rig) ringing(id, peerID model.CallID, to model.Address) model.Tag {
	tag := r.ask(id, to)
	r.happen(
		connect(id, tag, peerID, to, model.ConnectConnecting, ago(93.9)),
		peer(peerID, id, tag, to, model.Created, ago(93.9)),
		peer(peerID, id, tag, to, model.Ringing, ago(93.6)))
	return tag
}

func (r *rig) talking(id, peerID model.CallID, to model.Address) model.Tag {
	tag := r.ringing(id, peerID, to)
	r.happen(
		peer(peerID, id, tag, to, model.Answered, ago(90)),
		model.LegReported{At: ago(90), Call: peerID, Leg: model.LegReport{SIPCallID: "c@d", Remote: "127.0.0.1:5090", Transport: "UDP",
			Codec: "PCMU/8000", Code: 200, Phrase: "OK", HeadersSent: []model.Header{{Name: "X-Account", Value: "8841"}}}},
		connect(id, tag, peerID, to, model.ConnectConnected, ago(90)))
	return tag
}

// failed ends the connect on a call with a SIP response.
func (r *rig) failed(id, peerID model.CallID, to model.Address, word string, code int, phrase, by string) *rig {
	tag := r.ringing(id, peerID, to)
	end := peer(peerID, id, tag, to, model.Ended, ago(74.8))
	end.Call.EndReason = word
	failed := connect(id, tag, peerID, to, model.ConnectFailed, ago(74.8))
	failed.Reason = word
	return r.happen(
		model.LegReported{At: ago(74.8), Call: peerID, Leg: model.LegReport{SIPCallID: "c@d", Remote: "127.0.0.1:5090", Transport: "UDP",
			Code: code, Phrase: phrase, EndedBy: by}},
		end, failed)
}

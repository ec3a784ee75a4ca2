package relay

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/wire"
)

func legReport(e *wire.LegEvent) model.LegReport {
	return model.LegReport{
		SIPCallID: model.Clean(e.SIPCallID), Remote: model.Clean(e.Remote), Transport: model.Clean(e.Transport),
		RequestURI: model.Clean(e.RequestURI), Codec: model.Clean(e.Codec),
		HeadersSent: modelHeaders(e.HeadersSent), HeadersReceived: modelHeaders(e.HeadersReceived),
		Code: e.SIPCode, Phrase: model.Clean(e.SIPPhrase), Reason: model.Clean(e.SIPReason),
		EndedBy: model.Clean(e.EndedBy), Text: model.Clean(e.Text),
	}
}

// snapshot decodes the reply to cordpair.calls.
func (d *decoder) snapshot(raw jsontext.Value, at time.Time) (model.Snapshot, error) {
	var body wire.CallsResult
	if err := wire.Decode(raw, &body); err != nil {
		return model.Snapshot{}, err
	}
	snap := model.Snapshot{At: at, Calls: make([]model.SnapshotCall, 0, len(body.Calls))}
	for i := range body.Calls {
		c := &body.Calls[i]
		sc := model.SnapshotCall{
			Call:       d.callInfo(&c.CallParams),
			Connect:    connectState(c.ConnectState),
			ConnectTag: clean[model.Tag](c.ConnectTag),
		}
		if c.Leg != nil {
			sc.Leg = legReport(c.Leg)
		}
		if c.Monitor != nil {
			if m, known := monitor(c.Monitor, at); known && m.State != model.MonitorOver {
				sc.Monitor = &m
			}
		}
		snap.Calls = append(snap.Calls, sc)
	}
	return snap, nil
}

func directory(body wire.DirectoryEvent, at time.Time) model.DirectoryChanged {
	ev := model.DirectoryChanged{At: at, Contacts: make([]model.Contact, 0, len(body.Entries))}
	for _, e := range body.Entries {
		a := model.LooseAddress(e.Address)
		if e.Name != "" {
			a.Name = model.Clean(e.Name)
		}
		ev.Contacts = append(ev.Contacts, model.Contact{
			Address: a, Kind: model.Clean(e.Kind), About: model.Clean(e.About), Online: e.Online,
		})
	}
	return ev
}

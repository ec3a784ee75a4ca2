package load

import (
	"fmt"
	"strings"

	"cordpair/relay/wire"
)

// Context is what the calls are offered in, and FrameBytes the size of one
// event, that of a real one.
const (
	Context    = "office"
	FrameBytes = 882
)

// frames are the offer and a state event of each call.
func frames(calls int) (offers, states [][]byte, err error) {
	for i := range calls {
		p := wire.CallParams{
			CallRef:   wire.CallRef{NodeID: "aaaaaaaa-0000-4000-8000-00000000node", CallID: fmt.Sprintf("%08d-0000-4000-8000-000000000003", i)},
			CallState: wire.CallCreated, Direction: wire.Inbound, Context: Context,
			Device: wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{From: "sip:desk@example.test", To: "sip:agent@pbx.example.test",
				Timeout: 20, Headers: []wire.Header{{Name: "X-Account", Value: "42"}}, Codecs: []string{"OPUS", "PCMU"}}},
			SegmentID: "00000000-0000-4000-8000-000000000008", ProjectID: "P", CreatedBy: "receive", StartTime: 1795378034000,
		}
		offer, err := padded(wire.EventCallReceive, i, p)
		if err != nil {
			return nil, nil, err
		}
		p.CallState, p.AnswerTime = wire.CallAnswered, 1795378036000
		state, err := padded(wire.EventCallState, i, p)
		if err != nil {
			return nil, nil, err
		}
		offers, states = append(offers, offer), append(states, state)
	}
	return offers, states, nil
}

func padded(kind string, i int, p wire.CallParams) ([]byte, error) {
	id := wire.ID(fmt.Sprintf("%08d-0000-4000-8000-000000000002", i))
	env := wire.EventParams{EventType: kind, EventChannel: "signalwire_", Timestamp: 1795378034.567,
		ProjectID: "bbbbbbbb-0000-4000-8000-0000project", SpaceID: "cccccccc-0000-4000-8000-000000space", Context: Context}
	frame, err := wire.EventFrame(id, env, p)
	if err != nil {
		return nil, err
	}
	env.EventChannel += strings.Repeat("x", max(0, FrameBytes-len(frame)))
	return wire.EventFrame(id, env, p)
}

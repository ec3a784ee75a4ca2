package relay

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"cordpair/model"
	"cordpair/relay/wire"
)

// encode turns a command into a RELAY method and its parameters. node names
// the server node of a call; requests repeat it.
func encode(cmd model.Command, node func(model.CallID) string) (method string, params any, err error) {
	ref := func(id model.CallID) wire.CallRef {
		return wire.CallRef{NodeID: node(id), CallID: string(id)}
	}
	switch c := cmd.(type) {
	case model.Answer:
		return wire.MethodAnswer, wire.AnswerParams{CallRef: ref(c.Call)}, nil
	case model.Pass:
		return wire.MethodPass, wire.AnswerParams{CallRef: ref(c.Call)}, nil
	case model.Disconnect:
		return wire.MethodCallDisconnect, wire.AnswerParams{CallRef: ref(c.Call)}, nil
	case model.Hangup:
		reason := wire.Reason(c.Reason)
		if reason == "" {
			reason = wire.ReasonHangup
		}
		return wire.MethodEnd, wire.EndParams{CallRef: ref(c.Call), Reason: reason}, nil
	case model.Connect:
		return wire.MethodCallConnect, wire.CallConnectParams{
			CallRef:           ref(c.Call),
			Tag:               string(c.Tag),
			Devices:           huntDevices(c.Request),
			Ringback:          mediaList(c.Request.Ringback),
			MaxPricePerMinute: c.Request.MaxPricePerMinute.USD(),
		}, nil
	case model.Dial:
		d, err := dialDevice(c)
		return wire.MethodDial, wire.DialParams{Tag: string(c.Tag), Devices: [][]wire.Device{{d}}}, err
	case model.Play:
		return wire.MethodPlay, wire.PlayParams{
			CallRef: ref(c.Call), ControlID: c.Control, Play: mediaList(c.Playlist), Volume: c.Volume,
		}, nil
	}
	return encodeOperation(cmd, ref)
}

// encodeOperation is encode for what is done to a leg that is up.
func encodeOperation(cmd model.Command, ref func(model.CallID) wire.CallRef) (method string, params any, err error) {
	switch c := cmd.(type) {
	case model.SendDigits:
		return wire.MethodSendDigits, wire.SendDigitsParams{CallRef: ref(c.Call), ControlID: c.Control, Digits: c.Digits}, nil
	case model.Hold:
		return wire.MethodHold, wire.AnswerParams{CallRef: ref(c.Call)}, nil
	case model.Unhold:
		return wire.MethodUnhold, wire.AnswerParams{CallRef: ref(c.Call)}, nil
	case model.Refer:
		return wire.MethodRefer, wire.ReferParams{CallRef: ref(c.Call), Device: wire.ReferDevice{Type: wire.DeviceSIP,
			Params: wire.ReferDeviceParams{To: addressURI(c.To)}}}, nil
	case model.Record:
		audio, err := RecordOptions{Stereo: true, Direction: "both", InitialTimeout: Off, EndSilenceTimeout: Off}.wire()
		return wire.MethodRecord, wire.RecordParams{CallRef: ref(c.Call), ControlID: c.Control, Record: wire.Record{Audio: audio}}, err
	case model.StopRecord:
		return wire.MethodRecordStop, wire.ControlParams{CallRef: ref(c.Call), ControlID: c.Control}, nil
	case model.StopPlay:
		return wire.MethodPlayStop, wire.ControlParams{CallRef: ref(c.Call), ControlID: c.Control}, nil
	case model.Join:
		return wire.MethodJoinConference, wire.JoinConferenceParams{CallRef: ref(c.Call), Name: c.Conference, Beep: "false", MaxParticipants: 2}, nil
	}
	return encodeCordpair(cmd, ref)
}

// named gives a command the ids that tie its events to it, where the giver
// left them out.
func named(cmd model.Command) model.Command {
	switch c := cmd.(type) {
	case model.Connect:
		if c.Tag == "" {
			c.Tag = newTag()
		}
		return c
	case model.Dial:
		if c.Tag == "" {
			c.Tag = newTag()
		}
		return c
	case model.Play:
		if c.Control == "" {
			c.Control = uuid.NewString()
		}
		return c
	case model.SendDigits:
		if c.Control == "" {
			c.Control = uuid.NewString()
		}
		return c
	case model.Record:
		if c.Control == "" {
			c.Control = uuid.NewString()
		}
		return c
	case model.Message:
		if c.Control == "" {
			c.Control = uuid.NewString()
		}
		return c
	}
	return cmd
}

func newTag() model.Tag { return model.Tag(uuid.NewString()) }

// validate finds what can be known to be wrong before anything is sent.
func validate(cmd model.Command) error {
	switch c := cmd.(type) {
	case model.Connect:
		return c.Request.Validate()
	case model.Dial:
		_, err := dialDevice(c)
		return err
	case model.Play:
		return checkPlay(c.Playlist, c.Volume)
	case model.SendDigits:
		return checkDigits(c.Digits, "0123456789*#ABCDwW")
	case model.Refer:
		_, err := model.ParseSIPAddress(c.To)
		return err
	case model.StartMonitor:
		_, err := monitorDevice(c.Phone)
		return err
	case model.Message:
		return checkMessage(c.Text)
	}
	return nil
}

// huntDevices makes a device of each target; the other parameters are the same
// for all.
func huntDevices(r model.ConnectRequest) [][]wire.Device {
	if !r.Several() {
		return [][]wire.Device{{connectDevice(r)}}
	}
	var plan [][]wire.Device
	for _, step := range r.Hunt() {
		var group []wire.Device
		for _, to := range step {
			r.To = to
			group = append(group, connectDevice(r))
		}
		plan = append(plan, group)
	}
	return plan
}

func connectDevice(r model.ConnectRequest) wire.Device {
	return wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{
		From:            addressURI(r.From),
		To:              addressURI(r.To),
		Timeout:         seconds(r.Timeout),
		Headers:         headers(r.Headers),
		Codecs:          r.Codecs,
		WebRTCMedia:     choice(r.WebRTCMedia),
		SessionTimeout:  seconds(r.SessionTimeout),
		CallStateURL:    r.CallStateURL,
		CallStateEvents: r.CallStateEvents,
	}}
}

// addressURI brings an address into the form RELAY wants: bob@demo becomes
// sip:bob@demo. What is no address goes as it is, for the server to refuse.
func addressURI(s string) string {
	if a, err := model.ParseAddress(s); err == nil {
		return a.URI
	}
	return s
}

// dialDevice chooses the kind of device by the address called.
func dialDevice(d model.Dial) (wire.Device, error) {
	to, err := model.ParseAddress(d.To)
	if err != nil {
		return wire.Device{}, fmt.Errorf("to: %w", err)
	}
	from, err := model.ParseAddress(d.From)
	if err != nil {
		return wire.Device{}, fmt.Errorf("from: %w", err)
	}
	dev := Device{From: from.URI, To: to.URI, Timeout: d.Timeout, Codecs: d.Codecs, Headers: d.Headers}
	if !to.IsSIP() {
		dev = Device{From: from.URI, To: to.URI, Timeout: d.Timeout}
	}
	if err := dev.check(); err != nil {
		return wire.Device{}, err
	}
	return dev.wire(), nil
}

// mediaList is never nil: RELAY wants an empty ringback written as [].
func mediaList(p model.Playlist) []wire.Media {
	list := make([]wire.Media, 0, len(p))
	for _, m := range p {
		list = append(list, media(m))
	}
	return list
}

func media(m model.Media) wire.Media {
	switch m.Kind {
	case model.Audio:
		return wire.Media{Type: wire.MediaAudio, Params: wire.MediaParams{URL: m.URL}}
	case model.Speech:
		return wire.Media{Type: wire.MediaTTS, Params: wire.MediaParams{
			Text: m.Text, Language: m.Language, Gender: m.Gender, Voice: m.Voice,
		}}
	case model.Silence:
		return wire.Media{Type: wire.MediaSilence, Params: wire.MediaParams{Duration: m.Duration.Seconds()}}
	}
	return wire.Media{Type: wire.MediaRingtone, Params: wire.MediaParams{Name: m.Country, Duration: m.Duration.Seconds()}}
}

func headers(list []model.Header) []wire.Header {
	out := make([]wire.Header, 0, len(list))
	for _, h := range list {
		out = append(out, wire.Header{Name: h.Name, Value: h.Value})
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func seconds(d time.Duration) int { return int(d / time.Second) }

func choice(c model.Choice) *bool {
	if c == model.Default {
		return nil
	}
	on := c == model.On
	return &on
}

package model

// The parameters of calling.connect as a document to copy, without the ids of
// a call.
type (
	codeDocument struct {
		Devices  [][]codeDevice `json:"devices"`
		Ringback []codeMedia    `json:"ringback,omitempty"`
		MaxPrice float64        `json:"max_price_per_minute,omitempty"`
	}
	codeDevice struct {
		Type   string     `json:"type"`
		Params codeParams `json:"params"`
	}
	codeParams struct {
		From           string       `json:"from"`
		To             string       `json:"to"`
		Timeout        float64      `json:"timeout,omitempty"`
		Headers        []codeHeader `json:"headers,omitempty"`
		Codecs         []string     `json:"codecs,omitempty"`
		WebRTCMedia    *bool        `json:"webrtc_media,omitempty"`
		SessionTimeout float64      `json:"session_timeout,omitempty"`
		StateURL       string       `json:"call_state_url,omitempty"`
		StateEvents    []string     `json:"call_state_events,omitempty"`
	}
	codeHeader struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	codeMedia struct {
		Type   string         `json:"type"`
		Params map[string]any `json:"params"`
	}
)

func connectDocument(r ConnectRequest) codeDocument {
	p := codeParams{From: r.From, To: r.To, Timeout: r.Timeout.Seconds(), Codecs: r.Codecs,
		SessionTimeout: r.SessionTimeout.Seconds(), StateURL: r.CallStateURL, StateEvents: r.CallStateEvents}
	for _, h := range r.Headers {
		p.Headers = append(p.Headers, codeHeader(h))
	}
	if r.WebRTCMedia != Default {
		on := r.WebRTCMedia == On
		p.WebRTCMedia = &on
	}
	doc := codeDocument{Devices: [][]codeDevice{{{Type: "sip", Params: p}}}, MaxPrice: r.MaxPricePerMinute.USD()}
	if r.Several() {
		doc.Devices = nil
		for _, step := range r.Hunt() {
			var group []codeDevice
			for _, to := range step {
				p.To = to
				group = append(group, codeDevice{Type: "sip", Params: p})
			}
			doc.Devices = append(doc.Devices, group)
		}
	}
	for _, m := range r.Ringback {
		doc.Ringback = append(doc.Ringback, mediaDocument(m))
	}
	return doc
}

func mediaDocument(m Media) codeMedia {
	params := map[string]any{}
	put := func(name, value string) {
		if value != "" {
			params[name] = value
		}
	}
	switch m.Kind {
	case Audio:
		put("url", m.URL)
		return codeMedia{"audio", params}
	case Speech:
		put("text", m.Text)
		put("language", m.Language)
		put("gender", m.Gender)
		put("voice", m.Voice)
		return codeMedia{"tts", params}
	case Silence:
		params["duration"] = m.Duration.Seconds()
		return codeMedia{"silence", params}
	}
	put("name", m.Country)
	if m.Duration != 0 {
		params["duration"] = m.Duration.Seconds()
	}
	return codeMedia{"ringtone", params}
}

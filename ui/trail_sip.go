package ui

import (
	"slices"
	"strings"
	"time"

	"cordpair/model"
)

// recordSIP notes a SIP message. From the first on, what only sums SIP up is
// not needed any more.
func (a *App) recordSIP(ev model.SIPSeen) {
	a.sipSeen = true
	id, leg := a.under(ev.Call)
	raw := ev.Raw
	if len(raw) > longestRaw {
		raw = raw[:longestRaw]
	}
	code := responseCode(ev.Summary)
	method := sipMethod(raw)
	minor := ev.Summary == "ACK" || code == 100 || method == "PRACK" || method == "OPTIONS" ||
		code >= 200 && code < 300 && method != "INVITE"
	s := step{at: ev.At, call: ev.Call, leg: leg, layer: layerSIP, out: ev.Sent, minor: minor, bad: code >= 400 && code != 401 && code != 407,
		word: ev.Summary, raw: raw, remote: ev.Remote}
	s.detail = sipDetail(ev.Summary, raw)
	a.trails.add(id, s)
}

// responseCode is the status of a response, 0 of a request.
func responseCode(summary string) int {
	n := 0
	for i := range 3 {
		if i >= len(summary) || summary[i] < '0' || summary[i] > '9' {
			return 0
		}
		n = n*10 + int(summary[i]-'0')
	}
	return n
}

// sipHeader finds the first header of that name.
func sipHeader(raw, name string) string {
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if n, value, found := strings.Cut(line, ":"); found && strings.EqualFold(strings.TrimSpace(n), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// sipMethod is the method that a message is about, by its CSeq.
func sipMethod(raw string) string {
	_, method, _ := strings.Cut(sipHeader(raw, "CSeq"), " ")
	return strings.ToUpper(strings.TrimSpace(method))
}

// sipDetail is what matters of a message besides its first line: the codecs
// that are offered, why it ends, digits, headers of our own.
func sipDetail(summary, raw string) string {
	var parts []string
	if codecs := sdpCodecs(raw); len(codecs) > 0 {
		parts = append(parts, strings.Join(codecs, ","))
	}
	if code := responseCode(summary); code >= 200 && code < 300 {
		if m := sipMethod(raw); m != "INVITE" && m != "" {
			parts = append(parts, "to "+m)
		}
	}
	if s := sipHeader(raw, "Reason"); s != "" {
		parts = append(parts, s)
	}
	if strings.HasPrefix(summary, "INFO") {
		if _, body, _ := strings.Cut(raw, "\r\n\r\n"); body != "" {
			parts = append(parts, strings.Join(strings.Fields(body), " "))
		}
	}
	if s := sipHeader(raw, "Refer-To"); s != "" {
		parts = append(parts, "to "+s)
	}
	return model.Clean(strings.Join(parts, "  "))
}

// staticCodecs are the payload types that need no rtpmap (RFC 3551).
var staticCodecs = map[string]string{"0": "PCMU", "8": "PCMA", "9": "G722", "18": "G729"}

// sdpCodecs lists the codecs of the first audio line of a message's SDP.
func sdpCodecs(raw string) []string {
	_, body, _ := strings.Cut(raw, "\r\n\r\n")
	if !strings.Contains(body, "m=audio") {
		return nil
	}
	names := map[string]string{}
	var types []string
	for line := range strings.SplitSeq(body, "\n") {
		line = strings.TrimSpace(line)
		if rest, found := strings.CutPrefix(line, "a=rtpmap:"); found {
			pt, name, _ := strings.Cut(rest, " ")
			name, _, _ = strings.Cut(name, "/")
			names[pt] = name
		}
		if f := strings.Fields(line); strings.HasPrefix(line, "m=audio") && types == nil && len(f) > 3 {
			types = f[3:]
		}
	}
	var out []string
	for _, pt := range types {
		name := firstWord(names[pt], staticCodecs[pt])
		if name != "" && !strings.EqualFold(name, "telephone-event") && !strings.EqualFold(name, "CN") && len(out) < 4 {
			out = append(out, strings.ToUpper(name))
		}
	}
	return out
}

// recordMedia notes what a connect does to the sound.
func (a *App) recordMedia(ev model.ConnectChanged) {
	s := step{at: ev.At, call: ev.Call, leg: 'A', layer: layerMedia, out: true, minor: true}
	c := a.book.Call(ev.Call)
	switch {
	case c == nil || c.Attempt == nil:
		return
	case ev.State == model.ConnectConnecting && len(c.Attempt.Request.Ringback) > 0:
		s.word = "ringback " + c.Attempt.Request.Ringback[0].String()
	case ev.State == model.ConnectConnected:
		s.leg, s.word = 'B', "bridge"
		if c.Leg.Codec != "" {
			s.word += " " + c.Leg.Codec
		}
	case ev.State == model.ConnectDisconnected:
		s.leg, s.word = 'B', "bridge ends"
	default:
		return
	}
	a.trails.add(ev.Call, s)
}

// recordLink notes on every live call that the link went or came back.
func (a *App) recordLink(ev model.LinkChanged, before witness) {
	s := step{at: ev.At, layer: layerLink, minor: true, leg: ' '}
	switch {
	case ev.Link.State == before.link:
		return
	case ev.Link.State == model.LinkLost:
		s.word, s.bad = "link lost", true
	case ev.Link.State == model.LinkUp && ev.Link.Gap > 0:
		s.word = "link back after " + tenths(ev.Link.Gap) + " s"
		s.detail = map[bool]string{true: "session resumed", false: "new session, calls read again"}[ev.Link.Resumed]
	default:
		return
	}
	for _, c := range a.book.Rows(false) {
		if c.Live() {
			a.trails.add(c.ID, s)
		}
	}
}

// stepsOf are all steps of a call and its peer in the order of time.
func (a *App) stepsOf(c *model.Call) []step {
	if c == nil {
		return nil
	}
	if parent := a.book.Call(c.Parent); parent != nil {
		c = parent
	}
	steps := slices.Clone(a.trails[c.ID])
	if c.Attempt != nil && c.Attempt.Peer != "" {
		for _, s := range a.trails[c.Attempt.Peer] { // said before it was known whose peer it is
			s.leg = 'B'
			steps = append(steps, s)
		}
	}
	// RELAY stamps whole milliseconds: within one, the order of arrival is right.
	ms := func(s step) time.Time { return s.at.Truncate(time.Millisecond) }
	slices.SortStableFunc(steps, func(x, y step) int { return ms(x).Compare(ms(y)) })
	if slices.ContainsFunc(steps, func(s step) bool { return s.raw != "" }) {
		steps = slices.DeleteFunc(steps, func(s step) bool { return s.summed })
	}
	return steps
}

// mainSteps are those that the events pane shows.
func (a *App) mainSteps(c *model.Call) []step {
	return slices.DeleteFunc(a.stepsOf(c), func(s step) bool { return s.minor })
}

package ui

import (
	"math"
	"strings"

	"cordpair/model"
	"cordpair/theme"
)

// measure takes the media figures of all legs that are up, and warns of words
// that have ceased to arrive.
func (a *App) measure(ev model.MediaSeen) {
	was := a.media
	a.dirty = a.dirty || a.at == atCalls && !a.opt.Calm
	a.media = make(map[model.CallID]model.LegMedia, len(ev.Legs))
	for _, m := range ev.Legs {
		c := a.book.Call(m.Call)
		if c != nil {
			m.OneWay = a.oneWay(c, m)
		}
		a.media[m.Call] = m
		if m.OneWay == model.BothWays || m.OneWay == was[m.Call].OneWay || c == nil {
			continue
		}
		text := "One-way audio: " + oneWayText(m.OneWay, label(c)) + "."
		a.say(levelBad, text)
		a.log.note(logLine{at: ev.At, level: logWarn, kind: "media", text: a.numbered(c) + ": " + text})
	}
}

// oneWay is the alarm of a leg. That nobody speaks to a leg which waits alone
// or on hold is none.
func (a *App) oneWay(c *model.Call, m model.LegMedia) model.OneWay {
	o := a.op(c.ID)
	if m.OneWay == model.CannotHear && (o.held || a.bridge(c).ConnectState() != model.Connected && o.bridged == "") {
		return model.BothWays
	}
	return m.OneWay
}

func oneWayText(w model.OneWay, who string) string {
	if w == model.CannotHear {
		return who + " hears nothing"
	}
	return who + " is not heard"
}

// meterLines are the levels and the quality of a leg that is up. Without a link
// nothing is known of them.
func (a *App) meterLines(c *model.Call, w int) []legLine {
	m, known := a.media[c.ID]
	if !known || !c.Up() || a.book.Link().State != model.LinkUp {
		return nil
	}
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	var list []legLine
	if m.OneWay != model.BothWays {
		list = append(list, legLine{10, "", []span{{a.st.On(theme.BadFill, theme.OnFill), " one-way audio "},
			{a.st.Of(theme.Bad), " " + oneWayText(m.OneWay, label(c))}}})
	}
	if m.Levels {
		n := max(4, min(longestBar, (w-10)/2))
		in, out := a.levelOf(m)
		s := append([]span{{muted, "in "}}, a.levelBar(in, n)...)
		s = append(append(s, span{muted, "  out "}), a.levelBar(out, n)...)
		list = append(list, legLine{7, "audio", s})
	}
	loss := theme.Text
	if m.LossIn >= 0.03 || m.LossOut >= 0.03 {
		loss = theme.Warn
	}
	gap := "  "
	if w < 36 {
		gap = " "
	}
	var s []span
	if m.MOSIn > 0 {
		s = append(s, span{muted, "MOS "}, span{a.st.Of(mosRole(m.MOSIn)), mos(m.MOSIn)}, span{muted, gap})
	}
	s = append(s, span{muted, "loss "}, span{a.st.Of(loss), percent(max(m.LossIn, m.LossOut))},
		span{muted, gap + "jitter "}, span{text, rtt(max(m.JitterIn, m.JitterOut))})
	if trip := rtt(m.RoundTrip); m.RoundTrip > 0 && width(s)+cells(gap+"rtt "+trip) <= w {
		s = append(s, span{muted, gap + "rtt "}, span{text, trip})
	}
	return append(list, legLine{5, "qual", s})
}

// Levels of speech in dB relative to full scale: what the bar begins and ends
// with, and above what it is too loud.
const (
	quietest = -54.0
	loudest  = -6.0
)

// longestBar is the most cells that a level has.
const longestBar = 16

// barCells is how many of n cells a level fills.
func barCells(db float64, n int) int {
	on := int(math.Round((db - quietest) / (loudest - quietest) * float64(n)))
	return max(0, min(on, n))
}

// levelBar draws a level in n cells.
func (a *App) levelBar(db float64, n int) []span {
	on := barCells(db, n)
	full, empty := "█", "░"
	if a.th.ASCII {
		full, empty = "#", "."
	}
	role := theme.Good
	if db > loudest {
		role = theme.Warn
	}
	return []span{{a.st.Of(role), strings.Repeat(full, on)}, {a.st.Of(theme.Faint), strings.Repeat(empty, n-on)}}
}

// percent writes a share with one decimal.
func percent(v float64) string {
	n := int(math.Round(v * 1000))
	return string(appendInt(nil, n/10)) + "." + string(appendInt(nil, n%10)) + "%"
}

// mos writes a mean opinion score.
func mos(v float64) string {
	n := int(math.Round(v * 10))
	return string(appendInt(nil, n/10)) + "." + string(appendInt(nil, n%10))
}

func mosRole(v float64) theme.Role {
	switch {
	case v < 3.1:
		return theme.Bad
	case v < 3.6:
		return theme.Warn
	}
	return theme.Good
}

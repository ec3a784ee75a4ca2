package ui

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"cordpair/model"
)

// bundle is all that helps to understand what became of a call, in one text
// that can be handed on: names, numbers and secrets are masked.
func (a *App) bundle(list []rung) []byte {
	c := a.ladderCall()
	m := newMask()
	for _, who := range []model.Address{c.From, c.To} {
		m.name(who)
	}
	if p := a.book.Peer(c); p != nil {
		m.name(p.From)
		m.name(p.To)
	}
	var b bytes.Buffer
	part := func(title, text string) {
		if text = strings.TrimRight(text, "\r\n "); text != "" {
			fmt.Fprintf(&b, "== %s ==\n%s\n\n", title, text)
		}
	}
	part("report", "cordpair, written "+a.now.UTC().Format(time.RFC3339)+"\nNames, numbers, X- headers and secrets are masked.")
	server := a.book.Link().Server
	part("version", fmt.Sprintf("%s\nserver %s  cordpair %v  link %s", a.setup().Version, bare(server.URL), server.Cordpair, a.book.Link().State))
	part("call", m.text(model.CallJSON(c)))
	if c.Attempt != nil && c.Attempt.Request.To != "" {
		part("connect", m.text(model.Code("JSON", c.Attempt.Request)))
		if end := c.Attempt.Cause; !end.IsZero() {
			part("end of the connect", m.text(end.Sentence(a.ladderPeer())+"  "+end.Word+" "+end.SIP()+" by "+end.By.String()))
		}
	}
	if !c.End.IsZero() {
		part("end of the call", m.text(c.End.Sentence(label(c))+"  "+c.End.Word+" "+c.End.SIP()+" by "+c.End.By.String()))
	}
	drawn, _, _ := strings.Cut(string(a.ladderText(list)), "\n--- ")
	part("ladder", m.text(drawn))
	for i := range list {
		if text := a.stepText(&list[i].step); text != "" {
			part(a.stamp(list[i].at, list[0].at)+" "+list[i].layer.String()+" "+m.text(model.Clean(list[i].word)), cleanLines(m.text(text)))
		}
	}
	part("configuration", m.text(strings.Join(a.setup().Settings, "\n")))
	return b.Bytes()
}

// cleanLines keeps the lines of a text and nothing that would steer a terminal.
func cleanLines(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(s, "\r\n"), "\n") {
		b.WriteString(model.Clean(strings.TrimRight(line, "\r")) + "\n")
	}
	return b.String()
}

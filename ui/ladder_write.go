package ui

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cordpair/model"
	"cordpair/theme"
)

func (a *App) whyWriteLadder() error {
	if a.opt.Save == nil {
		return errNotWritten
	}
	return a.whyInspect()
}

// doWriteLadder writes what is shown: drawn, as tables, as a capture of its SIP
// messages and as a report to hand on.
func (a *App) doWriteLadder() tea.Cmd {
	list := a.ladder.rungs(a)
	docs := []document{{".txt", a.ladderText(list)}, {".csv", a.ladderCSV(list)}, {".jsonl", a.ladderJSON(list)}}
	server, _ := a.server()
	if capture := pcapng(list, server); capture != nil {
		docs = append(docs, document{".pcapng", capture})
	}
	return a.writeAll("ladder", "ladder-"+string(appendInt(nil, a.ladderCall().Number)), append(docs, document{".report.txt", a.bundle(list)}))
}

// fileWidth is how wide a ladder in a file is.
const fileWidth = 120

// ladderText is the drawn ladder, without colours and in ASCII.
func (a *App) ladderText(list []rung) []byte {
	was, selection := a.st, a.th
	defer func() { a.st, a.th = was, selection }()
	plain := a.th.With(theme.None)
	plain.ASCII = true
	a.th, a.st = plain, plain.Styles(a.rend)
	x, c := lanesFor(fileWidth), a.ladderCall()
	var b bytes.Buffer
	line := func(s string) { fmt.Fprintln(&b, strings.TrimRight(ansi.Strip(s), " ")) }
	line(fmt.Sprintf("#%d %s + %s, %s", c.Number, label(c), a.ladderPeer(), list[0].at.Format(time.RFC3339)))
	line("")
	line(a.laneHead(c, x, fileWidth))
	for i := range list {
		line(a.drawRung(&list[i], x, fileWidth, list[0].at, false))
	}
	for i := range list {
		if list[i].raw != "" {
			line("")
			line("--- " + a.stamp(list[i].at, list[0].at) + "  " + a.stepHead(&list[i].step))
			for s := range strings.SplitSeq(strings.TrimRight(list[i].raw, "\r\n"), "\n") {
				line(model.Clean(s))
			}
		}
	}
	return b.Bytes()
}

// ladderRow is a step in a file.
type ladderRow struct {
	Time   time.Time `json:"time"`
	Offset float64   `json:"offset_s"`
	Layer  string    `json:"layer"`
	Leg    string    `json:"leg,omitempty"`
	From   string    `json:"from"`
	To     string    `json:"to"`
	What   string    `json:"what"`
	Detail string    `json:"detail,omitempty"`
	Call   string    `json:"call,omitempty"`
	Diff   string    `json:"diff,omitempty"`
	Raw    string    `json:"raw,omitempty"`
}

func (a *App) ladderRows(list []rung) []ladderRow {
	names := [4]string{"console", "exchange", "A", "B"}
	out := make([]ladderRow, 0, len(list))
	for i := range list {
		r := &list[i]
		row := ladderRow{Time: r.at, Offset: r.at.Sub(list[0].at).Seconds(), Layer: r.layer.String(), Leg: strings.TrimSpace(string(r.leg)),
			What: r.word, Detail: r.detail, Call: string(r.call), Raw: strings.ToValidUTF8(r.raw, "?")}
		if r.mark != 0 {
			row.Diff = string(r.mark)
		}
		if r.layer != layerLink {
			from, to := r.ends()
			if !r.out {
				from, to = to, from
			}
			row.From, row.To = names[from], names[to]
		}
		out = append(out, row)
	}
	return out
}

func (a *App) ladderCSV(list []rung) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"time", "offset_s", "layer", "leg", "from", "to", "what", "detail", "call", "diff"}) // a Buffer takes all
	for _, r := range a.ladderRows(list) {
		_ = w.Write([]string{r.Time.Format(time.RFC3339Nano), fmt.Sprintf("%.3f", r.Offset), r.Layer, r.Leg, r.From, r.To,
			sheetSafe(r.What), sheetSafe(r.Detail), r.Call, r.Diff})
	}
	w.Flush()
	return b.Bytes()
}

// sheetSafe keeps a spreadsheet from taking a text for a formula.
func sheetSafe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (a *App) ladderJSON(list []rung) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, r := range a.ladderRows(list) {
		_ = enc.Encode(r) // a Buffer takes all, and every member has a JSON form
	}
	return b.Bytes()
}

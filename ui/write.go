package ui

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/model/journal"
)

// document is one file that w writes: what follows the name, and its content.
type document struct {
	ext  string
	data []byte
}

// savedMsg tells what became of files.
type savedMsg struct {
	what string
	path string   // of the first
	more []string // what the others end with
	err  error
}

// writeAll writes documents of one name, off the loop. The first is the one
// that is told in full.
func (a *App) writeAll(what, name string, docs []document) tea.Cmd {
	save, stamp := a.opt.Save, a.now.Format("-20060102-150405")
	return func() tea.Msg {
		msg := savedMsg{what: what}
		for i, d := range docs {
			path, err := save(name+stamp+d.ext, d.data)
			if err != nil {
				msg.err = err
				break
			}
			if i == 0 {
				msg.path = path
			} else {
				msg.more = append(msg.more, d.ext)
			}
		}
		return msg
	}
}

// saved tells where the files are.
func (a *App) saved(msg savedMsg) {
	if msg.err != nil {
		a.say(levelBad, "The "+msg.what+" could not be written: "+model.Clean(msg.err.Error())+".")
		return
	}
	text := "Written: " + msg.path
	if len(msg.more) > 0 {
		text += ", with " + strings.Join(msg.more, " ")
	}
	a.say(levelGood, text+".")
}

func (a *App) whyWriteList() error {
	switch {
	case a.opt.Save == nil:
		return errNotWritten
	case a.here().rows(a) == 0:
		return errNoRow
	}
	return nil
}

// doWriteCalls writes the calls as they are listed.
func (a *App) doWriteCalls() tea.Cmd {
	table := [][]string{{"number", "id", "state", "direction", "from", "to", "peer", "connect", "began", "answered", "ended", "age_s", "reason", "sip_code", "note"}}
	var lines bytes.Buffer
	for _, c := range a.rows {
		peer := ""
		if c.Attempt != nil {
			peer = a.peerName(c)
		}
		connect, _ := a.rowText(c)
		code := ""
		if c.End.Code != 0 {
			code = string(appendInt(nil, c.End.Code))
		}
		table = append(table, []string{string(appendInt(nil, c.Number)), string(c.ID), strings.ToLower(stateWord(c)), c.Direction.String(), c.From.String(), c.To.String(),
			peer, connect, moment(c.Began()), moment(c.Answered), moment(c.Ended), string(appendInt(nil, int(c.Age(a.now)/time.Second))), c.End.Word, code, a.noteOf(c.ID)})
		if json.Compact(&lines, []byte(model.CallJSON(c))) == nil { // it is JSON
			lines.WriteByte('\n')
		}
	}
	return a.writeAll("list", "calls", []document{{".csv", sheetOf(table)}, {".jsonl", lines.Bytes()}})
}

// doWriteHistory writes the entries as they are listed.
func (a *App) doWriteHistory() tea.Cmd {
	table := [][]string{entryHeads}
	for _, e := range a.history.entries(a) {
		table = append(table, a.entryCells(&e))
	}
	return a.writeAll("history", "history", []document{{".csv", sheetOf(table)}, {".jsonl", jsonLines(table)}})
}

// entryHeads name what a file or a copy has of an entry of the history.
var entryHeads = []string{"kind", "id", "call", "from", "to", "began", "answered", "ended", "waited_s", "talked_s", "result", "by", "reason", "sip_code", "note"}

func (a *App) entryCells(e *journal.Entry) []string {
	result, _ := a.result(e)
	code := ""
	if e.End.Code != 0 {
		code = string(appendInt(nil, e.End.Code))
	}
	return []string{string(e.Kind), e.ID, string(e.Call), e.From.String(), e.To.String(), moment(e.Began), moment(e.Answered), moment(e.Ended),
		string(appendInt(nil, int(e.Waited()/time.Second))), string(appendInt(nil, int(e.Talk()/time.Second))), result, e.End.By.String(), e.End.Word, code, a.noteOf(e.Call)}
}

// doWriteLog writes the lines of the log as they are listed.
func (a *App) doWriteLog() tea.Cmd {
	table := [][]string{{"at", "level", "kind", "text", "more"}}
	var text bytes.Buffer
	for _, l := range a.log.shown(a) {
		row := []string{moment(l.at), l.level.String(), l.kind, l.text, l.more}
		table = append(table, row)
		text.WriteString(model.Clean(strings.Join(row[:4], "  ")) + "\n")
	}
	return a.writeAll("log", "log", []document{{".txt", text.Bytes()}, {".jsonl", jsonLines(table)}})
}

// moment is a time in a file, empty when it has not come.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// sheetOf is a table as CSV, harmless to spreadsheets.
func sheetOf(table [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range table {
		safe := make([]string, len(row))
		for i, s := range row {
			safe[i] = sheetSafe(s)
		}
		_ = w.Write(safe) // a Buffer takes all
	}
	w.Flush()
	return b.Bytes()
}

// jsonLines is a table as JSON objects, a line each, by the names of its first
// row.
func jsonLines(table [][]string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, row := range table[1:] {
		object := make(map[string]string, len(row))
		for i, s := range row {
			object[table[0][i]] = strings.ToValidUTF8(s, "?")
		}
		_ = enc.Encode(object) // a Buffer takes all, and texts have a JSON form
	}
	return b.Bytes()
}

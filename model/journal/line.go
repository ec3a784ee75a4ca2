package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	"cordpair/model"
)

// LongestLine is the largest record that is written or read, in bytes.
const LongestLine = 64 << 10

// ErrDamaged is what every error of Decode is: the line is not one that was
// written whole.
var ErrDamaged = errors.New("journal: damaged line")

// ErrTooLong is returned by Encode for an entry that makes no line.
var ErrTooLong = errors.New("journal: the entry is too long")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// record is an entry as JSON.
type record struct {
	ID        string                `json:"id"`
	Kind      Kind                  `json:"kind"`
	Call      model.CallID          `json:"call,omitempty"`
	Number    int                   `json:"number,omitempty"`
	Direction model.Direction       `json:"direction,omitempty"`
	Type      string                `json:"type,omitempty"`
	Context   string                `json:"context,omitempty"`
	From      party                 `json:"from"`
	To        party                 `json:"to"`
	Began     time.Time             `json:"began,omitzero"`
	Answered  time.Time             `json:"answered,omitzero"`
	Ended     time.Time             `json:"ended,omitzero"`
	End       *end                  `json:"end,omitempty"`
	Request   *model.ConnectRequest `json:"request,omitempty"`
	Note      string                `json:"note,omitempty"`
}

type party struct {
	Name string `json:"name,omitempty"`
	URI  string `json:"uri,omitempty"`
}

type end struct {
	By     model.Party `json:"by,omitempty"`
	Word   string      `json:"word"`
	Code   int         `json:"code,omitempty"`
	Phrase string      `json:"phrase,omitempty"`
	Text   string      `json:"text,omitempty"`
	At     time.Time   `json:"at,omitzero"`
}

// Encode writes an entry as one line, its line feed included. It returns
// ErrTooLong when the line would exceed LongestLine.
func Encode(e Entry) ([]byte, error) {
	r := record{ID: e.ID, Kind: e.Kind, Call: e.Call, Number: e.Number, Direction: e.Direction, Type: e.Type, Context: e.Context,
		From: party{e.From.Name, e.From.URI}, To: party{e.To.Name, e.To.URI}, Began: e.Began, Answered: e.Answered, Ended: e.Ended, Note: e.Note}
	if c := e.End; !c.IsZero() {
		r.End = &end{By: c.By, Word: c.Word, Code: c.Code, Phrase: c.Phrase, Text: c.Text, At: c.At}
	}
	if e.Kind == Connect {
		r.Request = &e.Request
	}
	return encodeLine(r)
}

// encodeLine writes a value as a line: checksum, length, JSON.
func encodeLine(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	line := make([]byte, 0, len(body)+20)
	line = fmt.Appendf(line, "%08x %d ", crc32.Checksum(body, castagnoli), len(body))
	line = append(append(line, body...), '\n')
	if len(line) > LongestLine {
		return nil, ErrTooLong
	}
	return line, nil
}

// Decode reads one line, with or without its line feed. Whatever is not a line
// that Encode wrote gives ErrDamaged.
func Decode(line []byte) (Entry, error) {
	body, err := decodeLine(line)
	if err != nil {
		return Entry{}, err
	}
	return decodeEntry(body)
}

// decodeLine is the JSON of a line that was written whole.
func decodeLine(line []byte) ([]byte, error) {
	line = bytes.TrimRight(line, "\r\n")
	sum, rest, ok := bytes.Cut(line, []byte(" "))
	size, body, ok2 := bytes.Cut(rest, []byte(" "))
	if !ok || !ok2 || len(line) > LongestLine {
		return nil, ErrDamaged
	}
	want, err := strconv.ParseUint(string(sum), 16, 32)
	n, err2 := strconv.Atoi(string(size))
	if err != nil || err2 != nil || n != len(body) || uint32(want) != crc32.Checksum(body, castagnoli) {
		return nil, ErrDamaged
	}
	return body, nil
}

func decodeEntry(body []byte) (Entry, error) {
	var r record
	if err := json.Unmarshal(body, &r); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if r.ID == "" {
		return Entry{}, fmt.Errorf("%w: no id", ErrDamaged)
	}
	e := Entry{ID: r.ID, Kind: r.Kind, Call: r.Call, Number: r.Number, Direction: r.Direction, Type: r.Type, Context: r.Context,
		From: r.From.address(), To: r.To.address(), Began: r.Began, Answered: r.Answered, Ended: r.Ended, Note: r.Note}
	if r.End != nil {
		e.End = model.Cause{By: r.End.By, Word: r.End.Word, Code: r.End.Code, Phrase: r.End.Phrase, Text: r.End.Text, At: r.End.At}
	}
	if r.Request != nil {
		e.Request = *r.Request
	}
	return e, nil
}

func (p party) address() model.Address { return model.Address{Name: p.Name, URI: p.URI} }

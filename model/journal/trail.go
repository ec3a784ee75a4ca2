package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"cordpair/model"
)

// Step is one thing that was said of a call or done to its sound.
type Step struct {
	At     time.Time    `json:"at"`
	Call   model.CallID `json:"call,omitempty"` // the leg that it was said of
	Leg    string       `json:"leg,omitempty"`  // A or B
	Layer  string       `json:"layer"`          // relay, sip, media, link
	Out    bool         `json:"out,omitempty"`  // to the server; of SIP: to the phone
	Bad    bool         `json:"bad,omitempty"`
	Minor  bool         `json:"minor,omitempty"`
	Word   string       `json:"word"`
	Detail string       `json:"detail,omitempty"`
	Remote string       `json:"remote,omitempty"` // of a SIP message: the phone's host:port
	Text   string       `json:"text,omitempty"`   // the message in full, without secrets
}

// Trail is the ladder of a call: the call, its last connect and every step, in
// the order of time.
type Trail struct {
	Call    Entry
	Connect *Entry // nil: it was never connected
	Steps   []Step
}

// longestText is how much of one message is kept, so that a step is a line.
const longestText = 8 << 10

// Encode writes a trail as lines like those of Encode: the call, its connect,
// the steps. A message is cut at 8 KiB; a step that still makes no line is left
// out.
func (t *Trail) Encode() ([]byte, error) {
	var b bytes.Buffer
	for _, e := range []*Entry{&t.Call, t.Connect} {
		if e == nil {
			continue
		}
		line, err := Encode(*e)
		if err != nil {
			return nil, err
		}
		b.Write(line)
	}
	for _, s := range t.Steps {
		s.Text = s.Text[:min(len(s.Text), longestText)]
		line, err := encodeLine(s)
		if errors.Is(err, ErrTooLong) {
			continue
		} else if err != nil {
			return nil, err
		}
		b.Write(line)
	}
	return b.Bytes(), nil
}

// ReadTrail reads what Trail.Encode wrote; damaged lines are left out. Without
// the line of the call it returns ErrDamaged.
func ReadTrail(r io.Reader) (Trail, error) {
	var t Trail
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 4096), LongestLine+1)
	for in.Scan() {
		body, err := decodeLine(in.Bytes())
		if err != nil {
			continue
		}
		if e, err := decodeEntry(body); err == nil {
			if e.Kind == Connect {
				t.Connect = &e
			} else {
				t.Call = e
			}
			continue
		}
		var s Step
		if json.Unmarshal(body, &s) == nil && s.Word != "" {
			t.Steps = append(t.Steps, s)
		}
	}
	if err := in.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return t, fmt.Errorf("journal: %w", err)
	}
	if t.Call.ID == "" {
		return t, ErrDamaged
	}
	return t, nil
}

package cli

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/tape"
	"cordpair/ui"
)

// Bounds of the frames that are held for the console's log and ladder.
const (
	frameCount = 1000
	frameBytes = 4 << 20
)

// frameRing holds the last frames of a link. Its methods may be called from any
// goroutine; a frame is only copied when it comes and read when it is asked
// for.
type frameRing struct {
	mu    sync.Mutex
	list  []rawFrame
	bytes int
	seq   uint64
}

type rawFrame struct {
	seq  uint64
	at   time.Time
	out  bool
	data []byte
}

var _ ui.Frames = (*frameRing)(nil)

// Tap takes a frame; it fits relay.Config.Tap.
func (r *frameRing) Tap(out bool, data []byte) {
	now, data := time.Now(), bytes.Clone(data)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	r.list = append(r.list, rawFrame{r.seq, now, out, data})
	r.bytes += len(data)
	for len(r.list) > frameCount || r.bytes > frameBytes && len(r.list) > 1 {
		r.bytes -= len(r.list[0].data)
		r.list[0].data = nil
		r.list = r.list[1:]
	}
}

// Since returns the frames after seq, without their secrets.
func (r *frameRing) Since(seq uint64) []ui.Frame {
	r.mu.Lock()
	var fresh []rawFrame
	for i := range r.list {
		if r.list[i].seq > seq {
			fresh = append(fresh, r.list[i:]...)
			break
		}
	}
	r.mu.Unlock()
	out := make([]ui.Frame, 0, len(fresh))
	for _, f := range fresh {
		out = append(out, readFrame(f))
	}
	return out
}

// frameHead is what tells frames apart.
type frameHead struct {
	Method string `json:"method"`
	Params struct {
		EventType string `json:"event_type"`
		CallID    string `json:"call_id"`
		Params    struct {
			CallID string `json:"call_id"`
		} `json:"params"`
	} `json:"params"`
}

func readFrame(f rawFrame) ui.Frame {
	out := ui.Frame{Seq: f.seq, At: f.at, Out: f.out, Name: "reply", Bytes: len(f.data)}
	safe, err := tape.Masked(jsontext.Value(f.data))
	if err != nil { // what is no JSON may hold anything
		out.Name, out.Text = "not JSON", "(not shown)"
		return out
	}
	var head frameHead
	_ = json.Unmarshal(safe, &head) // members of other types stay empty
	switch {
	case head.Params.EventType != "":
		out.Name = model.Clean(head.Params.EventType)
	case head.Method != "":
		out.Name = model.Clean(head.Method)
	}
	out.Call = model.CallID(model.Clean(head.Params.CallID))
	if out.Call == "" {
		out.Call = model.CallID(model.Clean(head.Params.Params.CallID))
	}
	if err := safe.Indent(jsontext.WithIndent("  ")); err == nil {
		out.Text = string(safe)
	}
	return out
}

// both is two taps in one; the first may be nil.
func both(first, second func(out bool, data []byte)) func(out bool, data []byte) {
	if first == nil {
		return second
	}
	return func(out bool, data []byte) {
		first(out, data)
		second(out, data)
	}
}

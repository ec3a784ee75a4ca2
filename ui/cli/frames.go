package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/tape"
	"cordpair/relay/wire"
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
//
// Keep-alives, media figures and acknowledgements of events are left out: there
// is one each second or one for each event, and nobody looks for them.
type frameRing struct {
	mu    sync.Mutex
	list  []rawFrame
	bytes int
	seq   uint64

	reading sync.Mutex
	asked   map[string]string // methods of requests, by direction and id
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
	r.reading.Lock()
	defer r.reading.Unlock()
	out := make([]ui.Frame, 0, len(fresh))
	for _, f := range fresh {
		if frame, shown := r.read(f); shown {
			out = append(out, frame)
		}
	}
	return out
}

// frameHead is what tells frames apart.
type frameHead struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		EventType string `json:"event_type"`
		CallID    string `json:"call_id"`
		Params    struct {
			CallID string `json:"call_id"`
		} `json:"params"`
	} `json:"params"`
}

// read reads a frame; it reports whether anybody looks for it.
func (r *frameRing) read(f rawFrame) (ui.Frame, bool) {
	out := ui.Frame{Seq: f.seq, At: f.at, Out: f.out, Name: "reply", Bytes: len(f.data)}
	safe, err := tape.Masked(jsontext.Value(f.data))
	if err != nil { // what is no JSON may hold anything
		out.Name, out.Text = "not JSON", "(not shown)"
		return out, true
	}
	var head frameHead
	_ = json.Unmarshal(safe, &head) // members of other types stay empty
	if head.Method == "" {
		asked, known := r.reply(!f.out, string(head.ID))
		if asked == wire.MethodEvent || asked == wire.MethodPing {
			return out, false
		}
		if known {
			out.Name = "reply to " + asked
		}
	} else {
		r.request(f.out, string(head.ID), head.Method)
		out.Name = model.Clean(head.Method)
		if head.Params.EventType != "" {
			out.Name = model.Clean(head.Params.EventType)
		}
		if head.Method == wire.MethodPing || out.Name == wire.EventCordpairMedia {
			return out, false
		}
	}
	out.Call = model.CallID(model.Clean(head.Params.CallID))
	if out.Call == "" {
		out.Call = model.CallID(model.Clean(head.Params.Params.CallID))
	}
	if err := safe.Indent(jsontext.WithIndent("  ")); err == nil {
		out.Text = string(safe)
	}
	return out, true
}

// request notes what a reply will be to.
func (r *frameRing) request(out bool, id, method string) {
	if len(r.asked) >= 4*frameCount || r.asked == nil { // older than any frame that is held
		r.asked = make(map[string]string)
	}
	r.asked[fmt.Sprint(out, id)] = model.Clean(method)
}

// reply finds the request that was sent in the other direction.
func (r *frameRing) reply(out bool, id string) (method string, known bool) {
	method, known = r.asked[fmt.Sprint(out, id)]
	return method, known
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

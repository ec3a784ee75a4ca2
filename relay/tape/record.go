package tape

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/wire"
)

// Line is one frame of a recording.
type Line struct {
	Dir   string         `json:"dir"`  // c2s or s2c
	At    int64          `json:"t_ms"` // since the first frame
	Frame jsontext.Value `json:"frame"`
}

// The directions of a Line.
const (
	ToServer = "c2s"
	ToClient = "s2c"
)

// masked are the members whose strings never reach a file.
var masked = map[string]bool{
	"token": true, "jwt_token": true, "authorization_state": true, "password": true,
	"authorization_bearer_token": true, "dpop_token": true,
}

// Mask stands in a recording for a secret.
const Mask = "***"

// Recorder writes a recording. Its methods may be called from any goroutine.
type Recorder struct {
	w    *bufio.Writer
	kick chan struct{}
	done chan struct{}

	mu     sync.Mutex
	began  time.Time
	queue  []Line
	closed bool
	err    error
}

// NewRecorder writes to w until Close; w is not closed.
func NewRecorder(w io.Writer) *Recorder {
	r := &Recorder{w: bufio.NewWriter(w), kick: make(chan struct{}, 1), done: make(chan struct{})}
	go r.run() // ends with Close, which waits
	return r
}

// Tap takes a frame; it fits relay.Config.Tap. What is no JSON is not
// recorded.
func (r *Recorder) Tap(out bool, data []byte) {
	dir := ToClient
	if out {
		dir = ToServer
	}
	frame := append(jsontext.Value(nil), data...) // data is only lent
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	now := time.Now()
	if r.began.IsZero() {
		r.began = now
	}
	r.queue = append(r.queue, Line{Dir: dir, At: now.Sub(r.began).Milliseconds(), Frame: frame})
	r.signal()
}

func (r *Recorder) signal() {
	select {
	case r.kick <- struct{}{}:
	default:
	}
}

func (r *Recorder) run() {
	defer close(r.done)
	for range r.kick {
		r.mu.Lock()
		lines, closed := r.queue, r.closed
		r.queue = nil
		r.mu.Unlock()
		err := r.write(lines)
		r.mu.Lock()
		r.err = errors.Join(r.err, err)
		r.closed = r.closed || err != nil // nothing more is kept for a file that cannot be written
		r.mu.Unlock()
		if closed || err != nil {
			return
		}
	}
}

func (r *Recorder) write(lines []Line) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("tape: a defect: %v", p)
		}
	}()
	for _, l := range lines {
		if l.Frame, err = mask(l.Frame); err != nil {
			continue // garbage from the wire is not worth a recording
		}
		data, err := wire.Encode(l)
		if err != nil {
			continue
		}
		if _, err := r.w.Write(append(data, '\n')); err != nil {
			return fmt.Errorf("tape: %w", err)
		}
	}
	if err := r.w.Flush(); err != nil {
		return fmt.Errorf("tape: %w", err)
	}
	return nil
}

// Close writes what waits and returns the first failure to write.
func (r *Recorder) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.signal()
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// mask replaces secrets, wherever in the frame they stand.
func mask(frame jsontext.Value) (jsontext.Value, error) {
	if err := frame.Compact(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, err
	}
	return maskValue(frame)
}

func maskValue(v jsontext.Value) (jsontext.Value, error) {
	switch v.Kind() {
	case '{':
		var members map[string]jsontext.Value
		if err := wire.Decode(v, &members); err != nil {
			return nil, err
		}
		for name, m := range members {
			if masked[name] && m.Kind() == '"' {
				members[name] = jsontext.Value(`"` + Mask + `"`)
				continue
			}
			safe, err := maskValue(m)
			if err != nil {
				return nil, err
			}
			members[name] = safe
		}
		return wire.Encode(members)
	case '[':
		var items []jsontext.Value
		if err := wire.Decode(v, &items); err != nil {
			return nil, err
		}
		for i := range items {
			safe, err := maskValue(items[i])
			if err != nil {
				return nil, err
			}
			items[i] = safe
		}
		return wire.Encode(items)
	}
	return v, nil
}

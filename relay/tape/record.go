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

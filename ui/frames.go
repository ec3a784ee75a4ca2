package ui

import (
	"strings"
	"time"

	"cordpair/model"
)

// Frame is one RELAY frame as it went over the link, without its secrets.
type Frame struct {
	Seq   uint64 // grows by one with each frame
	At    time.Time
	Out   bool         // from us to the server
	Name  string       // method or event, such as calling.connect; reply for an answer
	Call  model.CallID // that it is about, empty when it is about none
	Text  string       // the JSON, for people to read
	Bytes int          // on the wire
}

// Frames tells the RELAY frames of the link, the last ones only.
type Frames interface {
	// Since returns the frames after seq that are still known, oldest first. It
	// returns at once.
	Since(seq uint64) []Frame
}

// frameLimit is how many frames the console holds.
const frameLimit = 2000

// takeFrames brings the frames up to date. Only screens that show them ask.
func (a *App) takeFrames() {
	if a.opt.Frames == nil {
		return
	}
	var last uint64
	if n := len(a.frames); n > 0 {
		last = a.frames[n-1].Seq
	}
	a.frames = append(a.frames, a.opt.Frames.Since(last)...)
	if over := len(a.frames) - frameLimit; over > 0 {
		a.frames = append(a.frames[:0:0], a.frames[over:]...)
	}
}

// frameOf finds the frame that a step of a call is about: the nearest of its
// name and leg, empty when it is no longer known.
func (a *App) frameOf(name string, call model.CallID, out bool, at time.Time) string {
	a.takeFrames()
	best, text := 2*time.Second, ""
	for i := range a.frames {
		f := &a.frames[i]
		if f.Out == out && f.Call == call && strings.HasSuffix(f.Name, name) && f.At.Sub(at).Abs() < best {
			best, text = f.At.Sub(at).Abs(), f.Text
		}
	}
	return text
}

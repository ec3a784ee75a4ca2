package media

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// RecordOptions are a recording (RELAY.md 4.9). The zero value of all but Dir
// and Name records what the far end says, as a WAV, until Stop.
type RecordOptions struct {
	// Dir is an existing folder, and Name the file's name in it without its
	// extension: letters, digits, '.', '_' and '-', at most 100.
	Dir, Name string
	// Format is "wav" (16-bit PCM at 8000 Hz, the default) or "mp3", which
	// needs lame or ffmpeg.
	Format string
	// Side is what is recorded; 0 means Speak. Both is mixed, or with Stereo
	// the far end's words on the left and what it hears on the right.
	Side   Side
	Stereo bool
	// Beep lets the leg hear a tone of 0.3 s first; it is not recorded.
	Beep bool
	// InitialTimeout ends the recording as NoInput when nothing louder than
	// the threshold has come by then; 0 for never.
	InitialTimeout time.Duration
	// EndSilence ends it after so much silence behind the last sound; 0 for
	// never. Both stand still while the recording is paused.
	EndSilence time.Duration
	// Terminators are the digits that end it.
	Terminators string
	// Sensitivity, 0 to 100, sets the threshold of what counts as sound, from
	// -20 to -70 dB relative to full scale; RELAY's default of 44 makes -42 dB.
	// The mapping is ours.
	Sensitivity int
	// MaxBytes bounds the WAV; 0 means 256 MiB, 4 h 39 min of mono.
	MaxBytes int64
}

// Recorded is what a recording came to.
type Recorded struct {
	// Path is the finished file; empty with NoInput. With Err it is empty too,
	// or the WAV that remains when an MP3 could not be made of it.
	Path     string
	Duration time.Duration
	Size     int64 // of the file, in bytes
	// NoInput: InitialTimeout passed, and nothing was kept.
	NoInput bool
	// Terminator is the digit that ended it, else 0.
	Terminator rune
	// Lost is how many packets came faster than they could be written.
	Lost uint64
	// Err wraps ErrRecord or ErrListener when the file wanted is not there.
	Err error
}

// Recording is a recording under way. All methods are safe for concurrent use.
type Recording struct {
	tape *tape
	ear  *overhearing
	done chan struct{}

	mu     sync.Mutex
	paused pauseKind
	keyed  []rune
	result Recorded
}

// pauseKind says what a paused recording gets.
type pauseKind uint8

const (
	pauseNone pauseKind = iota
	pauseSkip
	pauseSilence
)

const (
	defaultMaxBytes = 256 << 20
	// beepWait keeps the beep itself out of the recording, echo included.
	beepWait = 400 * time.Millisecond
)

// Record begins to record a leg of PCMU, PCMA or G722 (its lower band). The
// file appears under its name when it is whole; Done is closed then. Stop ends
// it, and so does closing the stream; what was recorded is kept. Several
// recordings of one leg do not disturb each other, nor the call.
//
// Errors wrap ErrRecord (options, folder), ErrNoEncoder (names what to
// install), ErrNotStarted, ErrClosed or ErrCannotDecode.
func (s *Stream) Record(o RecordOptions) (*Recording, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	t, err := newTape(o)
	if err != nil {
		return nil, err
	}
	r := &Recording{tape: t, done: make(chan struct{})}
	state := recordState{o: o, quiet: sensitivity(o.Sensitivity)}
	if o.Beep {
		state.skip = int(beepWait / Frame)
	}
	r.mu.Lock() // until ear is set
	defer r.mu.Unlock()
	r.ear, err = s.overhear(o.Side, pollSlow, slowLag,
		func(f *frame) bool { return r.heed(&state, f) },
		func(err error) { r.end(s.e, &state, err) })
	if err != nil {
		t.discard()
		return nil, fmt.Errorf("record: %w", err)
	}
	if o.Beep {
		s.ring(recordBeep())
	}
	return r, nil
}

// check fills in the defaults.
func (o *RecordOptions) check() error {
	if o.Side == 0 {
		o.Side = Speak
	}
	if o.Format == "" {
		o.Format = "wav"
	}
	o.Format = strings.ToLower(o.Format)
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	switch {
	case o.Format != "wav" && o.Format != "mp3":
		return fmt.Errorf("%w: format %q, there is wav and mp3", ErrRecord, o.Format)
	case !fileName.MatchString(o.Name) || strings.Contains(o.Name, ".."):
		return fmt.Errorf("%w: file name %q", ErrRecord, o.Name)
	case o.Side > Both || o.InitialTimeout < 0 || o.EndSilence < 0 || o.MaxBytes < 0:
		return fmt.Errorf("%w: negative or unknown option", ErrRecord)
	case o.Sensitivity < 0 || o.Sensitivity > 100:
		return fmt.Errorf("%w: sensitivity %d, 0 to 100 allowed", ErrRecord, o.Sensitivity)
	case strings.Trim(strings.ToUpper(o.Terminators), eventDigits) != "":
		return fmt.Errorf("%w: terminators %q", ErrRecord, o.Terminators)
	}
	o.Terminators = strings.ToUpper(o.Terminators)
	if o.Format == "mp3" {
		if _, err := findEncoder(); err != nil {
			return err
		}
	}
	return nil
}

// heed takes one frame, on the listener's goroutine.
func (r *Recording) heed(st *recordState, f *frame) bool {
	r.mu.Lock()
	paused := r.paused
	keyed := r.keyed
	r.keyed = nil
	r.mu.Unlock()
	write, more := st.step(f, keyed, paused)
	if write != nil {
		if err := r.tape.write(write); err != nil {
			st.err = err
			return false
		}
	}
	return more && !r.tape.full(int64(2*len(f.speak)*st.channels()))
}

// end closes the file, on the listener's goroutine; turning it into MP3 takes
// longer, and has one of its own.
func (r *Recording) end(e *Engine, st *recordState, why error) {
	r.mu.Lock()
	res := Recorded{Terminator: st.ended, Lost: r.ear.lost(), NoInput: st.noInput, Duration: r.tape.duration(st.channels())}
	r.mu.Unlock()
	if st.err != nil {
		why = st.err
	}
	if why != nil && why != ErrStopped && why != ErrClosed {
		res.Err = fmt.Errorf("record: %w", why)
	}
	if res.Err != nil || res.NoInput {
		r.tape.discard()
		r.finish(res)
		return
	}
	if st.o.Format == "wav" {
		res.Path, res.Size, res.Err = r.tape.keep(r.tape.name)
		r.finish(res)
		return
	}
	// Ends with the encoder, which encodeTimeout or Engine.Close ends; Close
	// waits for it.
	e.wg.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				e.fault("MP3 encoder", p)
				res.Err = fmt.Errorf("%w: %v", ErrRecord, p)
				r.finish(res)
			}
		}()
		res.Path, res.Size, res.Err = r.tape.keepMP3(e.ctx)
		r.finish(res)
	})
}

// finish tells the result, once.
func (r *Recording) finish(res Recorded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.done:
	default:
		r.result = res
		close(r.done)
	}
}

// Done is closed when the recording has ended and its file is whole.
func (r *Recording) Done() <-chan struct{} { return r.done }

// Result is what the recording came to, once Done is closed.
func (r *Recording) Result() Recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.result
}

// Stop ends the recording and keeps what there is. Idempotent.
func (r *Recording) Stop() { r.ear.stop() }

// Pause stops recording until Resume: the time is left out of the file, or
// with silence (RELAY's behavior "silence") kept as silence.
func (r *Recording) Pause(silence bool) {
	if silence {
		r.setPaused(pauseSilence)
	} else {
		r.setPaused(pauseSkip)
	}
}

// Resume goes on recording.
func (r *Recording) Resume() { r.setPaused(pauseNone) }

func (r *Recording) setPaused(k pauseKind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paused = k
}

// Digit tells the recording of a digit that came by signalling (SIP INFO). The
// leg's own digits it hears itself.
func (r *Recording) Digit(d rune) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.keyed) < maxDigits {
		r.keyed = append(r.keyed, d)
	}
}

// ring has the leg hear a beep before anything else.
func (s *Stream) ring(pcm []int16) {
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	s.tx.chime = pcm
}

// Recordings' folder must exist: making one is its owner's business.
func checkFolder(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no folder", dir)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRecord, err)
	}
	return nil
}

package media

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// fileName is what a recording may be called: nothing that leads elsewhere, is
// hidden, or would be taken for an option.
var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

const (
	wavHeader  = 44
	partEnding = ".part"
)

// tape is the file of a recording. It is written under another name, and gets
// its own when it is whole. All access is through the folder's own handle: no
// link leads out of it.
type tape struct {
	root  *os.Root
	dir   string
	name  string // the final one
	file  *os.File
	buf   *bufio.Writer
	bytes int64 // of sound
	limit int64
	word  [320 * 2]byte
	wide  int
}

func newTape(o RecordOptions) (*tape, error) {
	if err := checkFolder(o.Dir); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	t := &tape{root: root, dir: o.Dir, name: o.Name + "." + o.Format, limit: o.MaxBytes, wide: 1}
	if o.Stereo && o.Side == Both {
		t.wide = 2
	}
	if _, err = root.Lstat(t.name); err == nil {
		err = fmt.Errorf("%s: %w", t.name, os.ErrExist)
	} else if os.IsNotExist(err) {
		t.file, err = root.OpenFile(t.name+partEnding, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err == nil {
		t.buf = bufio.NewWriterSize(t.file, 32<<10)
		_, err = t.buf.Write(make([]byte, wavHeader)) // its sizes are known at the end
	}
	if err != nil {
		t.discard()
		return nil, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	return t, nil
}

// write adds samples.
func (t *tape) write(pcm []int16) error {
	for i, v := range pcm {
		binary.LittleEndian.PutUint16(t.word[2*i:], uint16(v))
	}
	if _, err := t.buf.Write(t.word[:2*len(pcm)]); err != nil {
		return fmt.Errorf("%w: %w", ErrRecord, err)
	}
	t.bytes += int64(2 * len(pcm))
	return nil
}

// full reports that there is no room for so many bytes more.
func (t *tape) full(more int64) bool { return wavHeader+t.bytes+more > t.limit }

func (t *tape) duration(channels int) time.Duration {
	return time.Duration(t.bytes) * time.Second / time.Duration(2*pcmRate*channels)
}

// discard forgets the file.
func (t *tape) discard() {
	if t.file != nil {
		t.file.Close()
		_ = t.root.Remove(t.name + partEnding) // it may be gone
	}
	t.root.Close()
}

// finish writes the header and closes the file, which keeps its other name.
func (t *tape) finish() error {
	err := t.buf.Flush()
	if err == nil {
		_, err = t.file.WriteAt(wavHead(t.wide, t.bytes), 0)
	}
	if e := t.file.Close(); err == nil {
		err = e
	}
	return err
}

// keep finishes the WAV and gives it a name.
func (t *tape) keep(name string) (path string, size int64, err error) {
	defer t.root.Close()
	if err = t.finish(); err == nil {
		return t.rename(t.name+partEnding, name)
	}
	_ = t.root.Remove(t.name + partEnding)
	return "", 0, fmt.Errorf("%w: %w", ErrRecord, err)
}

// rename gives a whole file its name; what cannot have it is removed.
func (t *tape) rename(from, to string) (path string, size int64, err error) {
	var info os.FileInfo
	if err = t.root.Rename(from, to); err == nil {
		info, err = t.root.Stat(to)
	}
	if err != nil {
		_ = t.root.Remove(from)
		return "", 0, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	return filepath.Join(t.dir, to), info.Size(), nil
}

// wavHead is the header of 16-bit PCM at 8000 Hz.
func wavHead(channels int, bytes int64) []byte {
	size := uint32(min(bytes, 1<<32-1-wavHeader))
	le := binary.LittleEndian
	b := append(le.AppendUint32([]byte("RIFF"), size+wavHeader-8), "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, wavPCM)
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, pcmRate)
	b = le.AppendUint32(b, uint32(2*pcmRate*channels))
	b = le.AppendUint16(b, uint16(2*channels))
	b = le.AppendUint16(b, 16)
	return le.AppendUint32(append(b, "data"...), size)
}

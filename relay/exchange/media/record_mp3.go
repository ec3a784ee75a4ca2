package media

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// encodeTimeout bounds one run of the encoder, which does an hour of telephone
// sound in well under a minute.
const encodeTimeout = 10 * time.Minute

// encoders are the programs that turn a WAV on standard input into MP3 on
// standard output, in the order tried. 16 kHz is MPEG 2; the 8 kHz of the WAV
// would be MPEG 2.5, which many players, and ours, do not know.
var encoders = []struct {
	name string
	args []string
}{
	{"lame", []string{"--quiet", "--resample", "16", "-", "-"}},
	{"ffmpeg", []string{"-nostdin", "-loglevel", "error", "-f", "wav", "-i", "pipe:0", "-ar", "16000", "-f", "mp3", "pipe:1"}},
}

// findEncoder is the command line of the first one installed.
func findEncoder() ([]string, error) {
	for _, e := range encoders {
		if path, err := exec.LookPath(e.name); err == nil {
			return append([]string{path}, e.args...), nil
		}
	}
	return nil, fmt.Errorf("%w: install %s or %s, or record as wav", ErrNoEncoder, encoders[0].name, encoders[1].name)
}

// keepMP3 finishes the WAV and has it turned into an MP3 under the final name.
// If that fails the WAV is kept under its own, with the error.
func (t *tape) keepMP3(ctx context.Context) (path string, size int64, err error) {
	defer t.root.Close()
	const ending = ".enc"
	err = t.finish()
	if err == nil {
		err = t.encode(ctx, t.name+ending)
	}
	if err == nil {
		_ = t.root.Remove(t.name + partEnding)
		return t.rename(t.name+ending, t.name)
	}
	_ = t.root.Remove(t.name + ending)
	path, size, e := t.rename(t.name+partEnding, strings.TrimSuffix(t.name, ".mp3")+".wav")
	return path, size, errors.Join(fmt.Errorf("%w: %w", ErrRecord, err), e)
}

// encode runs the encoder from the WAV to a new file.
func (t *tape) encode(ctx context.Context, to string) error {
	line, err := findEncoder()
	if err != nil {
		return err
	}
	in, err := t.root.Open(t.name + partEnding)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := t.root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, encodeTimeout)
	defer cancel()
	complaint := &capBuffer{limit: 1 << 10, quiet: true}
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, complaint
	cmd.WaitDelay = time.Second
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("%s: %w: %q", line[0], err, complaint.buf.String())
	}
	return errors.Join(err, out.Close())
}

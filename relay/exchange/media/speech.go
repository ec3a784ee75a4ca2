package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// speechEngines are the programs tried, in order; both take the same options.
var speechEngines = []string{"espeak-ng", "espeak"}

// speechTimeout bounds one run of the engine, which is far faster than speech.
const speechTimeout = 10 * time.Second

// speechEngine finds the program.
func speechEngine() (string, error) {
	for _, name := range speechEngines {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: install %s", ErrNoSpeech, speechEngines[0])
}

// voiceName and languageTag keep what goes on the engine's command line to
// names; text goes to its standard input and through no shell.
var (
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$`)
	voiceName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.+:-]{0,63}$`)
)

// checkVoice refuses what cannot be a language, gender or voice.
func checkVoice(m TTS) error {
	switch {
	case m.Language != "" && !languageTag.MatchString(m.Language):
		return fmt.Errorf("language %q", m.Language)
	case m.Voice != "" && !voiceName.MatchString(m.Voice):
		return fmt.Errorf("voice %q", m.Voice)
	}
	switch strings.ToLower(m.Gender) {
	case "", "male", "female":
		return nil
	default:
		return fmt.Errorf("gender %q", m.Gender)
	}
}

// voices are the engine's voices to try, best first: the one named (unless it
// belongs to another engine, as in polly.Amy), the language, its base, English.
func voices(m TTS) []string {
	variant := ""
	switch strings.ToLower(m.Gender) {
	case "female":
		variant = "+f3"
	case "male":
		variant = "+m3"
	}
	var list []string
	if m.Voice != "" && !strings.ContainsAny(m.Voice, ".:") {
		list = append(list, m.Voice)
	}
	if m.Language != "" {
		lang := strings.ToLower(m.Language)
		base, _, _ := strings.Cut(lang, "-")
		list = append(list, lang+variant, base+variant)
	}
	return append(list, "en-us"+variant, "en")
}

// speak runs the engine and returns its WAV. Errors wrap ErrNoSpeech,
// ErrSpeech or ErrTooLarge.
func speak(ctx context.Context, m TTS) ([]byte, error) {
	path, err := speechEngine()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, speechTimeout)
	defer cancel()
	for _, voice := range voices(m) {
		var wav []byte
		if wav, err = runSpeech(ctx, path, voice, m.Text); err == nil {
			return wav, nil
		}
		if ctx.Err() != nil || errors.Is(err, ErrTooLarge) {
			break
		}
	}
	return nil, err
}

func runSpeech(ctx context.Context, path, voice, text string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, path, "-b", "1", "--stdin", "--stdout", "-v", voice)
	out, complaint := &capBuffer{limit: maxAudio}, &capBuffer{limit: 1 << 10, quiet: true}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), out, complaint
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		if out.over {
			return nil, fmt.Errorf("%w: speech of more than %d MiB", ErrTooLarge, maxAudio>>20)
		}
		return nil, fmt.Errorf("%w: voice %s: %w: %q", ErrSpeech, voice, err, complaint.buf.String())
	}
	if !isWAV(out.buf.Bytes()) {
		return nil, fmt.Errorf("%w: voice %s: the engine wrote no WAV", ErrSpeech, voice)
	}
	return out.buf.Bytes(), nil
}

// capBuffer holds what a program writes, up to a limit; beyond it the write
// fails, which ends the program, or is forgotten when quiet.
type capBuffer struct {
	buf   bytes.Buffer
	limit int
	quiet bool
	over  bool
}

func (c *capBuffer) Write(p []byte) (int, error) {
	if room := c.limit - c.buf.Len(); len(p) > room {
		c.over = true
		c.buf.Write(p[:room])
		if !c.quiet {
			return room, ErrTooLarge
		}
		return len(p), nil
	}
	return c.buf.Write(p)
}

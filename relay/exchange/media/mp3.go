package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hajimehoshi/go-mp3"
)

// maxDecoded bounds the sound of one MP3, which may be far larger than its
// file: about 60 MB of samples while it is resampled.
const maxDecoded = 10 * time.Minute

// isMP3 looks for an ID3 tag or the sync word of a frame of layer III.
func isMP3(b []byte) bool {
	if bytes.HasPrefix(b, []byte("ID3")) {
		return true
	}
	return len(b) >= 4 && b[0] == 0xff && b[1]&0xe6 == 0xe2 // sync, layer III
}

// isAudio reports whether b is something that decodeAudio knows.
func isAudio(b []byte) bool { return isWAV(b) || isMP3(b) }

// decodeAudio turns a WAV or an MP3 into samples at 8000 Hz. Errors wrap
// ErrUnsupportedAudio or ErrTooLarge.
func decodeAudio(ctx context.Context, b []byte) ([]int16, error) {
	if isMP3(b) {
		return decodeMP3(ctx, b)
	}
	return decodeWAV(ctx, b)
}

// decodeMP3 reads MPEG 1 and 2 layer III, the channels mixed to one. The
// decoder is another's and the file anybody's: a panic in it is one bad file.
func decodeMP3(ctx context.Context, b []byte) (pcm []int16, err error) {
	defer func() {
		if r := recover(); r != nil {
			pcm, err = nil, fmt.Errorf("%w: MP3 decoder: %v", ErrUnsupportedAudio, r)
		}
	}()
	// Without Seek: the decoder would read the whole file twice.
	d, err := mp3.NewDecoder(struct{ io.Reader }{bytes.NewReader(b)})
	if err != nil {
		return nil, fmt.Errorf("%w: MP3: %w", ErrUnsupportedAudio, err)
	}
	rate := d.SampleRate()
	if rate < minRate || rate > maxRate {
		return nil, fmt.Errorf("%w: MP3 at %d Hz", ErrUnsupportedAudio, rate)
	}
	limit := int(maxDecoded/time.Second) * rate
	var mono []int16
	var buf [4 * 4096]byte // samples of 16 bits, left and right
	for err == nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var n int
		n, err = io.ReadFull(d, buf[:])
		for at := 0; at+4 <= n; at += 4 {
			left := int(int16(binary.LittleEndian.Uint16(buf[at:])))
			right := int(int16(binary.LittleEndian.Uint16(buf[at+2:])))
			mono = append(mono, int16((left+right)/2))
		}
		if len(mono) > limit {
			return nil, fmt.Errorf("%w: MP3 of more than %v", ErrTooLarge, maxDecoded)
		}
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || len(mono) == 0 {
		return nil, fmt.Errorf("%w: MP3: %w", ErrUnsupportedAudio, err)
	}
	return resample(ctx, mono, rate, pcmRate)
}

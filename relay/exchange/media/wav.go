package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
)

// WAV format tags.
const (
	wavPCM        = 1
	wavALaw       = 6
	wavMuLaw      = 7
	wavExtensible = 0xfffe
)

// Sample rates a WAV may have; outside them a header is wrong or an attack on
// our memory.
const (
	minRate = 4000
	maxRate = 192000
)

// isWAV looks at the magic.
func isWAV(b []byte) bool {
	return len(b) >= 12 && bytes.Equal(b[:4], []byte("RIFF")) && bytes.Equal(b[8:12], []byte("WAVE"))
}

// wavFormat is the fmt chunk.
type wavFormat struct {
	tag, channels, bits int
	rate                int
}

// decodeWAV reads PCM of 16 bits or either law of G.711, any channels mixed to
// one, resampled to 8000 Hz. Errors wrap ErrUnsupportedAudio.
func decodeWAV(ctx context.Context, b []byte) ([]int16, error) {
	if !isWAV(b) {
		return nil, fmt.Errorf("%w: not a WAV file", ErrUnsupportedAudio)
	}
	var f wavFormat
	for at := 12; at+8 <= len(b); {
		id, size := string(b[at:at+4]), int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		// A writer that streams cannot know the size; what is there counts.
		body = body[:min(size, len(body))]
		switch {
		case id == "fmt " && len(body) >= 16:
			f = readFormat(body)
			if err := f.check(); err != nil {
				return nil, err
			}
		case id == "data" && f.channels > 0:
			return resample(ctx, f.mono(body), f.rate, pcmRate)
		}
		at += 8 + size + size&1
	}
	return nil, fmt.Errorf("%w: WAV without sound", ErrUnsupportedAudio)
}

func readFormat(b []byte) wavFormat {
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	f := wavFormat{tag: u16(0), channels: u16(2), bits: u16(14), rate: int(binary.LittleEndian.Uint32(b[4:]))}
	if f.tag == wavExtensible && len(b) >= 26 {
		f.tag = u16(24) // the GUID begins with the plain tag
	}
	return f
}

func (f wavFormat) check() error {
	law := f.bits == 8 && (f.tag == wavALaw || f.tag == wavMuLaw)
	if !law && !(f.tag == wavPCM && f.bits == 16) {
		return fmt.Errorf("%w: WAV format %d with %d bits", ErrUnsupportedAudio, f.tag, f.bits)
	}
	if f.channels < 1 || f.channels > 8 || f.rate < minRate || f.rate > maxRate {
		return fmt.Errorf("%w: WAV of %d channels at %d Hz", ErrUnsupportedAudio, f.channels, f.rate)
	}
	return nil
}

// mono decodes the samples and mixes the channels.
func (f wavFormat) mono(b []byte) []int16 {
	wide := f.bits / 8
	mu, a := lawTables()
	out := make([]int16, len(b)/(wide*f.channels))
	for i := range out {
		var sum int
		for c := range f.channels {
			at := (i*f.channels + c) * wide
			switch f.tag {
			case wavMuLaw:
				sum += int(mu.pcm[b[at]])
			case wavALaw:
				sum += int(a.pcm[b[at]])
			default:
				sum += int(int16(binary.LittleEndian.Uint16(b[at:])))
			}
		}
		out[i] = int16(sum / f.channels)
	}
	return out
}

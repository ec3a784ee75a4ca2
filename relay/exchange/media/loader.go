package media

import (
	"context"
	"fmt"
)

// loader turns playlist items into clips.
type loader struct {
	rings *ringtones
	fetch *fetcher
}

func newLoader(cfg EngineConfig) loader {
	return loader{rings: &ringtones{}, fetch: newFetcher(cfg)}
}

// now is the clip of an item that takes no time, else nil.
func (l *loader) now(m Media) *clip {
	switch m := m.(type) {
	case Ringtone:
		return l.rings.clip(m)
	case Silence:
		return &clip{length: samples(m.Duration)}
	default:
		return nil
	}
}

// load prepares an item that takes time; ctx ends it.
func (l *loader) load(ctx context.Context, m Media) (*clip, error) {
	var sound []byte
	var err error
	switch m := m.(type) {
	case Audio:
		sound, err = l.fetch.get(ctx, m.URL)
	case TTS:
		sound, err = speak(ctx, m)
	default:
		err = fmt.Errorf("%w: %T", ErrBadPlaylist, m)
	}
	if err != nil {
		return nil, err
	}
	pcm, err := decodeAudio(ctx, sound)
	if err != nil {
		return nil, err
	}
	return &clip{pcm: pcm, length: len(pcm)}, nil
}

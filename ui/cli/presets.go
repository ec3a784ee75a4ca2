package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"cordpair/ui"
	"cordpair/ui/cli/config"
)

// presetsName is the file of the presets that were saved from the console. The
// configuration is the operator's own text and is never written.
const presetsName = "presets.json"

// presets are those of the configuration and those saved from the console,
// which win over one of the same name.
type presets struct {
	mu     sync.Mutex // a change reads the file, then writes it
	file   string     // empty: nothing can be saved
	config []config.Preset
}

// Load reads the saved presets; a file that is not there is no error.
func (p *presets) Load() ([]ui.Preset, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	saved, err := p.saved()
	list := make([]ui.Preset, 0, len(saved)+len(p.config))
	list = append(list, saved...)
	for _, c := range p.config {
		if !slices.ContainsFunc(saved, func(s ui.Preset) bool { return s.Name == c.Name }) {
			list = append(list, ui.Preset{Name: c.Name, Context: c.Context, Request: c.Request, Fixed: true})
		}
	}
	slices.SortStableFunc(list, func(x, y ui.Preset) int { return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)) })
	return list, err
}

func (p *presets) saved() ([]ui.Preset, error) {
	if p.file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(p.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	var list []ui.Preset
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, err)
	}
	return list, nil
}

// Save writes the file anew; one that cannot be read is left as it is.
func (p *presets) Save(one ui.Preset) error { return p.replace(one.Name, one) }

// Remove writes the file anew without a preset.
func (p *presets) Remove(name string) error { return p.replace(name) }

// replace puts presets in the place of the saved one of a name.
func (p *presets) replace(name string, with ...ui.Preset) error {
	if p.file == "" {
		return errors.New("there is no state folder")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list, err := p.saved()
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(s ui.Preset) bool { return s.Name == name })
	data, err := json.MarshalIndent(append(list, with...), "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(p.file, append(data, '\n'))
}

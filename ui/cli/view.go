package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"

	"cordpair/ui"
)

// viewName is the file of what was chosen in the view menu. The configuration
// is the operator's own text and is never written.
const viewName = "view.json"

// viewFile keeps the choices of the view menu.
type viewFile struct {
	file string
	mu   sync.Mutex // two menus closed in a row are written one after the other
}

// load reads the choices; none when there is no file. One that cannot be read
// is told and counts as none.
func (f *viewFile) load() (map[string]ui.Choice, error) {
	data, err := os.ReadFile(f.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var choices map[string]ui.Choice
	return choices, json.Unmarshal(data, &choices)
}

// keep writes the choices. It is safe for concurrent use.
func (f *viewFile) keep(choices map[string]ui.Choice) error {
	data, err := json.MarshalIndent(choices, "", "  ")
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return writeWhole(f.file, append(data, '\n'))
}

// keepsView lets the console remember how it was looked at.
func (c *consoleRun) keepsView(opts *ui.Options) {
	path, err := stateFile(viewName)
	if err != nil {
		return // no home: choices hold for this run
	}
	f := &viewFile{file: path}
	if opts.View, err = f.load(); err != nil {
		c.p.logger().Warn("view settings not read", "file", path, "error", err)
	}
	opts.KeepView = f.keep
}

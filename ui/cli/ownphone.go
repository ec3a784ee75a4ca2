package cli

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"

	"cordpair/model"
	"cordpair/ui"
)

// phoneName is the file of the operator's own phone, where the configuration
// names none.
const phoneName = "phone"

// phoneFile keeps one address.
type phoneFile struct {
	file string
	mu   sync.Mutex // two given in a row are written one after the other
}

// load reads the address; empty when there is no file.
func (f *phoneFile) load() (string, error) {
	data, err := os.ReadFile(f.file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	who, err := model.ParseAddress(strings.TrimSpace(string(data)))
	return who.URI, err
}

// keep writes the address. It is safe for concurrent use.
func (f *phoneFile) keep(phone string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return writeWhole(f.file, []byte(phone+"\n"))
}

// keepsPhone lets the console know the operator's own phone, and remember it.
func (c *consoleRun) keepsPhone(opts *ui.Options) {
	opts.Phone = c.p.cfg.Phone.V
	path, err := stateFile(phoneName)
	if err != nil {
		return // no home: it is asked for in each run
	}
	f := &phoneFile{file: path}
	opts.KeepPhone = f.keep
	if opts.Phone != "" {
		return
	}
	if opts.Phone, err = f.load(); err != nil {
		c.p.logger().Warn("own phone not read", "file", path, "error", err)
	}
}

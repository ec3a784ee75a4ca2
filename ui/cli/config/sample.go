package config

import (
	_ "embed" // the example
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Sample is the example that "config init" writes. Its settings are commented
// out: a "#" with a space begins prose, one without begins a setting.
//
//go:embed sample.toml
var Sample []byte

// ErrExists refuses to write over a file.
var ErrExists = errors.New("it exists already and is left as it is")

// Init writes the example where only its owner can read it, and makes the
// folder. It never writes over a file: the error then matches [ErrExists].
func Init(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", file, ErrExists)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(Sample)
	return errors.Join(err, f.Close())
}

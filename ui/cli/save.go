package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// saveFile writes a file of the console where the program was started, or, if
// that cannot be written to, in the state folder. It never writes over
// another.
func saveFile(name string, data []byte) (string, error) {
	here, err := filepath.Abs(name)
	if err == nil {
		if err = writeNew(here, data); err == nil {
			return here, nil
		}
	}
	there, serr := stateFile(filepath.Join("saved", name))
	if serr != nil {
		return "", err
	}
	if serr := os.MkdirAll(filepath.Dir(there), 0o700); serr != nil {
		return "", serr
	}
	return there, writeNew(there, data)
}

func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Path is where the configuration file is looked for: cordpair/config.toml
// under $XDG_CONFIG_HOME, which is ~/.config unless it is set to an absolute
// path (XDG Base Directory Specification).
func Path() (string, error) {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("no configuration folder: %w", err)
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "cordpair", "config.toml"), nil
}

// expand puts the home folder for a leading ~/ and takes a relative path from
// the folder that the file is in.
func expand(path, file string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

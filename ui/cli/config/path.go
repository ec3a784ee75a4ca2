package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Path is where the configuration file is looked for: cordpair/config.toml
// under $XDG_CONFIG_HOME, which is ~/.config unless it is set to an absolute
// path (XDG Base Directory Specification). So it is on macOS too, as terminal
// programs are used there; on Windows it is %AppData%.
func Path() (string, error) {
	dir, err := folder(runtime.GOOS, os.Getenv, "XDG_CONFIG_HOME", "AppData", ".config")
	return filepath.Join(dir, "cordpair", "config.toml"), err
}

// StateFolder is where a program keeps what it may lose, log and history among
// it: cordpair under $XDG_STATE_HOME, which is ~/.local/state unless it is set
// to an absolute path, and %LocalAppData% on Windows.
func StateFolder() (string, error) {
	dir, err := folder(runtime.GOOS, os.Getenv, "XDG_STATE_HOME", "LocalAppData", filepath.Join(".local", "state"))
	return filepath.Join(dir, "cordpair"), err
}

// folder is the one that a variable names, or else its place on that system.
func folder(system string, env func(string) string, xdg, windows, underHome string) (string, error) {
	if dir := env(xdg); filepath.IsAbs(dir) {
		return dir, nil
	}
	home := env("HOME")
	if system == "windows" {
		if dir := env(windows); dir != "" {
			return dir, nil
		}
		home = env("USERPROFILE")
	}
	if home == "" {
		return "", errors.New("no home folder: set HOME, or " + xdg)
	}
	return filepath.Join(home, underHome), nil
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

//go:build unix

package config

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A program that says no is told of by its name, and so is one that is not there.
func TestAProgramThatSaysNo(t *testing.T) {
	dir := t.TempDir()
	no := filepath.Join(dir, "program")
	if err := os.WriteFile(no, []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{no, filepath.Join(dir, "none")} {
		if _, err := (Secret{command: []string{program}}).Reveal(context.Background()); err == nil || !strings.Contains(err.Error(), program) {
			t.Errorf("%v", err)
		}
	}
}

// A file with a secret in the open is told of when others can read it.
func TestModeOfAFileWithASecret(t *testing.T) {
	for mode, told := range map[os.FileMode]bool{0o600: false, 0o640: true, 0o604: true} {
		file := filepath.Join(t.TempDir(), "c.toml")
		if err := os.WriteFile(file, []byte("[profiles.w]\nspace = \"s\"\ntoken = \"t\"\n"), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		c, err := Load(file, true, Keyboard{})
		if err != nil {
			t.Fatal(err)
		}
		warned := false
		for _, w := range c.Warnings {
			warned = warned || strings.Contains(w.Text, "chmod 600 "+file)
		}
		if warned != told {
			t.Errorf("%o: %v", mode, c.Warnings)
		}
	}
}

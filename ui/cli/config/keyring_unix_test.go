//go:build unix

package config

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The keyring commands of the example are those that the programs take.
func TestTheExamplesKeyrings(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, args := range map[string]string{
		"secret-tool": "lookup service cordpair",
		"security":    "find-generic-password -s cordpair -w",
		"powershell":  "-NoProfile -Command [Net.NetworkCredential]::new('', (Get-Content $HOME\\cordpair.token | ConvertTo-SecureString)).Password",
	} {
		script := "#!/bin/sh\n[ \"$*\" = \"$WANT\" ] || { echo \"asked for $*\" >&2; exit 1; }\necho kept\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("WANT", args)
		line := regexp.MustCompile(`(?m)^# (token_command = \["` + name + `".*)$`).FindSubmatch(Sample)
		if line == nil {
			t.Errorf("the example does not tell of %s", name)
			continue
		}
		c, err := Parse(filepath.Join(dir, "c.toml"), []byte("[profiles.w]\nspace = \"s\"\n"+string(line[1])), Keyboard{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := c.Profiles["w"].Token.V.Reveal(context.Background()); got != "kept" || err != nil {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

// A keyring that says no is told of by its name, and so is one that is not there.
func TestAKeyringThatSaysNo(t *testing.T) {
	dir := t.TempDir()
	no := filepath.Join(dir, "keyring")
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

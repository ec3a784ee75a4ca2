package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// TestTheOwnPhoneIsRemembered, and what is no address is not believed.
func TestTheOwnPhoneIsRemembered(t *testing.T) {
	f := &phoneFile{file: filepath.Join(t.TempDir(), "state", phoneName)}
	if got, err := f.load(); got != "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if err := f.keep("sip:desk1@demo"); err != nil {
		t.Fatal(err)
	}
	if got, err := f.load(); got != "sip:desk1@demo" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.WriteFile(f.file, []byte("sip:\x1b[2J\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := f.load(); got != "" || err == nil {
		t.Errorf("%q, %v", got, err)
	}
}

package people

import "testing"

// TestHere: people reach a registrar of either family.
func TestHere(t *testing.T) {
	for registrar, want := range map[string]string{
		"127.0.0.1:5060": "127.0.0.1:0", "[::1]:5060": "[::1]:0", "localhost:5060": "127.0.0.1:0", "[::ffff:127.0.0.1]:5060": "127.0.0.1:0",
	} {
		if got := (&People{cfg: Config{Registrar: registrar}}).here(); got != want {
			t.Errorf("%s: %s", registrar, got)
		}
	}
}

package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
)

// sessionFile is where the console keeps its session with a server and
// project, for the next one to take its calls over.
func sessionFile(url, project string) (string, error) {
	sum := sha256.Sum256([]byte(url + "\n" + project))
	return stateFile(filepath.Join("sessions", hex.EncodeToString(sum[:8])+".json"))
}

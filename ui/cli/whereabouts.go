package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"cordpair/ui/cli/config"
)

// whereabouts is how to reach the exchange that runs on this machine for this
// user. It is kept in a file that only the user can read, so that "cordpair
// calls" finds the console's exchange without flags, and the token needs no
// place on a command line.
type whereabouts struct {
	Relay   string `json:"relay"`
	SIP     string `json:"sip"`
	Project string `json:"project"`
	Token   string `json:"token"`
	PID     int    `json:"pid"`
}

// stateFile is a file of ours under the user's state folder.
func stateFile(name string) (string, error) {
	dir, err := config.StateFolder()
	return filepath.Join(dir, name), err
}

const whereaboutsFile = "exchange.json"

// tell writes the file, replacing that of an exchange that went before.
func (w whereabouts) tell() error {
	file, err := stateFile(whereaboutsFile)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	data, err := json.Marshal(w)
	if err != nil {
		return err
	}
	fresh := fmt.Sprintf("%s.%d", file, w.PID)
	if err := os.WriteFile(fresh, data, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}

// findExchange reads the file; ok is false when no exchange has told of
// itself.
func findExchange() (w whereabouts, ok bool) {
	file, err := stateFile(whereaboutsFile)
	if err != nil {
		return w, false
	}
	data, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(data, &w) != nil {
		return whereabouts{}, false
	}
	return w, w.Relay != "" && w.Token != ""
}

// forget removes the file if it is still about this exchange.
func (w whereabouts) forget() {
	if now, ok := findExchange(); !ok || now.PID != w.PID {
		return
	}
	if file, err := stateFile(whereaboutsFile); err == nil {
		_ = os.Remove(file)
	}
}

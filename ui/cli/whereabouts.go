package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cordpair/ui/cli/config"
)

// whereabouts is how to reach an exchange that runs on this machine for this
// user. It is kept in a file that only the user can read, so that "cordpair
// calls" finds the console's exchange without flags, and the token needs no
// place on a command line. Each exchange has a file of its own; the latest that
// still runs is the one that is found.
type whereabouts struct {
	Relay   string `json:"relay"`
	SIP     string `json:"sip"`
	Project string `json:"project"`
	Token   string `json:"token"`
	PID     int    `json:"pid"`

	told time.Time
}

// stateFile is a file of ours under the user's state folder.
func stateFile(name string) (string, error) {
	dir, err := config.StateFolder()
	return filepath.Join(dir, name), err
}

// whereaboutsFolder is where the files are.
const whereaboutsFolder = "exchanges"

func (w whereabouts) file() (string, error) {
	return stateFile(filepath.Join(whereaboutsFolder, fmt.Sprintf("%d.json", w.PID)))
}

// tell writes the file.
func (w whereabouts) tell() error {
	file, err := w.file()
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
	fresh := file + ".new"
	if err := os.WriteFile(fresh, data, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}

// forget removes the file.
func (w whereabouts) forget() {
	if file, err := w.file(); err == nil {
		_ = os.Remove(file)
	}
}

// findExchange is the latest exchange that runs here; ok is false when there is
// none. What was left by one that was killed is cleared away.
func findExchange(ctx context.Context) (w whereabouts, ok bool) {
	for _, w := range toldOf() {
		here, gone := w.answers(ctx)
		if here {
			return w, true
		}
		if gone {
			w.forget()
		}
	}
	return whereabouts{}, false
}

// exchangeAt is the exchange that runs here and takes clients at a URL.
func exchangeAt(url string) (w whereabouts, ok bool) {
	for _, w := range toldOf() {
		if w.Relay == url {
			return w, true
		}
	}
	return whereabouts{}, false
}

// toldOf is what all exchanges have told, the latest first.
func toldOf() []whereabouts {
	folder, err := stateFile(whereaboutsFolder)
	if err != nil {
		return nil
	}
	files, _ := os.ReadDir(folder) // no folder, no exchange
	var all []whereabouts
	for _, f := range files {
		if filepath.Ext(f.Name()) != ".json" { // one that is being written
			continue
		}
		var w whereabouts
		data, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil || json.Unmarshal(data, &w) != nil || w.Relay == "" || w.Token == "" {
			continue
		}
		if info, err := f.Info(); err == nil {
			w.told = info.ModTime()
		}
		all = append(all, w)
	}
	slices.SortFunc(all, func(a, b whereabouts) int {
		return cmp.Or(b.told.Compare(a.told), cmp.Compare(b.PID, a.PID))
	})
	return all
}

// answers reports whether something listens where the exchange was, and else
// whether that is certain. Loopback tells at once, on a machine that is not too
// busy.
func (w whereabouts) answers(ctx context.Context) (here, gone bool) {
	ctx, cancel := context.WithTimeout(ctx, linkPatience)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(w.Relay, "ws://"))
	if err == nil {
		_ = c.Close()
		return true, false
	}
	var failed net.Error
	return false, ctx.Err() == nil && errors.As(err, &failed) && !failed.Timeout()
}

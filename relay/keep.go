package relay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cordpair/model"
	"cordpair/relay/wire"
)

// kept is the form of a session in a file. It is of use only to the server and
// project that it came from.
type kept struct {
	URL     string `json:"url"`
	Project string `json:"project"`
	Session
}

// loadSession reads Config.SessionFile. A file that is absent, unreadable or
// of another server gives no session and no error: the client starts afresh.
func loadSession(cfg *Config) Session {
	data, err := os.ReadFile(cfg.SessionFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Session{}
	}
	var k kept
	if err == nil {
		err = wire.Decode(data, &k)
	}
	if err != nil {
		cfg.Logger.Warn("relay: the saved session cannot be read", "file", cfg.SessionFile, "error", err)
		return Session{}
	}
	if k.URL != cfg.URL || k.Project != cfg.Project {
		return Session{}
	}
	return k.Session
}

// saveSession writes the file anew, for its owner's eyes only (0600), in one
// step: a crash leaves the old file or the new one.
func saveSession(cfg *Config, s Session) error {
	data, err := wire.Encode(kept{URL: cfg.URL, Project: cfg.Project, Session: s})
	if err != nil {
		return err
	}
	dir := filepath.Dir(cfg.SessionFile)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".session-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there any more once it was renamed
	_, err = f.Write(append(data, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), cfg.SessionFile)
}

// sessionChanged lets the keeper write. The lock is held.
func (c *Client) sessionChanged() {
	select {
	case c.unsaved <- struct{}{}:
	default:
	}
}

// keepSession writes the session whenever it has changed, until ctx ends.
func (c *Client) keepSession(ctx context.Context) {
	defer c.wg.Done()
	for {
		select {
		case <-c.unsaved:
		case <-ctx.Done():
			return
		}
		err := c.guard("saving the session", func() {
			if err := saveSession(&c.cfg, c.Session()); err != nil {
				c.notice(model.Clean(fmt.Sprintf("the session could not be saved, a restart will not find its calls: %v", err)))
			}
		})
		if err != nil {
			return
		}
	}
}

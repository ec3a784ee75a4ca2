package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// kept is the form of a session in a file. It is of use only to the server and
// project that it came from. Calls are there for a server that cannot list
// them.
type kept struct {
	URL     string `json:"url"`
	Project string `json:"project"`
	Session
	Calls []model.SnapshotCall `json:"calls,omitzero"`
}

// loadSession reads Config.SessionFile. A file that is absent, unreadable or
// of another server gives no session and no error: the client starts afresh.
func loadSession(cfg *Config) kept {
	data, err := os.ReadFile(cfg.SessionFile)
	if errors.Is(err, fs.ErrNotExist) {
		return kept{}
	}
	var k kept
	if err == nil {
		err = wire.Decode(data, &k)
	}
	if err != nil {
		cfg.Logger.Warn("relay: the saved session cannot be read", "file", cfg.SessionFile, "error", err)
		return kept{}
	}
	if k.URL != cfg.URL || k.Project != cfg.Project {
		return kept{}
	}
	return k
}

// saveSession writes the file anew, for its owner's eyes only (0600), in one
// step: a crash leaves the old file or the new one.
func saveSession(file string, k kept) error {
	data, err := wire.Encode(k)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".session-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there any more once it was renamed
	_, err = f.Write(append(data, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// errKept reports that another process keeps its session in the file.
var errKept = errors.New("another process keeps its session there")

// claimSession makes the file this process's own until the Closer is closed or
// the process ends, however it does: two clients in one session would take
// each other's events.
func claimSession(file string) (io.Closer, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	return lockFile(file + ".lock")
}

// openSessionFile claims and reads Config.SessionFile. What fails costs the
// file, not the client.
func (c *Client) openSessionFile() {
	claim, err := claimSession(c.cfg.SessionFile)
	if err != nil {
		c.log.Warn("relay: no session is kept", "file", c.cfg.SessionFile, "error", err)
		c.unkept = fmt.Sprintf("this session is not kept, a restart will not find its calls: %v", err)
		c.cfg.SessionFile = ""
		return
	}
	c.claim = claim
	if c.cfg.Resume != nil {
		return
	}
	k := loadSession(&c.cfg)
	c.session, c.recalled = k.Session, k.Calls
	if info, err := os.Stat(c.cfg.SessionFile); err == nil {
		c.keptAt = info.ModTime()
	}
}

// recall tells what the process before knew, when the server has given its
// session back and cannot list the calls itself. The lock is held.
func (c *Client) recall(link model.Link) {
	if link.Resumed && !link.Server.Cordpair && len(c.recalled) > 0 {
		c.emit(model.Snapshot{At: time.Now(), Calls: c.recalled, Remembered: true})
	}
	c.recalled = nil
}

// sessionChanged lets the keeper write. The lock is held.
func (c *Client) sessionChanged() {
	select {
	case c.unsaved <- struct{}{}:
	default:
	}
}

// callsChanged lets the keeper write where the calls are kept, too. The lock is
// held.
func (c *Client) callsChanged() {
	if c.claim != nil && !c.link.Server.Cordpair {
		c.sessionChanged()
	}
}

// beatEvery is how often the file is marked while the link is up, so that the
// next process knows how long nobody listened.
const beatEvery = 5 * time.Second

// beat marks the file with the time. The link's loss is marked by silence.
func (c *Client) beat() {
	if now := time.Now(); c.Link().State == model.LinkUp {
		_ = os.Chtimes(c.cfg.SessionFile, now, now) // it may not be there yet
	}
}

// restBetweenSaves is how many times as long as a save the next one waits, so
// that very many calls cost a tenth of one processor at most.
const restBetweenSaves = 9

// keepSession writes the session whenever it has changed, until ctx ends.
func (c *Client) keepSession(ctx context.Context) {
	defer c.wg.Done()
	defer c.claim.Close()
	rest, beat := time.NewTimer(0), time.NewTicker(beatEvery)
	defer rest.Stop()
	defer beat.Stop()
	for ctx.Err() == nil {
		select {
		case <-rest.C:
		case <-ctx.Done():
		}
		select {
		case <-c.unsaved:
			began := time.Now()
			c.saveNow()
			rest.Reset(restBetweenSaves * time.Since(began))
		case <-beat.C:
			c.beat()
			rest.Reset(0)
		case <-ctx.Done():
		}
	}
	c.beat()
	select {
	case <-c.unsaved: // what changed last must not be lost
		c.saveNow()
	default:
	}
}

func (c *Client) saveNow() {
	_ = c.guard("saving the session", func() {
		if err := saveSession(c.cfg.SessionFile, c.toKeep()); err != nil {
			c.notice(model.Clean(fmt.Sprintf("the session could not be saved, a restart will not find its calls: %v", err)))
		}
	})
}

func (c *Client) toKeep() kept {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := kept{URL: c.cfg.URL, Project: c.cfg.Project, Session: c.session}
	if c.link.Server.Cordpair {
		return k
	}
	for _, s := range c.stateNow(time.Now()).Calls {
		if s.Call.State != model.Ended {
			k.Calls = append(k.Calls, s)
		}
	}
	return k
}

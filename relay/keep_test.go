package relay

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// savedAs waits until the file holds what fits.
func savedAs(t *testing.T, path, holds string) {
	t.Helper()
	ctx := within(t)
	for {
		data, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(data), holds) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s %v", data, err)
		}
		runtime.Gosched()
	}
}

func TestNewProcessFindsItsCalls(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	cfg := config(s)
	cfg.SessionFile = filepath.Join(t.TempDir(), "state", "session.json")
	c := opened(t, cfg)
	s.Last().Event(wire.EventAuthorizationState, wire.AuthorizationStateParams{AuthorizationState: "a:b"})
	call := answered(t, c, w)
	savedAs(t, cfg.SessionFile, `"a:b"`)
	info, err := os.Stat(cfg.SessionFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	if data, _ := os.ReadFile(cfg.SessionFile); strings.Contains(string(data), cfg.Token) {
		t.Fatal("the token is in the file")
	}
	c.Close() // as a crash would: nothing is said to the server about calls

	c = opened(t, cfg)
	if l := c.Link(); !l.Resumed || l.Gap <= 0 || l.Gap > patience {
		t.Fatalf("%+v", l)
	}
	again := c.Attach(call.ID(), call.Node())
	w.Leave(string(call.ID()))
	if _, err := again.WaitFor(within(t), model.Ended); err != nil {
		t.Fatal(err)
	}
	c.Close()

	other := cfg
	other.Project = "another"
	if c := opened(t, other); c.Link().Resumed {
		t.Fatal("a session of another project was used")
	}
}

func TestGapOfARestartBeginsWhenTheLinkWasLastUp(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.SessionFile = filepath.Join(t.TempDir(), "session.json")
	c := opened(t, cfg)
	savedAs(t, cfg.SessionFile, c.Session().Protocol)
	hourAgo := time.Now().Add(-time.Hour)
	mark := func() {
		if err := os.Chtimes(cfg.SessionFile, hourAgo, hourAgo); err != nil {
			t.Fatal(err)
		}
	}
	mark()
	c.beat()
	if info, err := os.Stat(cfg.SessionFile); err != nil || time.Since(info.ModTime()) > time.Minute {
		t.Fatal(info.ModTime(), err)
	}
	c.Close()
	mark()
	if l := opened(t, cfg).Link(); !l.Resumed || l.Gap < time.Hour || l.Gap > time.Hour+patience {
		t.Fatalf("%+v", l)
	}
}

func TestUnreadableSessionFileStartsAfresh(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.SessionFile = filepath.Join(t.TempDir(), "session.json")
	if err := os.WriteFile(cfg.SessionFile, []byte("{half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := opened(t, cfg); c.Link().Resumed {
		t.Fatal("resumed from nothing")
	}
}

func TestSessionFileThatCannotBeWrittenIsTold(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.SessionFile = filepath.Join(file, "session.json") // below a file, not a folder
	c := open(t, cfg)
	takeUntil(t, c, func(ev model.Event) bool {
		n, ok := ev.(model.Notice)
		return ok && strings.Contains(n.Text, "session")
	})
}

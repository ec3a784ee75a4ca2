package cli

import (
	"os"
	"path/filepath"

	"cordpair/ui"
	"cordpair/ui/cli/config"
)

// askedName is the file that says that the console asked what it is for.
const askedName = "welcomed"

// choosing are the flags that say what the console is for: whoever gives one
// needs no question.
var choosing = []string{"demo", "relay", "space", "profile", "project", "token", "config", "people", "relay-addr", "sip-addr", "domain",
	"watch", "plain", "record", "replay", "context", "from"}

// setup is what the console tells of how it is set up. The first start without
// a configuration, flags or a server in the environment asks what it is for.
func (c *consoleRun) setup() *ui.Setup {
	s := &ui.Setup{Version: version()}
	if rows, err := c.p.settings(); err == nil {
		for _, r := range rows {
			if r.Value != "" {
				s.Settings = append(s.Settings, r.Key+" = "+r.Value)
			}
		}
	}
	for _, name := range []string{envProject, envToken, envSpace} {
		s.Variables = append(s.Variables, ui.Variable{Name: name, Set: os.Getenv(name) != ""})
	}
	if file, err := config.Path(); err == nil {
		s.ConfigFile = firstOf(c.p.cfg.File, file)
	}
	for _, u := range c.p.cfg.Exchange.Users {
		s.Users = append(s.Users, u.Name)
	}
	if x := &c.p.cfg.Exchange; x.TLSAddr.Given() {
		s.TLS = x.TLSAddr.V
	}
	asked, err := stateFile(askedName)
	if err != nil || c.flags == nil || c.p.cfg.File != "" || c.link.attached() {
		return s
	}
	for _, name := range choosing {
		if f := c.flags.Lookup(name); f != nil && f.Changed {
			return s
		}
	}
	if _, err := os.Stat(asked); err == nil {
		return s
	}
	s.First = true
	s.Asked = func() error {
		if err := os.MkdirAll(filepath.Dir(asked), 0o700); err != nil {
			return err
		}
		return os.WriteFile(asked, nil, 0o600)
	}
	return s
}

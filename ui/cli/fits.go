package cli

import (
	"github.com/spf13/pflag"
)

// The flags of the console that are about one thing only.
var (
	ownFlags  = []string{"people", "relay-addr", "sip-addr", "domain"}                         // an exchange of its own
	linkNames = []string{"relay", "space", "project", "token", "context", "profile", "record"} // a server
)

// fits refuses flags that have no meaning together, before anything is
// started: what would be ignored is better told.
func (c *consoleRun) fits(fl *pflag.FlagSet) error {
	if n := c.p.cfg.FPS.V; n < 1 || n > 120 { // the file was checked as it was read
		return usagef("--fps: must be from 1 to 120, not %d", n)
	}
	if c.filter != "" && c.p.plain {
		return usagef("--filter is about the screen, --plain tells of every call: for one without the other try cordpair calls --follow --filter %q", c.filter)
	}
	if c.replay != "" {
		if flag := firstGiven(fl, append(append([]string{"demo", "from"}, linkNames...), ownFlags...)...); flag != "" {
			return usagef("--replay shows a recording and asks no server: leave %s out", flag)
		}
		return nil
	}
	if fl.Changed("speed") {
		return usagef("--speed goes with --replay FILE")
	}
	if c.demo && c.local.people == peopleOff && fl.Changed("people") {
		return usagef("--demo is about scripted people: leave --people off out, or --demo")
	}
	return nil
}

// ownFits refuses flags about an exchange of its own where a server is named.
func (c *consoleRun) ownFits() error {
	if !c.link.attached() || c.flags == nil {
		return nil
	}
	flag := firstGiven(c.flags, ownFlags...)
	if flag == "" {
		return nil
	}
	return usagef("%s is about an exchange of its own, but %s is attached to: leave it out, or add --profile local", flag, c.link.url())
}

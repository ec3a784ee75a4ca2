package ui

import (
	"cordpair/model"
	"cordpair/theme"
)

// stateWord is the state of a call as the list shows it.
func stateWord(c *model.Call) string {
	switch c.State {
	case model.Ringing:
		return "RINGING"
	case model.Created:
		return "NEW"
	case model.Answered:
		if c.ConnectState() == model.Connected {
			return "TALKING"
		}
		return "ANSWERED"
	case model.Ending:
		return "ENDING"
	case model.Ended:
		return "ENDED"
	}
	return "UNKNOWN"
}

// rowText is what the list says of a call beyond its state: how it waits, or
// how its connect stands.
func (a *App) rowText(c *model.Call) (string, theme.Role) {
	if text := a.opText(c); text != "" && !c.ConnectState().Active() {
		return text, a.opRole(c)
	}
	return a.connectText(c)
}

// connectText is the state of the last connect, with the time that matters.
func (a *App) connectText(c *model.Call) (string, theme.Role) {
	at := c.Attempt
	if at == nil {
		return "-", theme.Muted
	}
	if at.Cancelling() {
		if at.State == model.Connected {
			return "disconnecting" + a.dots(), theme.Warn
		}
		return "cancelling" + a.dots(), theme.Warn
	}
	switch at.State {
	case model.Dialing:
		return "dialing " + brief(a.now.Sub(at.Submitted)), theme.Info
	case model.RingingPeer:
		return "ringing " + brief(a.now.Sub(at.Rang)), theme.Warn
	case model.Connected:
		if c.Monitor != nil && c.Monitor.State == model.MonitorJoined {
			return "monitored " + brief(a.now.Sub(at.Joined)), theme.Warn
		}
		return "connected " + brief(a.now.Sub(at.Joined)), theme.Good
	case model.Disconnected:
		return ending(at), theme.Muted
	case model.Failed:
		if at.Cause.By == model.Operator {
			return ending(at), theme.Muted
		}
		return ending(at), theme.Bad
	}
	return "-", theme.Muted
}

func (a *App) dots() string {
	if a.th.ASCII {
		return "..."
	}
	return "…"
}

func stateRole(c *model.Call) theme.Role {
	switch {
	case !c.Live() || c.Stale:
		return theme.Muted
	case c.State < model.Answered:
		return theme.Warn
	case c.ConnectState() == model.Connected:
		return theme.Good
	}
	return theme.Accent
}

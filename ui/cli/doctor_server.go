package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"cordpair/relay/exchange"
	"cordpair/ui/cli/config"
)

// checkPorts tells whether the embedded exchange can listen where it is told
// to.
func (d *doctor) checkPorts(ctx context.Context) []checkRecord {
	x := d.p.cfg.Exchange
	running, runs := findExchange(ctx)
	var checks []checkRecord
	for _, port := range []struct {
		name, flag, addr, used string
		udp                    bool
	}{
		{"port of RELAY", "--relay-addr", x.RelayAddr.V, strings.TrimPrefix(running.Relay, "ws://"), false},
		{"port of SIP", "--sip-addr", x.SIPAddr.V, running.SIP, true},
	} {
		err := canListen(port.addr, port.udp)
		switch {
		case err == nil:
			checks = append(checks, fine(port.name, "%s is free", port.addr))
		case runs && port.used == port.addr:
			checks = append(checks, fine(port.name, "%s is used by the exchange that runs here (process %d)", port.addr, running.PID))
		case !(&exchange.TakenError{Err: err}).InUse():
			checks = append(checks, broken(port.name, "give another with "+port.flag, "%s cannot be listened on: %s", port.addr, err))
		default:
			checks = append(checks, poor(port.name, "stop what listens there, or give another with "+port.flag,
				"%s: the console takes a free port instead, the exchange command does not start: %s", port.addr, err))
		}
	}
	return checks
}

func canListen(addr string, udp bool) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer l.Close()
	if !udp {
		return nil
	}
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	return c.Close()
}

// checkServer tells of the credentials, the link and the clock.
func (d *doctor) checkServer(ctx context.Context) []checkRecord {
	const credentials = "credentials"
	l, err := d.link.choose(d.p)
	if err != nil {
		return []checkRecord{broken(credentials, "see: cordpair config check", "%s", err), checkClock(ctx, "")}
	}
	if _, runs := findExchange(ctx); !l.attached() && !runs {
		return []checkRecord{
			fine(credentials, "none are needed: no server is named, the console brings its own exchange"),
			checkClock(ctx, ""),
		}
	}
	link := d.link
	if err := link.resolve(ctx, d.p, true); err != nil {
		return []checkRecord{broken(credentials, "give --project and --token, or a profile", "%s", err), checkClock(ctx, "")}
	}
	return []checkRecord{
		fine(credentials, "project from %s, token from %s", origin(l.project), origin(l.token)),
		d.checkLink(ctx, &link),
		checkClock(ctx, link.url()),
	}
}

func origin[T any](v config.Value[T]) string {
	if !v.Given() {
		return config.FromRunning.String()
	}
	return v.Origin.String()
}

func (d *doctor) checkLink(ctx context.Context, link *linkFlags) checkRecord {
	const name = "link"
	begin := time.Now()
	s, err := d.p.openSession(ctx, link, nil)
	if err != nil {
		fix := "start it (cordpair exchange), or check the address and the network"
		var e *exitError
		if errors.As(err, &e) && e.code == ExitRefused {
			fix = "check the project and the token"
		}
		return broken(name, fix, "%s", err)
	}
	defer s.close()
	kind := "a RELAY server"
	if s.book.Link().Server.Cordpair {
		kind = "a cordpair exchange"
	}
	return fine(name, "%s is %s, connected in %s", link.url(), kind, time.Since(begin).Round(time.Millisecond))
}

// The clock may differ by this much from the server's before a signature or a
// certificate is at risk.
const clockSlack = 30 * time.Second

// firstYear is before any build of this program.
const firstYear = 2025

func checkClock(ctx context.Context, relayURL string) checkRecord {
	const name = "clock"
	const fix = "set the clock, or switch on its synchronisation (timedatectl set-ntp true)"
	now := time.Now()
	if now.Year() < firstYear {
		return broken(name, fix, "it is %s here", now.Format(time.RFC3339))
	}
	there, ok := serverTime(ctx, relayURL)
	if !ok {
		return fine(name, "%s", now.Format(time.RFC3339))
	}
	// The header tells whole seconds, cut off.
	off := now.Sub(there) - 500*time.Millisecond
	if off.Abs() > clockSlack {
		return poor(name, fix, "%s off the server's", off.Round(time.Second))
	}
	return fine(name, "%s, within %s of the server's", now.Format(time.RFC3339), (off.Abs() + time.Second).Truncate(time.Second))
}

// serverTime asks the server's web side for its time.
func serverTime(ctx context.Context, relayURL string) (time.Time, bool) {
	if relayURL == "" {
		return time.Time{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, linkPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, "http"+strings.TrimPrefix(relayURL, "ws"), nil)
	if err != nil {
		return time.Time{}, false
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return time.Time{}, false
	}
	_ = res.Body.Close()
	t, err := http.ParseTime(res.Header.Get("Date"))
	return t, err == nil
}

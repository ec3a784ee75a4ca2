package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cordpair/relay/exchange"
	"cordpair/relay/exchange/people"
	"cordpair/ui/cli/config"
)

// offerWait is how long an inbound call waits for an operator before it gets
// 480: long enough to start a console, or to restart one.
const offerWait = 20 * time.Second

// peopleMode is what scripted people do.
type peopleMode string

// The modes of --people.
const (
	peopleCalling   peopleMode = "calling"   // they call in, and can be called
	peopleAnswering peopleMode = "answering" // they can be called
	peopleOff       peopleMode = "off"
)

var peopleModes = []string{string(peopleCalling), string(peopleAnswering), string(peopleOff)}

// Set makes peopleMode a flag value.
func (m *peopleMode) Set(s string) error {
	if !slices.Contains(peopleModes, s) {
		return errors.New(choose(s, peopleModes))
	}
	*m = peopleMode(s)
	return nil
}

func (m *peopleMode) String() string { return string(*m) }

// Type names the value in help texts.
func (m *peopleMode) Type() string { return "calling|answering|off" }

// localFlags say how to run an exchange of our own.
type localFlags struct {
	relayAddr, sipAddr string
	domain             string
	people             peopleMode
}

func (f *localFlags) add(cmd *cobra.Command, people peopleMode) {
	f.people = people
	fl := cmd.Flags()
	checkedVar(fl, &f.relayAddr, "relay-addr", exchange.DefaultRelayAddr, "`host:port` where the embedded exchange takes RELAY clients; port 0 takes a free one", config.CheckListen)
	checkedVar(fl, &f.sipAddr, "sip-addr", exchange.DefaultSIPAddr, "`host:port` where it takes phones (SIP over UDP and TCP); port 0 takes a free one", config.CheckListen)
	checkedVar(fl, &f.domain, "domain", exchange.DefaultDomain, "its SIP `domain`, under which phones register", config.CheckWord)
	fl.Var(&f.people, "people", "scripted people: calling (they call in), answering (they can be called) or off")
}

// local is a running exchange with its people. Close it.
type local struct {
	x       *exchange.Exchange
	people  *people.People
	desk    *demoDesk
	project string
	token   string
	where   whereabouts
}

// startLocal starts the exchange for the clients that as tells of, then the
// people.
func startLocal(ctx context.Context, p *program, f *localFlags, fallBack bool, as *linkFlags) (*local, error) {
	l := &local{project: firstOf(as.project, "cordpair"), token: firstOf(as.token, rand.Text())}
	log, contexts := p.logger(), as.contexts
	known := slices.Clone(contexts)
	for _, name := range p.cfg.Exchange.Contexts.V {
		if !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	if f.people == peopleCalling {
		known = append(known, demoContext)
	}
	cfg := exchange.Config{
		RelayAddr: f.relayAddr, SIPAddr: f.sipAddr, FallBack: fallBack, Domain: f.domain,
		Project: l.project, Token: l.token, Contexts: known, Logger: log,
		Limits: limitsOf(&p.cfg.Exchange.Limits),
	}
	if err := phones(ctx, &cfg, &p.cfg.Exchange); err != nil {
		return nil, err
	}
	x, err := exchange.Start(ctx, cfg)
	if err != nil {
		return nil, explainStart(err)
	}
	l.x = x
	l.where = whereabouts{Relay: x.RelayURL(), SIP: x.SIPAddr(), Project: l.project, Token: l.token, PID: os.Getpid()}
	if err := l.where.tell(); err != nil {
		log.Warn("other commands will need --relay and credentials", keyErr, err)
	}
	if f.people == peopleOff {
		return l, nil
	}
	x.Introduce(people.Directory(f.domain)...)
	if l.people, err = people.Start(ctx, people.Config{
		Registrar: x.SIPAddr(), Domain: f.domain, Calling: f.people == peopleCalling,
		Contexts: []string{contexts[0], demoContext}, Logger: log,
	}); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if f.people == peopleCalling {
		if l.desk, err = openDemoDesk(ctx, x.RelayURL(), l.project, l.token, f.domain, log); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// limitsOf are the exchange's bounds; what the file does not say is left to the
// exchange, but for the wait for an operator.
func limitsOf(l *config.Limits) exchange.Limits {
	x := exchange.Limits{
		Calls: int(l.Calls.V), CallRate: float64(l.CallRate.V), DialRate: float64(l.DialRate.V), Sessions: int(l.Sessions.V), Frame: l.Frame.V, Outbox: int(l.Outbox.V),
		Actions: int(l.Actions.V), Legs: int(l.Legs.V), Handshake: l.Handshake.V, Grace: l.Grace.V, Orphan: l.Orphan.V, Ping: l.Ping.V,
		OfferWait: l.OfferWait.V, Ring: l.Ring.V, Gone: l.Gone.V, Session: l.Session.V, Close: l.Close.V,
	}
	if x.OfferWait == 0 {
		x.OfferWait = offerWait
	}
	return x
}

// drain lets the calls that are up come to their own end, at most for so long.
// The people stay: they may be in those calls. A second signal has its default
// effect and ends the process.
func (l *local) drain(limit time.Duration) { l.x.Drain(context.Background(), limit) }

// Close ends the desk, the people, then the exchange with all its calls.
func (l *local) Close() error {
	var errs []error
	l.where.forget()
	if l.desk != nil {
		errs = append(errs, l.desk.Close())
	}
	if l.people != nil {
		l.people.Close()
	}
	if l.x != nil {
		errs = append(errs, l.x.Close())
	}
	return errors.Join(errs...)
}

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"cordpair/model"
	"cordpair/relay"
)

// A one-shot command tries so long and so often to reach the server: a server
// that is just starting is waited for, one that is not there is told soon.
const (
	linkPatience = 10 * time.Second
	linkTries    = 4
	linkAgain    = 200 * time.Millisecond // after the first try; then twice as long
)

// session is one command's view of a server: the client's stream folded into a
// Book. It belongs to one goroutine.
type session struct {
	client *relay.Client
	book   *model.Book
	listed bool // the server's list of calls has arrived

	patience time.Duration
}

// openSession connects, waits until the link is up and, where the server can
// tell, until the live calls are known. The caller closes it.
func (p *program) openSession(ctx context.Context, f *linkFlags, contexts []string) (*session, error) {
	// ctrl+c must not cut the link: the command still has something to say.
	client, err := relay.Open(context.WithoutCancel(ctx), relay.Config{
		URL: f.url(), Project: f.project, Token: f.token, Contexts: contexts,
		Watch: true, Details: true, BackoffMin: linkAgain, Logger: p.logger(), Tap: p.frames(ctx),
	})
	if err != nil {
		return nil, usagef("%w", err)
	}
	s := &session{client: client, book: model.NewBook(), patience: cmp.Or(p.patience, linkPatience)}
	if err := s.awaitLink(ctx, f.url(), f.unreachable()); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) close() { _ = s.client.Close() }

func (s *session) awaitLink(ctx context.Context, url, hint string) error {
	patience, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	for {
		err := s.pull(patience, func(model.Event) bool { return s.settled() })
		link := s.book.Link()
		switch {
		case s.refused():
			return refused(fmt.Errorf("%s refused the credentials: check --project and --token", url))
		case s.settled():
			return nil
		case ctx.Err() != nil:
			return failed(errors.New("cancelled before the link was up"))
		case patience.Err() != nil && link.State == model.LinkUp:
			return timedOut(fmt.Errorf("%s has not told its calls within %s", url, s.patience))
		case patience.Err() != nil && link.Detail == "":
			return timedOut(fmt.Errorf("%s has not let us in within %s: is it a RELAY server?", url, s.patience))
		case patience.Err() != nil, link.State != model.LinkUp && link.Tries >= linkTries:
			return failed(fmt.Errorf("%s cannot be reached: %s. %s", url, firstOf(link.Detail, "no answer"), hint))
		case err != nil:
			return failed(err)
		}
	}
}

// refused reports whether the server refuses the credentials, which no waiting
// mends.
func (s *session) refused() bool { return s.book.Link().State == model.LinkRefused }

// settled reports whether the link is up and all is known that the server
// tells at once.
func (s *session) settled() bool {
	link := s.book.Link()
	return link.State == model.LinkUp && (s.listed || !link.Server.Cordpair)
}

// pull waits for events for at most a second, folds them one by one and gives
// the orders that they call for. It stops early when seen returns true; events
// behind that stay folded. A passed deadline is no error.
func (s *session) pull(ctx context.Context, seen func(model.Event) bool) error {
	second, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	events, err := s.client.Take(second)
	done := false
	for _, ev := range events {
		s.order(s.book.Apply(ev))
		if _, ok := ev.(model.Snapshot); ok {
			s.listed = true
		}
		done = seen(ev) || done
	}
	s.order(s.book.Deadlines(time.Now()))
	if !done {
		seen(nil)
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil
	}
	return err
}

// order gives what the machine requires.
func (s *session) order(effects []model.Required) {
	for _, e := range effects {
		s.give(e.Command)
	}
}

func (s *session) give(cmd model.Command) model.CommandID {
	o := s.book.Give(cmd, time.Now())
	s.client.Do(o)
	return o.ID
}

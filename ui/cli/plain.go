package cli

import (
	"context"
	"errors"
	"fmt"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/ui"
)

var errRefused = errors.New("the server refuses the credentials")

// plain runs the console without a screen. Credentials that are refused end it:
// nobody may be there to read of it.
func (c *consoleRun) plain(ctx context.Context, client *relay.Client, opts ui.Options) error {
	opts.Input, opts.Output, opts.Feed = c.p.stdin, c.p.stdout, untilRefused{client}
	err := ui.RunPlain(ctx, opts)
	if errors.Is(err, errRefused) {
		return refused(fmt.Errorf("%s refused the credentials: check --project and --token", opts.Relay))
	}
	return err
}

// untilRefused is a feed that ends when the link is refused for good, once that
// has been told.
type untilRefused struct{ *relay.Client }

func (f untilRefused) Take(ctx context.Context) ([]model.Event, error) {
	if f.Link().State == model.LinkRefused && f.Depth() == 0 {
		return nil, errRefused
	}
	return f.Client.Take(ctx)
}

package load

import (
	"context"

	"cordpair/model"
)

// Feed is the client that is measured.
type Feed interface {
	Take(context.Context) ([]model.Event, error)
}

// Count takes events until so many calls have been offered, or else until so
// many of them have changed. Errors are those of the feed.
func Count(ctx context.Context, c Feed, want int, offered bool) error {
	for got := 0; got < want; {
		events, err := c.Take(ctx)
		if err != nil {
			return err
		}
		for _, ev := range events {
			if seen, ok := ev.(model.CallSeen); ok && seen.Offered == offered {
				got++
			}
		}
	}
	return nil
}

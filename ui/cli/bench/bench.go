package bench

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Size says how much is measured; see Full and Quick.
type Size struct {
	Rounds int // of each figure

	Calls  int // live calls of the client and the console
	Events int // state events a round
	Trips  int // commands a round, one after another
	Frames int // frames a round, of each kind

	Through int           // calls through the exchange a round
	Abreast int           // of them at the same time
	Bridged int           // calls whose media is measured
	Talk    time.Duration // how long, a round
}

// Full takes about half a minute on two processors, Quick a few seconds.
var (
	Full = Size{Rounds: 5, Calls: 10_000, Events: 100_000, Trips: 2000, Frames: 200, Through: 500, Abreast: 32, Bridged: 50, Talk: 2 * time.Second}

	Quick = Size{Rounds: 3, Calls: 10_000, Events: 20_000, Trips: 300, Frames: 50, Through: 60, Abreast: 16, Bridged: 10, Talk: 400 * time.Millisecond}
)

// Progress is told what is measured now: which round of how many.
type Progress func(what string, round, rounds int)

// run is one run.
type run struct {
	Size
	progress Progress
	log      *slog.Logger
	measures []Measure
}

// Run measures everything, one after another. The error is that of the first
// thing that did not work, or the context's; the figures are then incomplete
// and not returned. Progress is told from the caller's goroutine and may be nil.
func Run(ctx context.Context, size Size, progress Progress, log *slog.Logger) ([]Measure, error) {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	r := &run{Size: size, progress: progress, log: log, measures: slices.Clone(figures)}
	for _, stage := range []struct {
		what string
		run  func(context.Context, func(round int)) error
	}{
		{"client", r.client}, {"screen", r.screen}, {"calls through the exchange", r.exchange}, {"media", r.media},
	} {
		err := stage.run(ctx, func(round int) { r.progress(stage.what, round, r.Rounds) })
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", stage.what, err)
		}
	}
	return r.report(), nil
}

// rounds does a round after the other until the context ends.
func (r *run) rounds(ctx context.Context, told func(int), one func() error) error {
	for i := range r.Rounds {
		told(i + 1)
		if err := one(); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

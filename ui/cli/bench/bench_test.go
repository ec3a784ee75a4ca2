package bench

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var tiny = Size{Rounds: 2, Calls: 50, Events: 200, Trips: 5, Frames: 4, Through: 4, Abreast: 2, Bridged: 2, Talk: 100 * time.Millisecond}

// Every figure is measured in every round, and none is nonsense.
func TestRun(t *testing.T) {
	told := map[string]int{}
	got, err := Run(t.Context(), tiny, func(what string, round, rounds int) { told[what] = round }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(figures) || len(told) != 4 {
		t.Errorf("%d figures, told %v", len(got), told)
	}
	for _, m := range got {
		if len(m.Values) != tiny.Rounds || m.Low > m.Median || m.Median > m.High || m.Unit == "" || m.What == "" {
			t.Errorf("%+v", m)
		}
		if m.Median == 0 && m.Name != "media_lost" && m.Name != "media_cpu" && m.Name != "client_memory" {
			t.Errorf("%s measured nothing", m.Name)
		}
		if m.Name == "media_lost" && m.Median > 50 {
			t.Errorf("the phones do not hear each other: %+v", m)
		}
	}
}

// A context that ends stops it wherever it is.
func TestRunEndsWithItsContext(t *testing.T) {
	for stop := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		seen := -1
		_, err := Run(ctx, tiny, func(_ string, round, _ int) {
			if round == 1 {
				seen++
			}
			if seen == stop {
				cancel()
			}
		}, slog.New(slog.DiscardHandler))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("in stage %d: %v", stop, err)
		}
		cancel()
	}
}

func TestQuantile(t *testing.T) {
	all := []float64{4, 1, 3, 2}
	if q := quantile(all, 0.5); q != 2.5 {
		t.Error(q)
	}
	if q := quantile(all, 1); q != 4 {
		t.Error(q)
	}
	if q := quantile([]time.Duration{7}, 0.99); q != 7 {
		t.Error(q)
	}
}

package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"cordpair/ui/cli/bench"
)

// What was measured is shown with its unit, and only results go to standard
// output. The measuring itself is tested in package bench.
func TestBenchShowsItsFigures(t *testing.T) {
	var out, errs bytes.Buffer
	p := &program{stdout: &out, stderr: &errs}
	tiny := bench.Size{Rounds: 1, Calls: 20, Events: 50, Trips: 3, Frames: 2, Through: 2, Abreast: 1, Bridged: 1, Talk: 40 * time.Millisecond}
	r, err := p.bench(t.Context(), tiny, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := printJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	conforms(t, "bench", out.String())
	out.Reset()
	if err := p.showBench(r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"client_events", "events/s", "bytes/call", "exchange_calls", "media_cpu", "ms/s", "frame_all"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
	if !strings.Contains(errs.String(), "measuring: screen, round 1 of 1") {
		t.Errorf("no progress: %s", errs.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.bench(ctx, tiny, time.Minute); exitCode(err) != ExitError || !strings.Contains(err.Error(), "cancelled") {
		t.Errorf("%v", err)
	}
	if _, err := p.bench(t.Context(), tiny, time.Nanosecond); exitCode(err) != ExitTimedOut {
		t.Errorf("%v", err)
	}
}

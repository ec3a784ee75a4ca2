package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cordpair/ui/cli/bench"
)

// benchPatience bounds the whole run: a machine that needs longer is told so.
const benchPatience = 5 * time.Minute

// benchRecord is "bench --json".
type benchRecord struct {
	At       string          `json:"at" doc:"when it began, RFC 3339"`
	Build    versionRecord   `json:"build"`
	CPUs     int             `json:"cpus" doc:"that the program may use"`
	Quick    bool            `json:"quick"`
	Seconds  float64         `json:"seconds" doc:"that it took"`
	Measures []bench.Measure `json:"measures"`
}

func benchCommand(p *program) *cobra.Command {
	var asJSON, quick bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the program on this machine",
		Long: `Measure on this machine, in one run of about 40 seconds: events that the client
takes in and the memory it holds for a live call, the round trip of a command,
the time that the screen needs for a frame with 10,000 calls, whole calls
through the exchange, and what carrying a bridged call costs the processor.

Everything runs in this process on loopback and shares its processors. Each
figure is measured in five rounds (--quick: three small ones, about 6 seconds):
the median is printed with the lowest and the highest. Only figures of one
machine can be compared, and only while it does nothing else.

With --json it prints an object with at, build, cpus, quick, seconds and
measures: name, what, unit, better, median, low, high and the value of each
round. How far it is goes to standard error. ctrl+c ends it.`,
		Example:     "  cordpair bench\n  cordpair bench --quick --json",
		Args:        noArgs,
		Annotations: map[string]string{lenient: "yes"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			size := bench.Full
			if quick {
				size = bench.Quick
			}
			r, err := p.bench(cmd.Context(), size, benchPatience)
			if err != nil {
				return err
			}
			r.Quick = quick
			if asJSON {
				return printJSON(p.stdout, r)
			}
			return p.showBench(r)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&quick, "quick", false, "small rounds: less exact, and done in seconds")
	return cmd
}

// bench measures, for at most so long.
func (p *program) bench(ctx context.Context, size bench.Size, most time.Duration) (benchRecord, error) {
	patience, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	began := time.Now()
	r := benchRecord{At: stamp(began), Build: build(), CPUs: runtime.GOMAXPROCS(0)}
	say, done := p.progress()
	measures, err := bench.Run(patience, size, func(what string, round, rounds int) {
		say(fmt.Sprintf("measuring: %s, round %d of %d", what, round, rounds), round == 1)
	}, p.logger())
	done()
	switch {
	case ctx.Err() != nil:
		return r, errors.New("cancelled: nothing has been measured")
	case patience.Err() != nil:
		return r, timedOut(fmt.Errorf("not done within %s: this machine is too busy, try --quick", most))
	}
	r.Measures, r.Seconds = measures, math.Round(time.Since(began).Seconds()*10)/10
	return r, err
}

// progress says on standard error how far something is: on a terminal in one
// line that is taken away in the end, else a line for what is new.
func (p *program) progress() (say func(text string, fresh bool), done func()) {
	file, is := p.stderr.(*os.File)
	if p.plain || !is || !term.IsTerminal(file.Fd()) || os.Getenv("TERM") == "dumb" {
		return func(text string, fresh bool) {
			if fresh {
				fmt.Fprintln(p.stderr, text)
			}
		}, func() {}
	}
	const again = "\r\x1b[K" // to the first column, and clear to the end
	return func(text string, _ bool) { fmt.Fprint(p.stderr, again, text) }, func() { fmt.Fprint(p.stderr, again) }
}

func (p *program) showBench(r benchRecord) error {
	_, err := fmt.Fprintf(p.stdout, "cordpair %s, %d processors, %.1f s\n%-22s %9s %-10s  %s\n",
		r.Build, r.CPUs, r.Seconds, "FIGURE", "MEDIAN", "UNIT", "LOWEST TO HIGHEST")
	for _, m := range r.Measures {
		if err != nil {
			break
		}
		_, err = fmt.Fprintf(p.stdout, "%-22s %9s %-10s  %s to %s\n  %s\n",
			m.Name, readable(m.Median), m.Unit, readable(m.Low), readable(m.High), m.What)
	}
	return err
}

// readable keeps three digits that say something.
func readable(v float64) string {
	if v >= 100 || v == 0 {
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

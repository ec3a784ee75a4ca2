package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/tape"
)

// maxSpeed is where playing faster makes no difference that can be seen.
const maxSpeed = 1000

// recording records the frames of a link to a file, which holds no secrets.
// Close it after the client.
type recording struct {
	*tape.Recorder
	file *os.File
}

// startRecording begins a new file; it never writes over one.
func startRecording(file string) (*recording, error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, usagef("--record: %w", err)
	}
	return &recording{tape.NewRecorder(f), f}, nil
}

func (r *recording) Close() error {
	return errors.Join(r.Recorder.Close(), r.file.Close())
}

// openTape reads a recording, to be played at a speed. Close the player after
// the client.
func openTape(what, file string, speed float64) (*tape.Player, error) {
	if speed < 0 || speed > maxSpeed {
		return nil, usagef("--speed %v: type 1 for as it was, 4 for four times as fast, 0 for at once; at most %d", speed, maxSpeed)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, usagef("%s: %w", what, err)
	}
	defer f.Close()
	lines, err := tape.Read(f)
	if err != nil {
		return nil, usagef("%s: %s: %w", what, file, err)
	}
	return tape.NewPlayer(lines, speed), nil
}

// playing makes a client listen to a recording instead of a server.
func playing(cfg *relay.Config, from *tape.Player) {
	cfg.URL, cfg.Project, cfg.Token, cfg.Dial = tape.URL, "recording", "recording", from.Dial
}

func replayCommand(p *program) *cobra.Command {
	c := consoleRun{p: p, watch: true, speed: 1}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Show a recording of a link in the console",
		Long: `Show what was recorded with cordpair --record FILE, as it was or faster. The
console then looks on only: no command goes anywhere.

With --json there is no screen: each change of a call is one JSON object on one
line, as by calls --follow, until the recording ends.`,
		Example: "  cordpair replay monday.jsonl --speed 4\n  cordpair replay monday.jsonl --speed 0 --json",
		Args:    oneRecording,
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON && p.plain {
				return usagef("--json and --plain: give one")
			}
			if asJSON {
				return replayCalls(cmd.Context(), p, args[0], c.speed)
			}
			c.replay = args[0]
			return c.run(cmd.Context())
		},
	}
	cmd.Flags().Float64Var(&c.speed, "speed", 1, "the `factor` by which it is faster than it was; 0 plays all at once")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the changes of calls instead")
	return cmd
}

func oneRecording(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("name one recording: cordpair replay FILE; cordpair --record FILE makes one")
	}
	return nil
}

// replayCalls prints each change of a call until the recording ends.
func replayCalls(ctx context.Context, p *program, file string, speed float64) (err error) {
	player, err := openTape("replay", file, speed)
	if err != nil {
		return err
	}
	defer player.Close()
	cfg := relay.Config{Watch: true, Details: true, Logger: p.logger()}
	playing(&cfg, player)
	client, err := relay.Open(ctx, cfg)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	s := &session{client: client, book: model.NewBook()}
	defer s.close()
	f := follower{p: p, s: s, last: make(map[model.CallID]callRecord)}
	for {
		quiet := true
		err := s.pull(ctx, func(ev model.Event) bool {
			quiet = quiet && ev == nil
			f.print()
			return false
		})
		switch {
		case ctx.Err() != nil:
			return nil
		case f.err != nil:
			return f.err
		case err != nil:
			return failed(err)
		case quiet && isClosed(player.Ended()):
			return nil
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

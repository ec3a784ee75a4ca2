package bench

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/benchmark/load"
	"cordpair/theme"
	"cordpair/ui"
)

// The window of the console that is measured. So many widths by turns are more
// than it keeps rows of.
const (
	width, height = 200, 50
	widths        = 40
)

// screen measures the console on a client with many calls, as Bubble Tea runs
// it. Only the terminal is missing: what View returns goes nowhere.
func (r *run) screen(ctx context.Context, told func(int)) (err error) {
	s, err := load.Listen("127.0.0.1:0", r.Calls, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, err := r.open(ctx, s.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	look, err := theme.Pick("dark", true, false)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(termenv.TrueColor)
	feed := &countedFeed{Client: c, want: int64(r.Calls), folded: make(chan struct{})}
	p := &probe{app: ui.New(ctx, ui.Options{Feed: feed, Desk: c, Theme: look, Renderer: renderer, Relay: s.URL, From: "sip:bench@demo",
		Copy: func(string) (string, error) { return "", nil }}), drawn: make(chan time.Duration, 1)}
	program := tea.NewProgram(p, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutRenderer(), tea.WithoutSignalHandler())
	over := make(chan error, 1)
	go func() { // ends with ctx; waited for below
		_, err := program.Run()
		over <- err
	}()
	defer func() { cancel(); <-over }()
	program.Send(tea.WindowSizeMsg{Width: width, Height: height})
	select {
	case <-feed.folded:
	case err := <-over:
		over <- nil
		return errors.Join(errors.New("the console ended"), err)
	}
	return r.rounds(ctx, told, func() error { return r.screenRound(program, p, over) })
}

// screenRound draws frames of both kinds, by turns.
func (r *run) screenRound(program *tea.Program, p *probe, over chan error) error {
	var key, all []time.Duration
	for i := range 2 * r.Frames {
		msg, into := tea.Msg(tea.KeyMsg{Type: tea.KeyDown}), &key
		if i%2 == 1 {
			msg, into = tea.WindowSizeMsg{Width: width - i/2%widths, Height: height}, &all
		}
		program.Send(timed{msg})
		select {
		case took := <-p.drawn:
			*into = append(*into, took)
		case err := <-over:
			over <- nil
			return errors.Join(errors.New("the console ended"), err)
		}
	}
	r.record("frame_key", micros(quantile(key, 0.5)))
	r.record("frame_all", micros(quantile(all, 0.5)))
	return nil
}

// timed is a message whose Update and View are measured.
type timed struct{ tea.Msg }

// probe is a console that measures itself. Only Bubble Tea's loop touches it.
type probe struct {
	app   tea.Model
	took  time.Duration
	timed bool
	drawn chan time.Duration
}

func (p *probe) Init() tea.Cmd { return p.app.Init() }

func (p *probe) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	inner, measured := msg.(timed)
	if measured {
		msg = inner.Msg
	}
	began := time.Now()
	var cmd tea.Cmd
	p.app, cmd = p.app.Update(msg)
	p.took, p.timed = time.Since(began), measured
	return p, cmd
}

func (p *probe) View() string {
	began := time.Now()
	view := p.app.View()
	if p.timed {
		p.timed = false
		p.drawn <- p.took + time.Since(began)
	}
	return view
}

// countedFeed tells when so many calls have been folded: the console asks for
// more only then.
type countedFeed struct {
	*relay.Client
	want   int64
	got    atomic.Int64
	folded chan struct{}
	told   atomic.Bool
}

func (f *countedFeed) Take(ctx context.Context) ([]model.Event, error) {
	if f.got.Load() >= f.want && f.told.CompareAndSwap(false, true) {
		close(f.folded)
	}
	events, err := f.Client.Take(ctx)
	for _, ev := range events {
		if seen, ok := ev.(model.CallSeen); ok && seen.Offered {
			f.got.Add(1)
		}
	}
	return events, err
}

package ui

import (
	"context"
	"errors"
	"fmt"
	"os"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"
)

// ErrNoTerminal is returned by Run when there is no terminal to draw on or to
// read keys from.
var ErrNoTerminal = errors.New("no terminal: the console needs one for its screen and its keys")

// Run shows the console until the operator leaves or the context ends, and
// returns nil then. It returns ErrNoTerminal when Input or Output is nil and
// the process has no terminal there. The terminal is restored whatever
// happens; a panic in the program or in one of its commands becomes an error
// that wraps tea.ErrProgramPanic.
func Run(ctx context.Context, opt Options, extra ...tea.ProgramOption) error {
	if opt.Output == nil {
		if !term.IsTerminal(os.Stdout.Fd()) {
			return ErrNoTerminal
		}
		opt.Output = os.Stdout
	}
	if opt.Input == nil {
		if !term.IsTerminal(os.Stdin.Fd()) {
			return ErrNoTerminal
		}
		opt.Input = os.Stdin
	}
	ctx, cancel := context.WithCancel(ctx)
	app := New(ctx, opt)
	options := append([]tea.ProgramOption{
		tea.WithContext(ctx), tea.WithAltScreen(), tea.WithInput(opt.Input), tea.WithOutput(opt.Output),
	}, extra...)
	if app.opt.desktop() {
		options = append(options, tea.WithReportFocus())
	}
	if !app.opt.NoMouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	if opt.FPS > 0 {
		options = append(options, tea.WithFPS(opt.FPS))
	}
	program := tea.NewProgram(app, options...)
	// The pull is the one piece of work that outlives the program's loop: end
	// it and wait for it.
	defer app.pump.join()
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			_ = program.ReleaseTerminal()
			panic(r)
		}
	}()
	_, err := program.Run()
	switch {
	case err == nil, errors.Is(err, tea.ErrInterrupted), ctx.Err() != nil && !errors.Is(err, tea.ErrProgramPanic):
		return nil
	}
	return fmt.Errorf("console: %w", err)
}

// newRenderer asks the output what it can show. Without colour, bold and
// reverse still say what is selected, wherever the terminal knows them.
func newRenderer(opt Options) *lipgloss.Renderer {
	out := opt.Output
	if out == nil {
		out = os.Stdout
	}
	r := lipgloss.NewRenderer(out)
	if opt.Theme.NoColor && r.ColorProfile() == termenv.Ascii && os.Getenv("TERM") != "dumb" {
		r.SetColorProfile(termenv.ANSI)
	}
	return r
}

package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"
)

// copiedMsg is what became of a copy.
type copiedMsg struct {
	what string
	how  string // wl-copy, or the terminal
	err  error
}

// clipboardTime is how long a clipboard program may take.
const clipboardTime = 2 * time.Second

// clipboard puts a text into the clipboard of whoever sits at the terminal: by
// an escape sequence, which also works through SSH, and by a program of this
// machine where its session has one, for terminals that do not know the
// sequence.
type clipboard struct {
	out  io.Writer
	env  func(string) string
	find func(program string) error
	run  func(ctx context.Context, text string, program string, args ...string) error
}

func systemClipboard(out io.Writer) *clipboard {
	if out == nil {
		out = os.Stdout
	}
	return &clipboard{out: out, env: os.Getenv,
		find: func(program string) error { _, err := exec.LookPath(program); return err },
		run: func(ctx context.Context, text, program string, args ...string) error {
			cmd := exec.CommandContext(ctx, program, args...)
			cmd.Stdin = strings.NewReader(text)
			cmd.WaitDelay = clipboardTime // a program that stays to serve the clipboard may keep its pipes
			return cmd.Run()
		}}
}

// programs are those that may reach the clipboard, by the session we are in.
func (c *clipboard) programs() [][]string {
	var list [][]string
	if c.env("TMUX") != "" { // tmux keeps our sequence for itself unless told otherwise
		list = append(list, []string{"tmux", "load-buffer", "-w", "-"})
	}
	if c.env("SSH_CONNECTION") != "" {
		return list // the clipboard here is not the one of who sits there
	}
	if runtime.GOOS == "darwin" {
		return append(list, []string{"pbcopy"})
	}
	if c.env("WAYLAND_DISPLAY") != "" {
		list = append(list, []string{"wl-copy"})
	}
	if c.env("DISPLAY") != "" {
		list = append(list, []string{"xclip", "-selection", "clipboard"}, []string{"xsel", "--clipboard", "--input"})
	}
	return list
}

// sequence is the escape sequence for the terminal.
func (c *clipboard) sequence(text string) string {
	s := osc52.New(text)
	switch {
	case c.env("TMUX") != "":
		s = s.Tmux()
	case strings.HasPrefix(c.env("TERM"), "screen"):
		s = s.Screen()
	}
	return s.String()
}

// put copies and says how. The terminal never says whether it took the text,
// so a program that did is the better witness.
func (c *clipboard) put(ctx context.Context, text string) (how string, err error) {
	_, werr := io.WriteString(c.out, c.sequence(text))
	for _, p := range c.programs() {
		if c.find(p[0]) != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, clipboardTime)
		err := c.run(ctx, text, p[0], p[1:]...)
		cancel()
		if err == nil {
			return p[0], nil
		}
	}
	if werr != nil {
		return "", errors.New("neither the terminal nor a program took it: " + werr.Error())
	}
	return "the terminal", nil
}

// copyText copies off the screen's own goroutine; a message tells the outcome.
func (a *App) copyText(what, text string) tea.Cmd {
	if text == "" {
		a.refuse("Copy", errors.New("there is no "+what))
		return nil
	}
	put := a.opt.Copy
	if put == nil {
		put = func(text string) (string, error) { return systemClipboard(a.opt.Output).put(a.pump.ctx, text) }
	}
	return func() tea.Msg {
		how, err := put(text)
		return copiedMsg{what: what, how: how, err: err}
	}
}

func (a *App) copied(msg copiedMsg) {
	if msg.err != nil {
		a.say(levelBad, "Not copied: "+msg.err.Error()+".")
		return
	}
	text := "Copied the " + msg.what
	if msg.how != "the terminal" {
		text += " by " + msg.how
	}
	a.say(levelGood, text+".")
}

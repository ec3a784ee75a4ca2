package cli

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"
)

// The smallest window in which the console works.
const (
	leastWidth  = 60
	leastHeight = 15
)

// surroundings are what the checks of a terminal look at.
type surroundings struct {
	system     string // GOOS
	env        func(string) string
	find       func(program string) (path string, err error)
	tmux       func(context.Context) (setClipboard string, err error)
	isTerminal bool // input and output
	size       func() (w, h int, err error)
}

func here() surroundings {
	return surroundings{
		system: runtime.GOOS, env: os.Getenv, find: exec.LookPath, tmux: tmuxClipboard,
		isTerminal: term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()),
		size:       func() (int, int, error) { return term.GetSize(os.Stdout.Fd()) },
	}
}

func (s surroundings) checkTerminal() checkRecord {
	const name = "terminal"
	kind := s.env("TERM")
	switch {
	case s.system != "windows" && (kind == "" || kind == "dumb"):
		return poor(name, "type export TERM=xterm-256color, if the terminal can draw; else go on with --plain",
			"TERM is %q: there is no screen, the console says its lines as with --plain", kind)
	case !s.isTerminal:
		return poor(name, "run the console in a terminal; connect, calls and exchange need none", "input or output is no terminal: the console says its lines as with --plain")
	}
	w, h, err := s.size()
	switch {
	case err != nil:
		return poor(name, "set the size of the window", "%s, of unknown size: %s", kind, err)
	case w < leastWidth || h < leastHeight:
		return poor(name, "make the window larger", "%s, %dx%d: the console needs %dx%d", kind, w, h, leastWidth, leastHeight)
	}
	return fine(name, "%s, %dx%d", firstOf(kind, s.system), w, h)
}

// Environ and Getenv make surroundings what termenv asks for colours.
func (s surroundings) Environ() []string         { return nil }
func (s surroundings) Getenv(name string) string { return s.env(name) }

func (s surroundings) checkColours() checkRecord {
	const name = "colours"
	if s.env("NO_COLOR") != "" {
		return fine(name, "off, by NO_COLOR")
	}
	switch termenv.NewOutput(os.Stdout, termenv.WithUnsafe(), termenv.WithEnvironment(s)).EnvColorProfile() {
	case termenv.TrueColor:
		return fine(name, "16 million")
	case termenv.ANSI256:
		return fine(name, "256")
	case termenv.ANSI:
		return poor(name, "where the terminal has more: export TERM=xterm-256color", "16")
	}
	return poor(name, "where the terminal has some: export TERM=xterm-256color", "none: states are told by words and bold")
}

func (s surroundings) checkUTF8() checkRecord {
	const name = "utf-8"
	locale := firstOf(s.env("LC_ALL"), s.env("LC_CTYPE"), s.env("LANG"))
	folded := strings.ToUpper(strings.ReplaceAll(locale, "-", ""))
	switch {
	case s.system == "windows", strings.Contains(folded, "UTF8"):
		return fine(name, "%s", firstOf(locale, "yes"))
	case locale == "":
		return poor(name, "type export LANG=C.UTF-8, or use --ascii", "no locale is set")
	}
	return poor(name, "type export LANG=C.UTF-8, or use --ascii", "the locale is %s", locale)
}

// clipTerminals put text on the clipboard when they are told to (OSC 52).
var clipTerminals = []string{"iTerm.app", "WezTerm", "ghostty", "kitty", "alacritty", "foot", "rio", "contour", "vscode", "mintty"}

// clipPrograms are those of the session that we are in, as the console asks
// them.
func (s surroundings) clipPrograms() []string {
	switch {
	case s.env("SSH_CONNECTION") != "": // the clipboard here is not that of who sits there
		return nil
	case s.system == "darwin":
		return []string{"pbcopy"}
	}
	var list []string
	if s.env("WAYLAND_DISPLAY") != "" {
		list = append(list, "wl-copy")
	}
	if s.env("DISPLAY") != "" {
		list = append(list, "xclip", "xsel")
	}
	return list
}

func (s surroundings) checkClipboard(ctx context.Context) checkRecord {
	const name = "clipboard"
	if s.env("TMUX") != "" {
		return s.checkTmuxClipboard(ctx)
	}
	kind := firstOf(s.env("TERM_PROGRAM"), s.env("TERM"))
	knows := func(t string) bool { return strings.Contains(strings.ToLower(kind), strings.ToLower(t)) }
	if s.env("WT_SESSION") != "" || slices.ContainsFunc(clipTerminals, knows) {
		return fine(name, "by the terminal (OSC 52): %s", firstOf(kind, "Windows Terminal"))
	}
	for _, program := range s.clipPrograms() {
		if _, err := s.find(program); err == nil {
			return fine(name, "by %s", program)
		}
	}
	return poor(name, "use a terminal with OSC 52, or install wl-copy (Wayland) or xclip (X11)", "%s is not known to take OSC 52: copying may do nothing", firstOf(kind, "this terminal"))
}

func (s surroundings) checkTmuxClipboard(ctx context.Context) checkRecord {
	const name = "clipboard"
	switch mode, err := s.tmux(ctx); {
	case err != nil:
		return poor(name, "see tmux's set-clipboard", "tmux does not tell whether it passes OSC 52 on: %s", err)
	case mode == "on":
		return fine(name, "by tmux (set-clipboard on)")
	default:
		return poor(name, "type tmux set -s set-clipboard on", "tmux keeps copies to itself: set-clipboard is %s", mode)
	}
}

// tmuxClipboard asks the tmux that we are in.
func tmuxClipboard(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tmux", "show-options", "-gsv", "set-clipboard").Output()
	return strings.TrimSpace(string(out)), err
}

func (s surroundings) checkSpeech() checkRecord {
	const name = "speech"
	for _, program := range []string{"espeak-ng", "espeak"} {
		if path, err := s.find(program); err == nil {
			return fine(name, "%s", path)
		}
	}
	fix := map[string]string{"darwin": "brew install espeak-ng", "windows": "install espeak-ng and put it on the PATH"}[s.system]
	return poor(name, firstOf(fix, "apt-get install espeak-ng, or your system's way"), "no engine: the embedded exchange cannot speak")
}

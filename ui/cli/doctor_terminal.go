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

func checkTerminal() checkRecord {
	const name = "terminal"
	kind := os.Getenv("TERM")
	switch {
	case !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()):
		return poor(name, "run the console in a terminal; connect, calls and exchange need none", "input or output is no terminal")
	case runtime.GOOS != "windows" && (kind == "" || kind == "dumb"):
		return broken(name, "type export TERM=xterm-256color", "TERM is %q: it cannot draw a screen", kind)
	}
	w, h, err := term.GetSize(os.Stdout.Fd())
	switch {
	case err != nil:
		return poor(name, "set the size of the window", "%s, of unknown size: %s", kind, err)
	case w < leastWidth || h < leastHeight:
		return poor(name, "make the window larger", "%s, %dx%d: the console needs %dx%d", kind, w, h, leastWidth, leastHeight)
	}
	return fine(name, "%s, %dx%d", firstOf(kind, runtime.GOOS), w, h)
}

func checkColours() checkRecord {
	const name = "colours"
	if os.Getenv("NO_COLOR") != "" {
		return fine(name, "off, by NO_COLOR")
	}
	switch termenv.NewOutput(os.Stdout, termenv.WithUnsafe()).EnvColorProfile() {
	case termenv.TrueColor:
		return fine(name, "16 million")
	case termenv.ANSI256:
		return fine(name, "256")
	case termenv.ANSI:
		return poor(name, "where the terminal has more: export TERM=xterm-256color", "16")
	}
	return poor(name, "where the terminal has some: export TERM=xterm-256color", "none: states are told by words and bold")
}

func checkUTF8() checkRecord {
	const name = "utf-8"
	locale := firstOf(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG"))
	folded := strings.ToUpper(strings.ReplaceAll(locale, "-", ""))
	switch {
	case runtime.GOOS == "windows", strings.Contains(folded, "UTF8"):
		return fine(name, "%s", firstOf(locale, "yes"))
	case locale == "":
		return poor(name, "type export LANG=C.UTF-8, or use --ascii", "no locale is set")
	}
	return poor(name, "type export LANG=C.UTF-8, or use --ascii", "the locale is %s", locale)
}

// Programs that put text on the clipboard, and terminals that do so when they
// are told to (OSC 52).
var (
	clipPrograms  = []string{"pbcopy", "wl-copy", "xclip", "xsel", "clip.exe", "termux-clipboard-set"}
	clipTerminals = []string{"iTerm.app", "WezTerm", "ghostty", "kitty", "alacritty", "foot", "rio", "contour", "vscode", "mintty"}
)

func checkClipboard(ctx context.Context) checkRecord {
	const name = "clipboard"
	if os.Getenv("TMUX") != "" {
		return checkTmuxClipboard(ctx)
	}
	kind := firstOf(os.Getenv("TERM_PROGRAM"), os.Getenv("TERM"))
	if slices.ContainsFunc(clipTerminals, func(t string) bool { return strings.Contains(strings.ToLower(kind), strings.ToLower(t)) }) {
		return fine(name, "by the terminal (OSC 52): %s", kind)
	}
	if os.Getenv("SSH_CONNECTION") == "" {
		for _, program := range clipPrograms {
			if _, err := exec.LookPath(program); err == nil {
				return fine(name, "by %s", program)
			}
		}
	}
	return poor(name, "install wl-copy or xclip, or use a terminal with OSC 52", "%s is not known to take OSC 52: copying may do nothing", firstOf(kind, "this terminal"))
}

func checkTmuxClipboard(ctx context.Context) checkRecord {
	const name = "clipboard"
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tmux", "show-options", "-gsv", "set-clipboard").Output()
	switch mode := strings.TrimSpace(string(out)); {
	case err != nil:
		return poor(name, "see tmux's set-clipboard", "tmux does not tell whether it passes OSC 52 on: %s", err)
	case mode == "on":
		return fine(name, "by tmux (set-clipboard on)")
	default:
		return poor(name, "type tmux set -s set-clipboard on", "tmux keeps copies to itself: set-clipboard is %s", mode)
	}
}

func checkSpeech() checkRecord {
	const name = "speech"
	for _, program := range []string{"espeak-ng", "espeak"} {
		if path, err := exec.LookPath(program); err == nil {
			return fine(name, "%s", path)
		}
	}
	fix := map[string]string{"darwin": "brew install espeak-ng", "windows": "install espeak-ng and put it on the PATH"}[runtime.GOOS]
	return poor(name, firstOf(fix, "apt-get install espeak-ng, or your system's way"), "no engine: the embedded exchange cannot speak")
}

//go:build thirdparty

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// walk is a console whose every key is pressed once: what the key table names
// and nobody pressed is pressed at the end.
type walk struct {
	*terminal
	keysOf map[string][]string // keys of each action
	where  map[string]string
	left   []string // actions in the order of the table, until they are pressed
}

func newWalk(t *testing.T, env []string, term *terminal) *walk {
	t.Helper()
	cmd := exec.Command(cordpair, "keys", "--json")
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("keys --json: %v", err)
	}
	var table []struct {
		Name, Where string
		Keys        []string
	}
	if err := json.Unmarshal(out, &table); err != nil || len(table) == 0 {
		t.Fatalf("keys --json: %v: %s", err, out)
	}
	w := &walk{terminal: term, keysOf: make(map[string][]string), where: make(map[string]string)}
	for _, row := range table {
		w.keysOf[row.Name], w.where[row.Name] = row.Keys, row.Where
		w.left = append(w.left, row.Name)
	}
	return w
}

// press types each key of an action and waits for the pattern that belongs to
// it, the last of the patterns for all further keys. Between two keys it goes
// back to the calls when back is true.
func (w *walk) press(action string, back bool, see ...string) {
	w.t.Helper()
	keys := w.keysOf[action]
	if len(keys) == 0 {
		w.t.Fatalf("the key table has no keys of %s", action)
	}
	for i, key := range keys {
		if i > 0 && back {
			w.home()
		}
		w.key(key)
		w.see(see[min(i, len(see)-1)])
	}
	w.done(action)
}

// done notes that the keys of an action were pressed.
func (w *walk) done(action string) {
	w.left = slices.DeleteFunc(w.left, func(name string) bool { return name == action })
}

// key types a key of the table.
func (w *walk) key(name string) {
	w.t.Helper()
	named := map[string]string{"esc": "Escape", "enter": "Enter", "space": "Space", "tab": "Tab", "shift+tab": "BTab", "up": "Up", "down": "Down",
		"left": "Left", "right": "Right", "home": "Home", "end": "End", "pgup": "PPage", "pgdown": "NPage"}
	switch {
	case named[name] != "":
		w.keys(named[name])
	case strings.HasPrefix(name, "ctrl+"):
		w.keys("C-" + strings.TrimPrefix(name, "ctrl+"))
	case len(name) > 1 && name[0] == 'f':
		w.keys(strings.ToUpper(name))
	case len([]rune(name)) == 1:
		w.text(name)
	default:
		w.t.Fatalf("no way to type %q", name)
	}
}

// home leaves overlays, screens and messages behind. The redraw after the last
// escape keeps the terminal from reading it as the alt of the next key. For the
// same reason an escape goes out only when the last has shown, or has had its
// time: two that are read at once are none.
func (w *walk) home() {
	w.t.Helper()
	atHome := regexp.MustCompile(`(?s)─ Calls [^/\n]*\n.*\n\s*\n[^\n]*\bq quit\s*$`)
	deadline, patience := time.Now().Add(program.Patience), time.Second
	for s := w.screen(); !atHome.MatchString(s); s = w.screen() {
		if time.Now().After(deadline) {
			w.t.Fatalf("not back at the calls:\n%s", s)
		}
		w.keys("Escape")
		for until := time.Now().Add(patience); w.screen() == s; <-time.After(20 * time.Millisecond) {
			if time.Now().After(until) {
				patience = min(2*patience, 7*time.Second)
				break
			}
		}
	}
	w.keys("C-l")
}

// painted is the screen with its colours, without what moves by itself: times,
// counts and meters.
func (w *walk) painted() string {
	w.t.Helper()
	out, err := exec.Command("tmux", "-S", w.socket, "capture-pane", "-e", "-p").Output()
	if err != nil {
		w.t.Fatalf("capture-pane: %v", err)
	}
	return moving.ReplaceAllString(string(out), "")
}

var moving = regexp.MustCompile(`<?[0-9:.]+[\s]|[█▓▒░▏▎▍▌▋▊▉\s]+`)

// answers presses a key on a screen and waits until the screen has an answer:
// something else on it, or a sentence why not.
func (w *walk) answers(action, key string) {
	w.t.Helper()
	before := w.painted()
	w.key(key)
	deadline := time.Now().Add(program.Patience)
	for w.painted() == before {
		if time.Now().After(deadline) {
			w.t.Fatalf("%s (%s) changes nothing and does not say why:\n%s", action, key, w.screen())
		}
		<-time.After(20 * time.Millisecond)
	}
}

// pick selects the call of somebody, whatever a key that went before still opens:
// what is typed here may go to that, and then goes again.
func (w *walk) pick(who string) {
	w.t.Helper()
	deadline := time.Now().Add(program.Patience)
	for patience := 3 * time.Second; ; patience *= 2 {
		w.home()
		w.keys("/")
		if w.shows(`INSERT`, patience) {
			w.text("party:" + strings.ToLower(who))
			if w.shows(`/ *party:`+strings.ToLower(who)+`(?s:.*)▌.*(?i:`+who+`)`, patience) {
				break
			}
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%s is not found:\n%s", who, w.screen())
		}
	}
	w.keys("Enter")
	w.see(`q quit`)
}

// shows waits for a while for the screen to match.
func (w *walk) shows(pattern string, patience time.Duration) bool {
	w.t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(patience); !re.MatchString(w.screen()); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// TestWalkThroughEveryKey presses every key of the key table in the state it
// is for. A key that a later version adds is pressed on its screen too.
func TestWalkThroughEveryKey(t *testing.T) {
	env := env(t)
	file := filepath.Join(t.TempDir(), "config.toml")
	write(t, file, "undo = \"10s\"\n") // time to take back, on a busy machine too
	term := openTerminalIn(t, env, 120, 36, "--config", file, "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0")
	w := newWalk(t, env, term)
	w.see(`RINGING .*Erin`)
	w.see(`RINGING .*Frank`)
	w.see(`connected`)
	for _, part := range []func(){w.answering, w.connecting, w.ending, w.legs, w.bridging, w.looking, w.others, w.rest, w.windows, w.leave} {
		part()
	}
	checkLog(t, env)
}

// answering takes the calls of Erin and of Frank, by one key each.
func (w *walk) answering() {
	w.pick("Erin")
	w.key("a")
	w.see(`ANSWERED +Erin`)
	w.pick("Frank")
	w.key("f2")
	w.see(`ANSWERED +Frank`)
	w.press("call.answer", false, `Answer .*does not ring`)
}

// ending rejects, hangs up and takes back.
func (w *walk) ending() {
	w.home()
	w.see(`RINGING +Grace`) // some seconds after the others
	w.pick("Grace")
	w.press("call.reject", false, `─ Reject`)
	w.keys("b")
	w.see(`Grace.*rejecting in \d+ s`)
	w.press("call.undo", false, `Kept Grace.*nothing was sent`)
	w.undo("off")
	for _, key := range w.keysOf["call.hangup"] {
		w.home()
		w.pick("Grace")
		w.key(key)
		w.see(`Hang up .*Grace.*\?`)
	}
	w.done("call.hangup")
	w.keys("r")
	w.see(`Hang up with a reason`)
	w.keys("b")
	w.see(`ENDED +Grace`)
}

// connecting goes through the form and joins a call with a peer, again and
// again.
func (w *walk) connecting() {
	w.pick("Erin")
	w.press("call.connect", true, `Connect SIP on`)
	w.see(`Connect SIP on`)
	w.press("form.help", false, `─ Help`)
	w.keys("Escape")
	w.see(`ctrl\+g`)
	w.home()
	w.pick("Erin")
	w.keys("c")
	w.see(`Connect SIP on`)
	w.text("sip:bob@demo")
	w.see(`sip:bob@demo`)
	w.press("form.next", false, `sip:bob@demo`)
	w.press("form.previous", false, `sip:bob@demo`)
	w.press("form.connect", false, `TALKING +Erin.*connected`)
	w.press("call.disconnect", false, `Erin.*disconnecting in \d+ s`)
	w.keys("u")
	w.see(`TALKING +Erin.* connected`)
	w.undo("off")
	w.keys("d")
	w.see(`ANSWERED +Erin.*disconnected`)
	w.press("call.repeat", false, `TALKING +Erin.*connected`)
	w.keys("d")
	w.see(`ANSWERED +Erin.*disconnected`)
	w.undo("10 s")
}

// undo sets how long an order can be taken back, by the view menu: the choices
// are a ring, and 10 s and off are beside each other.
func (w *walk) undo(value string) {
	w.t.Helper()
	w.home()
	w.key(w.keysOf["view.settings"][0])
	w.see(`─ View`)
	w.keys("G", "k", "k")
	w.see(`Undo +< `)
	w.keys(map[string]string{"off": "l", "10 s": "h"}[value])
	w.see(`Undo +< ` + value + ` >`)
	w.keys("Enter")
	w.see(`q quit`)
}

// legs does what can be done to a leg that is up.
func (w *walk) legs() {
	w.pick("Erin")
	// The phone has its word in a hold: the next key waits for the last event.
	const last = `[^\n]*\n([^\n]*\n){0,2}╰`
	for _, key := range w.keysOf["call.hold"] {
		w.key(key)
		w.see(`call\.hold +hold` + last)
		w.key(key)
		w.see(`call\.hold +unhold` + last)
	}
	w.done("call.hold")
	for _, key := range w.keysOf["call.park"] {
		w.key(key)
		w.see(`here +parked`)
		w.see(`call\.hold +hold` + last)
		w.press("call.unpark", false, `Picking up`)
		w.see(`call\.hold +unhold` + last)
	}
	w.done("call.park")
	w.press("call.transfer", true, `─ Transfer`)
	w.home()
	w.press("call.keypad", false, `─ Keypad`)
	w.keys("1")
	w.home()
	w.pick("Erin")
	w.press("call.record", false, `recording`)
	w.keys("R")
	w.see(`(?i)stopping`)
	w.press("call.play", false, `─ Play`)
	w.text("silence:20")
	w.keys("Enter")
	w.see(`Playing to`)
	w.press("call.play.stop", false, `(?i)stopp`)
	w.press("call.note", false, `─ Note`)
	w.text("order 5521")
	w.keys("Enter")
	w.see(`note +order 5521`)
	w.press("copy", false, `─ Copy`)
	w.home()
	w.pick("Erin")
	w.press("copy.line", false, `(?i)copied`)
	w.home()
}

// bridging marks two calls and joins them.
func (w *walk) bridging() {
	w.pick("Erin")
	w.keys("Space")
	w.see(`1 marked`)
	w.keys("/", "C-u")
	w.see(`INSERT`)
	w.text("party:frank")
	w.see(`▌.*Frank`)
	w.keys("Enter")
	w.press("list.mark", false, `2 marked`)
	w.keys("Escape") // an order is about marked calls that are listed
	w.see(`─ Calls 2 marked ─`)
	w.press("list.marked", false, `marked only`)
	w.press("call.bridge", false, `Bridging`)
	w.see(`bridged`)
	w.home()
}

// looking moves about on the list that nothing changes.
func (w *walk) looking() {
	w.keys("2")
	w.see(`▌.*Alice`)
	for _, step := range []struct{ action, see string }{
		{"move.down", `▌.*(Bob|Busy)`}, {"move.up", `▌.*(Bob|Alice)`}, {"move.last", `▌.*Unreachable`}, {"move.first", `▌.*Alice`},
		{"move.half.down", `▌.*(Hangup|Late|Frank|Erin)`}, {"move.half.up", `▌.*Alice`}, {"move.page.down", `▌.*Unreachable`}, {"move.page.up", `▌.*Alice`},
	} {
		w.press(step.action, false, step.see)
	}
	w.home()
	for _, step := range []struct{ action, see string }{
		{"screen.phones", `─ Phones`}, {"screen.ladder", `─ Ladder`}, {"screen.history", `─ History`}, {"screen.log", `─ Log`},
		{"screen.wall", `─ Waiting`}, {"screen.calls", `─ Calls`},
	} {
		w.press(step.action, false, step.see)
	}
	w.press("help", true, `─ Help`)
	w.home()
	w.press("palette", true, `─ Command`)
	w.text("zzzz")
	w.see(`zzzz`)
	w.home()
	w.press("view.settings", true, `─ View`)
	w.home()
	w.press("suspend", false, `Suspend.*no shell`)
}

// others are the screens beside the calls.
func (w *walk) others() {
	w.pick("Erin")
	w.press("view.ladder", true, `─ Ladder`)
	w.press("ladder.inspect", false, `(?i)esc`)
	w.home()
	w.keys("3")
	w.see(`t \(s\)`)
	w.press("ladder.clock", false, `time +you`)
	for _, action := range []string{"ladder.sip", "ladder.relay", "ladder.media", "ladder.follow"} {
		for _, key := range w.keysOf[action] {
			w.answers(action, key)
			w.answers(action, key)
		}
		w.done(action)
	}
	w.home()
	w.keys("2")
	w.see(`▌.*Alice`)
	w.press("phones.dial", false, `Dial`)
	w.home()
	w.keys(":")
	w.see(`─ Command`)
	w.text("dial sip:alice@demo")
	w.keys("Enter")
	w.see(`ANSWERED .*alice`)
}

// rest presses what no step above has pressed, each key on its own screen, with
// the call selected whose other side never hangs up.
func (w *walk) rest() {
	numbers := map[string]string{"calls": "1", "phones": "2", "ladder": "3", "history": "4", "log": "5", "wall": "6", "all": "1"}
	special := []string{"back", "quit", "screen.redraw"}
	for _, action := range slices.Clone(w.left) {
		if slices.Contains(special, action) {
			continue
		}
		for _, key := range w.keysOf[action] {
			w.pick("alice") // the key before may still open something
			w.home()
			if number := numbers[w.where[action]]; number != "" {
				w.keys(number)
				w.see(map[string]string{"1": "─ Calls", "2": "─ Phones", "3": "─ Ladder", "4": "─ History", "5": "─ Log", "6": "─ Waiting"}[number])
			} else {
				w.keys("c")
				w.see(`Connect SIP on`)
			}
			w.answers(action, key)
		}
		w.done(action)
	}
	w.home()
	w.press("screen.redraw", false, `─ Calls`)
	w.keys("2")
	w.see(`─ Phones`)
	w.press("back", false, `─ Calls`)
}

// windows resizes the terminal, also below the least.
func (w *walk) windows() {
	w.home()
	for _, size := range []struct{ cols, rows, see string }{
		{"60", "15", `─ Calls`}, {"59", "14", `needs 60 x 15`}, {"200", "60", `─ Events`}, {"80", "24", `─ Calls`}, {"120", "36", `─ Events`},
	} {
		if out, err := exec.Command("tmux", "-S", w.socket, "resize-window", "-x", size.cols, "-y", size.rows).CombinedOutput(); err != nil {
			w.t.Fatalf("resize-window: %v: %s", err, out)
		}
		w.see(size.see)
		if size.cols == "59" {
			w.keys("D") // acts on what cannot be seen
		}
	}
	w.see(`Hang up .*the window is too small`)
}

// leave goes by every key that leaves: the first is asked and stays.
func (w *walk) leave() {
	w.home()
	for _, key := range w.keysOf["quit"] {
		w.key(key)
		w.see(`Leave\?`)
		w.home()
	}
	w.done("quit")
	if len(w.left) > 0 {
		w.t.Errorf("never pressed: %v", w.left)
	}
	w.quit()
}

// checkLog fails when the log tells of an error.
func checkLog(t *testing.T, env []string) {
	t.Helper()
	for _, v := range env {
		home, found := strings.CutPrefix(v, "XDG_STATE_HOME=")
		if !found {
			continue
		}
		log, err := os.ReadFile(filepath.Join(home, "cordpair", "log", "cordpair.log"))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(log), "\n") {
			if strings.Contains(line, "ERROR") || strings.Contains(line, "panic") {
				t.Errorf("in the log: %s", line)
			}
		}
		return
	}
	t.Fatal("no state folder")
}

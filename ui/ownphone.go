package ui

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cordpair/model"
	"cordpair/theme"
)

// ownPhone shows how to register a softphone at this exchange, as words and as
// a QR code, and waits until it has.
type ownPhone struct {
	name   edit
	before []string // who was registered when it opened
}

// phoneCodecs are those that the exchange relays between phones.
const phoneCodecs = "PCMU PCMA G722 OPUS G729"

var errNoRegistrar = errors.New("phones register with this server's own accounts; cordpair --demo runs an exchange of its own")

func (a *App) whyAddPhone() error {
	if _, sip := a.addresses(); sip == "" {
		return errNoRegistrar
	}
	return nil
}

func (a *App) doAddPhone() tea.Cmd {
	f := &ownPhone{}
	name := "desk1"
	for _, c := range a.phonesOnline() {
		f.before = append(f.before, c.Address.User())
	}
	for _, user := range a.setup().Users { // the first who is not there
		if name = user; !slices.Contains(f.before, user) {
			break
		}
	}
	f.name.set(name)
	a.open(f)
	return nil
}

func (f *ownPhone) typing() bool { return true }

func (f *ownPhone) key(a *App, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		a.close(f)
	case "enter":
		a.close(f)
		a.show(atPhones)
	case "ctrl+y":
		return a.copyText("address", f.address(a))
	default:
		f.name.key(k)
	}
	return nil
}

// user is the name as an address may carry it.
func (f *ownPhone) user() string {
	keep := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
			return r
		}
		return -1
	}
	user := strings.Map(keep, f.name.text())
	return user[:min(len(user), 32)]
}

// server is where phones reach the exchange: host and port. Open says that it
// is not on loopback only.
func (a *App) server() (addr string, open bool) {
	_, addr = a.addresses()
	at, err := netip.ParseAddrPort(addr)
	return addr, err == nil && !at.Addr().IsLoopback()
}

// address is all that a phone needs in one line, empty without a name or an
// exchange of our own.
func (f *ownPhone) address(a *App) string {
	server, _ := a.server()
	if f.user() == "" || server == "" {
		return ""
	}
	return "sip:" + f.user() + "@" + server
}

func (f *ownPhone) draw(a *App, canvas []string) {
	server, open := a.server()
	text, muted, strong := a.st.Of(theme.Text), a.st.Of(theme.Muted), a.st.Of(theme.Strong)
	var code []string
	if address := f.address(a); address != "" && a.h >= 21 && a.w >= 76 {
		code = a.qrCode(address)
	}
	codeW := 0
	if code != nil {
		codeW = ansi.StringWidth(code[0])
	}
	w := min(a.w-4, 50+max(0, codeW+2))
	inner := w - 4
	if code != nil {
		inner -= codeW + 2
	}
	var lines []string
	add := func(s ...span) { lines = append(lines, a.line(inner, theme.Paint{}).spans(s...).String()) }
	row := func(name string, s ...span) {
		add(append([]span{{muted, name + strings.Repeat(" ", max(1, 11-len(name)))}}, s...)...)
	}
	lines = append(lines, a.line(inner, theme.Paint{}).cell(muted, "name", 10).ready(f.name.draw(a, 22, true, "any name"), 22).String())
	row("server", span{strong, server})
	row("address", span{text, "sip:" + f.user() + "@" + a.domain()})
	transport := "UDP or TCP"
	if tls := a.setup().TLS; tls != "" {
		transport += ", TLS at " + tls
	}
	row("transport", span{text, transport})
	if users := a.setup().Users; len(users) > 0 {
		word := span{a.st.Of(theme.Good), "that of [exchange.users." + f.user() + "]"}
		if !slices.Contains(users, f.user()) {
			word = span{a.st.Of(theme.Warn), "no such user in the configuration"}
		}
		row("password", word)
	} else {
		row("password", span{text, "none"})
	}
	row("codecs", span{text, phoneCodecs})
	if !open {
		add(span{muted, "Loopback: this machine's softphones only."})
		add(span{muted, "exchange.sip_addr and users open it."})
	}
	add()
	lines = append(lines, f.arrivals(a, inner)...)
	if code != nil {
		lines = f.beside(a, code, codeW, lines, inner)
	}
	a.center(canvas, frame{focused: true, title: []span{{a.st.Of(theme.Title), "Add a phone"}}}, w, len(lines)+2, lines)
}

// beside puts the code at the left of the words.
func (f *ownPhone) beside(a *App, code []string, codeW int, lines []string, inner int) []string {
	out := make([]string, 0, max(len(code), len(lines)))
	for i := range max(len(code), len(lines)) {
		l := a.line(codeW+2+inner, theme.Paint{})
		if i < len(code) {
			l.ready(code[i], codeW)
		}
		l.to(codeW + 2)
		if i < len(lines) {
			l.ready(lines[i], inner)
		}
		out = append(out, l.String())
	}
	return out
}

// arrivals are the phones that have registered, those that are new first; until
// the one of the name has, it is waited for.
func (f *ownPhone) arrivals(a *App, w int) []string {
	const most = 4
	muted := a.st.Of(theme.Muted)
	list := a.phonesOnline()
	slices.SortStableFunc(list, func(x, y model.Contact) int {
		return f.known(x) - f.known(y)
	})
	var lines []string
	if !slices.ContainsFunc(list, func(c model.Contact) bool { return strings.EqualFold(c.Address.User(), f.user()) }) {
		lines = append(lines, a.line(w, theme.Paint{}).put(a.st.Of(theme.Warn), a.st.Hollow+" ").
			put(a.st.Of(theme.Text), "waiting for "+f.user()+" to register").String())
	}
	for i, c := range list {
		if i == most {
			lines = append(lines, a.line(w, theme.Paint{}).put(muted, "  and "+plural(len(list)-most, "more phone")).String())
			break
		}
		role, word := theme.Good, "registered: "
		if slices.Contains(f.before, c.Address.User()) {
			word = "here before: "
		}
		lines = append(lines, a.line(w, theme.Paint{}).put(a.st.Of(role), a.st.Dot+" "+word+c.Address.User()).put(muted, "  "+strings.TrimPrefix(c.About, "registered")).String())
	}
	return lines
}

func (f *ownPhone) hints(*App) []hint {
	return []hint{{key: "enter", text: "phones"}, {key: "ctrl+y", text: "copy the address"}, {key: "esc", text: "close"}}
}

// known is 1 for a phone that was there when the card opened.
func (f *ownPhone) known(c model.Contact) int {
	if slices.Contains(f.before, c.Address.User()) {
		return 1
	}
	return 0
}

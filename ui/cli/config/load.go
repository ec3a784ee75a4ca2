package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"cordpair/model"
	"cordpair/theme"
)

// Action is one row of the console's key table, for checking a key map.
type Action struct {
	Name  string
	Keys  []string
	Where string // a screen, [AllScreens], or a place of its own such as the form
}

// The places of actions that are not screens.
const (
	AllScreens = "all"
	TheForm    = "form"
)

// Keyboard is what a key map is checked against: the console's table, and the
// presets that a map can begin with.
type Keyboard struct {
	Actions []Action
	Presets map[string]map[string][]string
}

// Load reads the file. Without one the result is the defaults, unless must is
// set. An error on what stands in the file is an [*Error].
func Load(file string, must bool, keyboard Keyboard) (*Config, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return Default(), nil
	}
	if err != nil {
		return nil, err
	}
	return Parse(file, data, keyboard)
}

// Parse reads the text of a file; name is for messages, and what relative
// paths in it start from.
func Parse(name string, data []byte, keyboard Keyboard) (*Config, error) {
	doc, syntax := parse(name, data)
	if syntax != nil {
		return nil, &Error{Problems: []Problem{*syntax}}
	}
	c := Default()
	c.File = name
	r := &reading{doc: doc}
	top := &section{r: r, table: doc.values}
	c.readTop(top)
	top.each("profiles", c.readProfile)
	top.each("presets", c.readPreset)
	if s, ok := top.sub("keys"); ok {
		c.Keys.read(s, keyboard)
	}
	if s, ok := top.sub("ui"); ok {
		c.readUI(s)
	}
	if s, ok := top.sub("log"); ok {
		c.Log.read(s)
	}
	if s, ok := top.sub("exchange"); ok {
		c.Exchange.read(s)
	}
	top.done()
	c.checkProfileName(top)
	c.Rows, c.Kept = r.rows, r.kept
	warnings, err := split(r.problems)
	if err != nil {
		return nil, err
	}
	c.Warnings = warnings
	return c, nil
}

func (c *Config) readTop(s *section) {
	s.text("profile", &c.Profile, nil)
	s.list("contexts", &c.Contexts, checkContext)
	s.text("from", &c.From, checkAddress)
	s.choice("theme", &c.Theme, theme.Names()...)
	s.flag("bell", &c.Bell)
	s.flag("ascii", &c.ASCII)
	s.length("undo", &c.Undo, 0, time.Minute)
	s.duration("recall", &c.Recall, 24*time.Hour)
}

// readUI reads how the screen deals with its terminal.
func (c *Config) readUI(s *section) {
	s.flag("mouse", &c.Mouse)
	s.flag("reduced_motion", &c.Calm)
	s.number("fps", &c.FPS, 1, 120)
	s.choice("notify", &c.Notify, "auto", "off", "bell", "osc")
	s.text("greeting", &c.Greeting, nil)
	s.text("phone", &c.Phone, checkAddress)
	s.done()
}

// checkProfileName needs all profiles to be known.
func (c *Config) checkProfileName(s *section) {
	name := c.Profile.V
	if name == "" || name == Local || c.Profiles[name] != nil {
		return
	}
	s.wrong("profile", nil, "%s", c.noProfile(name))
}

// noProfile says which profiles there are.
func (c *Config) noProfile(name string) string {
	known := append(sortedKeys(c.Profiles), Local)
	if near := Nearest(name, known); near != "" {
		return fmt.Sprintf("there is no profile %q; did you mean %q?", name, near)
	}
	return fmt.Sprintf("there is no profile %q: known are %s", name, strings.Join(known, ", "))
}

// Named finds a profile. Local, and no name at all, is nil without an error.
func (c *Config) Named(name string) (*Profile, error) {
	if name == "" || name == Local {
		return nil, nil
	}
	if p := c.Profiles[name]; p != nil {
		return p, nil
	}
	return nil, errors.New(c.noProfile(name))
}

func (c *Config) readProfile(name string, s *section) {
	p := &Profile{Name: name}
	s.text("relay", &p.Relay, CheckRelay)
	s.text("space", &p.Space, CheckSpace)
	s.text("project", &p.Project, notEmpty)
	s.secret("token", &p.Token)
	s.list("contexts", &p.Contexts, checkContext)
	s.text("from", &p.From, checkAddress)
	header := &section{r: s.r, path: s.path[:len(s.path)-1]}
	switch {
	case name == Local:
		header.wrong(name, nil, "this name stands for the exchange of this machine, choose another")
	case s.table["relay"] != nil && s.table["space"] != nil:
		header.wrong(name, nil, "relay and space name two servers: keep one")
	case s.table["relay"] == nil && s.table["space"] == nil:
		header.wrong(name, nil, `names no server: type space = "example.signalwire.com" or relay = "ws://host:port"`)
	}
	c.Profiles[name] = p
}

func (l *Log) read(s *section) {
	s.filePath("file", &l.File)
	s.choice("level", &l.Level, "debug", "info", "warn", "error")
	s.number("max_size", &l.MaxSize, 1, 1024)
	s.number("keep", &l.Keep, 0, 100)
	s.done()
}

func (x *Exchange) read(s *section) {
	s.text("relay_addr", &x.RelayAddr, CheckListen)
	s.text("sip_addr", &x.SIPAddr, CheckListen)
	s.text("domain", &x.Domain, CheckWord)
	s.choice("people", &x.People, "calling", "answering", "off")
	s.list("contexts", &x.Contexts, checkContext)
	s.text("project", &x.Project, notEmpty)
	s.secret("token", &x.Token)
	s.text("tls_addr", &x.TLSAddr, CheckListen)
	s.filePath("tls_cert", &x.TLSCert)
	s.filePath("tls_key", &x.TLSKey)
	if x.TLSAddr.Given() != x.TLSCert.Given() || x.TLSAddr.Given() != x.TLSKey.Given() {
		s.wrong("tls_addr", nil, "TLS needs tls_addr, tls_cert and tls_key, all three")
	}
	s.list("trusted", &x.Trusted, checkNetwork)
	s.list("emergency", &x.Emergency, checkDigits)
	s.filePath("recordings", &x.Recordings)
	s.text("public_url", &x.PublicURL, checkWebURL)
	s.flag("allow_private", &x.AllowPrivate)
	s.duration("drain", &x.Drain, 24*time.Hour)
	x.readTables(s)
	if l, ok := s.sub("limits"); ok {
		x.Limits.read(l)
	}
	s.done()
}

// CheckRelay says what is wrong with a RELAY server's URL.
func CheckRelay(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		return fmt.Errorf("%q is no WebSocket address: type ws://host:port or wss://host", s)
	}
	if u.User != nil {
		return errors.New("the address must not hold credentials: give project and token")
	}
	return nil
}

func checkWebURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is no address of the web: type https://host", s)
	}
	return nil
}

// CheckSpace says what is wrong with the name of a SignalWire space, which may
// come as the address that a browser shows, or as that of a server in its place.
func CheckSpace(s string) error {
	if strings.HasPrefix(s, "ws://") || strings.HasPrefix(s, "wss://") {
		return CheckRelay(s)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(s, "https://"), "/")
	if name == "" || strings.ContainsAny(name, " /@") {
		return fmt.Errorf("%q is no space: type its name, such as example.signalwire.com", s)
	}
	return nil
}

func checkAddress(s string) error {
	_, err := model.ParseAddress(s)
	return err
}

func checkContext(s string, before []string) error {
	switch {
	case slices.Contains(before, s):
		return fmt.Errorf("%q is listed twice", s)
	case len(s) > 64:
		return errors.New("a context is at most 64 characters long")
	}
	return CheckWord(s)
}

// CheckWord refuses what is no word, such as the name of a context or a domain.
func CheckWord(s string) error {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r)) {
			return fmt.Errorf("%q must be of letters, digits, '-', '_' and '.'", s)
		}
	}
	return notEmpty(s)
}

func notEmpty(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("must not be empty: leave the line out instead")
	}
	return nil
}

// CheckListen refuses what is no host:port to listen on.
func CheckListen(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("%q is no address to listen on: type host:port, such as 127.0.0.1:7070", s)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is no port: type a number up to 65535, or 0 for any", port)
	}
	return nil
}

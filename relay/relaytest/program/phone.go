package program

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// PhoneConfig is how a [Phone] behaves. The zero value of all but Name is a
// silent one that waits to be told to answer, at an address of its own.
type PhoneConfig struct {
	Name    string
	Tone    float64 // Hz, what it sends; 0: silence
	Sound   []int16 // or this, over and over
	Answers bool    // at once
	Codecs  string  // default PCMU,PCMA; Opus is "opus/48000/2", and alone
	// Domain and Server, host:port, are where it registers, as Name@Domain.
	// Default: nowhere.
	Domain, Server string
	Transport      string // udp, tcp or tls; default udp
	Password       string
	CAFile         string // whom it trusts by TLS
	Account        string // instead of all these: the beginning of its line in "accounts"
}

// Phone is a baresip without a sound card. It belongs to the test that it was
// started for: a method that waits in vain fails it.
type Phone struct {
	*Process
	Address string // where it can be called

	t       testing.TB
	dir     string
	control net.Conn

	mu     sync.Mutex
	events []PhoneEvent
	read   int // events that Expect has passed over
	news   chan struct{}
}

// PhoneEvent is what baresip tells of a call or a registration.
type PhoneEvent struct {
	Type, Direction, Param string
	PeerURI                string `json:"peeruri"`
}

// What baresip tells.
const (
	PhoneRings        = "CALL_INCOMING"
	PhoneEstablished  = "CALL_ESTABLISHED"
	PhoneClosed       = "CALL_CLOSED"
	PhoneDigit        = "CALL_DTMF_START"
	PhoneIsRegistered = "REGISTER_OK"
	PhoneIsRefused    = "REGISTER_FAIL"
)

// A phone's ports follow one another: SIP, the same by TLS, sound, control.
const phonePorts, controlPort = 10, 8

// StartPhone starts a phone and waits until it can be used. Whether it is
// registered by then is for [Phone.Registered].
func StartPhone(t testing.TB, c PhoneConfig) *Phone {
	t.Helper()
	path, err := exec.LookPath("baresip")
	if err != nil {
		t.Fatal("baresip is missing: apt-get install baresip-core")
	}
	port := FreePorts(t, phonePorts)
	p := &Phone{t: t, dir: t.TempDir(), Address: fmt.Sprintf("sip:%s@127.0.0.1:%d", c.Name, port), news: make(chan struct{})}
	account := fmt.Sprintf("<%s>;regint=0", p.Address)
	switch {
	case c.Account != "":
		uri, _, _ := strings.Cut(strings.TrimPrefix(c.Account, "<"), ">")
		p.Address, account = uri, c.Account
	case c.Server != "":
		p.Address = fmt.Sprintf("sip:%s@%s", c.Name, c.Domain)
		account = c.account()
	}
	p.write("accounts", account+c.manner()+"\n")
	p.write("contacts", "")
	p.write("tone.wav", string(WAV(c.sound())))
	p.write("config", c.config(port, p.dir, modules(t)))
	cmd := exec.Command(path, "-f", p.dir)
	cmd.Dir = p.dir
	p.Process = Start(t, cmd)
	p.Until(t, "baresip is ready", func() bool { return strings.Contains(p.Output(), "baresip is ready") })
	p.attach(port + controlPort)
	return p
}

// sound is what the phone sends, for longer than a test takes: baresip hangs up
// when it is over.
func (c PhoneConfig) sound() []int16 {
	const enough = int(5*Patience/time.Second) * SampleRate
	once := c.Sound
	if len(once) == 0 {
		once = Tone(c.Tone, SampleRate) // whole waves, if Hz are whole
	}
	return slices.Repeat(once, 1+enough/len(once))
}

func (c PhoneConfig) account() string {
	transport := c.Transport
	if transport == "" {
		transport = "udp"
	}
	s := fmt.Sprintf(`<sip:%s@%s;transport=%s>;regint=60;outbound="sip:%s;transport=%s"`, c.Name, c.Domain, transport, c.Server, transport)
	if c.Password != "" {
		s += ";auth_pass=" + c.Password
	}
	return s
}

// manner is how it takes calls.
func (c PhoneConfig) manner() string {
	mode, codecs := "manual", c.Codecs
	if c.Answers {
		mode = "auto"
	}
	if codecs == "" {
		codecs = "PCMU,PCMA"
	}
	return fmt.Sprintf(";answermode=%s;audio_codecs=%s", mode, codecs)
}

func (c PhoneConfig) config(port int, dir, modules string) string {
	source, rate, channels := fmt.Sprintf("aufile,%s/tone.wav", dir), SampleRate, 1
	if strings.HasPrefix(c.Codecs, "opus") { // its sine is made at Opus's rate only
		source, rate, channels = fmt.Sprintf("ausine,%g", c.Tone), 48000, 2
	}
	text := fmt.Sprintf(`sip_listen 127.0.0.1:%d
net_interface 127.0.0.1
rtp_ports %d-%d
audio_source %s
ausrc_srate %d
auplay_srate %d
ausrc_channels %d
auplay_channels %d
module_path %s
module g711.so
module g722.so
module opus.so
module aufile.so
module ausine.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
statmode_default off
ctrl_tcp_listen 127.0.0.1:%d
snd_path %s
`, port, port+2, port+controlPort-1, source, rate, rate, channels, channels, modules, port+controlPort, dir)
	if c.CAFile != "" {
		text += "sip_cafile " + c.CAFile + "\n"
	}
	return text
}

func modules(t testing.TB) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib*/baresip/modules", "/usr/lib/*/baresip/modules"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("baresip's modules are nowhere")
	return ""
}

func (p *Phone) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// Registered waits until the phone's server has accepted it.
func (p *Phone) Registered() {
	p.t.Helper()
	p.Until(p.t, "the phone is registered", func() bool { return strings.Contains(p.Output(), "200 OK") })
}

// Expect waits for the next event of a type, passing over others.
func (p *Phone) Expect(kind string) PhoneEvent {
	p.t.Helper()
	deadline := time.After(Patience)
	for {
		p.mu.Lock()
		for p.read < len(p.events) {
			e := p.events[p.read]
			p.read++
			if e.Type == kind {
				p.mu.Unlock()
				return e
			}
		}
		news := p.news
		p.mu.Unlock()
		select {
		case <-news:
		case <-p.Done():
			p.t.Fatalf("the phone %s has left without %s\n%s", p.Address, kind, p.Output())
		case <-deadline:
			p.t.Fatalf("the phone %s has no %s; it had %+v\n%s", p.Address, kind, p.all(), p.Output())
		}
	}
}

// Told reports whether an event of a type has come by now, passed over or not.
func (p *Phone) Told(kind string) bool {
	return slices.ContainsFunc(p.all(), func(e PhoneEvent) bool { return e.Type == kind })
}

func (p *Phone) all() []PhoneEvent {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.events)
}

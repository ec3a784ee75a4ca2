//go:build thirdparty

package conformance

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// phone is a baresip without a sound card: it plays a tone from a file, records
// what it hears, and is worked through its control socket.
type phone struct {
	*process
	t            *testing.T
	dir, address string
	control      net.Conn

	mu     sync.Mutex
	events []phoneEvent
	read   int // events that expect has passed over
	news   chan struct{}
}

// phoneEvent is what baresip tells of a call or a registration.
type phoneEvent struct {
	Type, Direction, Param string
	PeerURI                string `json:"peeruri"`
}

// phoneKind is how a phone behaves. The zero value is a silent one that waits
// to be told to answer, at an address of its own.
type phoneKind struct {
	tone   float64 // Hz; 0: silence
	auto   bool    // answers at once
	codecs string  // default PCMU,PCMA
	at     *exchange
}

// newPhone starts a phone. With an exchange it registers there as name@domain.
func newPhone(t *testing.T, name string, kind phoneKind) *phone {
	t.Helper()
	dir := t.TempDir()
	port := freePorts(t, 10)
	control, rtp := port+8, port+2 // port+1 is for TLS
	p := &phone{t: t, dir: dir, address: fmt.Sprintf("sip:%s@127.0.0.1:%d", name, port), news: make(chan struct{})}
	account, mode := fmt.Sprintf("<%s>;regint=0", p.address), "manual"
	if kind.at != nil {
		account = fmt.Sprintf(`<sip:%s@%s>;regint=60;outbound="sip:%s"`, name, domain, kind.at.sip)
	}
	if kind.auto {
		mode = "auto"
	}
	if kind.codecs == "" {
		kind.codecs = "PCMU,PCMA"
	}
	writeTone(t, filepath.Join(dir, "tone.wav"), kind.tone)
	write(t, filepath.Join(dir, "accounts"), fmt.Sprintf("%s;answermode=%s;audio_codecs=%s\n", account, mode, kind.codecs))
	write(t, filepath.Join(dir, "contacts"), "")
	write(t, filepath.Join(dir, "config"), fmt.Sprintf(`sip_listen 127.0.0.1:%d
net_interface 127.0.0.1
rtp_ports %d-%d
audio_source aufile,%s/tone.wav
ausrc_srate %d
auplay_srate %d
module_path %s
module g711.so
module g722.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:%d
snd_path %s
`, port, rtp, rtp+5, dir, sampleRate, sampleRate, modules(t), control, dir))
	cmd := exec.Command("baresip", "-f", dir)
	cmd.Dir = dir
	p.process = start(t, cmd)
	until(t, "baresip is ready", func() bool { return p.runs(t) && strings.Contains(p.stderr.String(), "baresip is ready") })
	p.attach(control)
	if kind.at != nil {
		until(t, name+" is registered", func() bool { return strings.Contains(p.stderr.String(), "200 OK") })
		p.address = fmt.Sprintf("sip:%s@%s", name, domain)
	}
	return p
}

func modules(t *testing.T) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib*/baresip/modules", "/usr/lib/*/baresip/modules"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("baresip's modules are nowhere")
	return ""
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// attach opens the control socket and reads events from it.
func (p *phone) attach(port int) {
	p.t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		p.t.Fatal(err)
	}
	p.control = conn
	done := make(chan struct{})
	p.t.Cleanup(func() {
		conn.Close()
		<-done
	})
	go func() { // ends with the socket; the cleanup waits for it
		defer close(done)
		for r := bufio.NewReader(conn); ; {
			text, err := readNetstring(r)
			if err != nil {
				return
			}
			var e phoneEvent
			if json.Unmarshal(text, &e) != nil || e.Type == "" {
				continue
			}
			p.mu.Lock()
			p.events = append(p.events, e)
			close(p.news)
			p.news = make(chan struct{})
			p.mu.Unlock()
		}
	}()
}

// readNetstring reads "5:hello,".
func readNetstring(r *bufio.Reader) ([]byte, error) {
	size, err := r.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
	if err != nil {
		return nil, err
	}
	text := make([]byte, n+1)
	_, err = io.ReadFull(r, text)
	return text[:n], err
}

// do gives the phone a command, such as accept, hangup or dial.
func (p *phone) do(command, params string) {
	p.t.Helper()
	text, err := json.Marshal(map[string]string{"command": command, "params": params})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(p.control, "%d:%s,", len(text), text); err != nil {
		p.t.Fatalf("%s: %v", command, err)
	}
}

// expect waits for the next event of a type, passing over others.
func (p *phone) expect(kind string) phoneEvent {
	p.t.Helper()
	deadline := time.After(patience)
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
		case <-deadline:
			p.t.Fatalf("the phone %s has no %s; it had %+v\n%s", p.address, kind, p.events, p.stderr)
		}
	}
}

// What baresip tells.
const (
	phoneRings       = "CALL_INCOMING"
	phoneEstablished = "CALL_ESTABLISHED"
	phoneClosed      = "CALL_CLOSED"
	phoneDigit       = "CALL_DTMF_START"
)

const sampleRate = 8000

// writeTone makes a minute of a tone, or of silence, as a WAV file of 16-bit
// samples.
func writeTone(t *testing.T, file string, freq float64) {
	t.Helper()
	pcm := toneOf(freq, 60*sampleRate)
	size := uint32(2 * len(pcm))
	b := []byte("RIFF")
	put := func(values ...any) {
		for _, v := range values {
			var err error
			if b, err = binary.Append(b, binary.LittleEndian, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	put(36+size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(sampleRate), uint32(2*sampleRate), uint16(2), uint16(16),
		[]byte("data"), size, pcm)
	write(t, file, string(b))
}

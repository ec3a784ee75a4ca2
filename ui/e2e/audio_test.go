//go:build thirdparty

package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"cordpair/relay/exchange/media/tone"
)

// softphone is a baresip without a sound card: it plays a tone from a file and
// records what it hears.
type softphone struct {
	*process
	dir, address string
}

// frame of sound that a phone plays and hears: G.711's.
const sampleRate = 8000

func phone(t *testing.T, name string, freq float64, more ...string) *softphone {
	t.Helper()
	dir := t.TempDir()
	port, control, rtp := freePort(t), freePort(t), freePort(t)
	p := &softphone{dir: dir, address: fmt.Sprintf("sip:%s@127.0.0.1:%d", name, port)}
	writeTone(t, filepath.Join(dir, "tone.wav"), freq)
	write(t, filepath.Join(dir, "config"), fmt.Sprintf(`sip_listen 127.0.0.1:%d
net_interface 127.0.0.1
rtp_ports %d-%d
audio_source aufile,%s/tone.wav
ausrc_srate %d
auplay_srate %d
module_path %s
module g711.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:%d
snd_path %s
`, port, rtp, rtp+20, dir, sampleRate, sampleRate, modules(t), control, dir))
	write(t, filepath.Join(dir, "accounts"), fmt.Sprintf("<%s>;regint=0;answermode=auto;audio_codecs=PCMU,PCMA\n", p.address))
	write(t, filepath.Join(dir, "contacts"), "")
	cmd := exec.Command("baresip", append([]string{"-f", dir}, more...)...)
	cmd.Dir = dir
	p.process = start(t, cmd)
	until(t, "baresip is ready", func() bool { return bytes.Contains([]byte(p.stderr.String()), []byte("baresip is ready")) })
	return p
}

func modules(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib*/baresip/modules")
	if more, _ := filepath.Glob("/usr/lib/*/baresip/modules"); len(found) == 0 {
		found = more
	}
	if err != nil || len(found) == 0 {
		t.Fatalf("baresip's modules are nowhere: %v", err)
	}
	return found[0]
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeTone makes a minute of a tone as a WAV file of 16-bit samples.
func writeTone(t *testing.T, file string, freq float64) {
	t.Helper()
	pcm := make([]int16, 60*sampleRate)
	tone.Generator(freq, sampleRate).ReadPCM(pcm)
	var b bytes.Buffer
	size := uint32(2 * len(pcm))
	b.WriteString("RIFF")
	put := func(values ...any) {
		for _, v := range values {
			if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	put(36+size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(sampleRate), uint32(2*sampleRate), uint16(2), uint16(16),
		[]byte("data"), size, pcm)
	write(t, file, b.String())
}

// heard is the last half second of what the phone recorded, nil until there is
// so much.
func (p *softphone) heard() []int16 {
	files, _ := filepath.Glob(filepath.Join(p.dir, "dump-*-dec.wav"))
	if len(files) == 0 {
		return nil
	}
	data, err := os.ReadFile(files[len(files)-1])
	if err != nil || len(data) < 44+2*sampleRate {
		return nil
	}
	data = data[len(data)&^1-sampleRate:]
	pcm := make([]int16, len(data)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(data[2*i:]))
	}
	return pcm
}

func (p *softphone) hears(freq float64) bool {
	got, strength := tone.Detect(p.heard(), sampleRate)
	return strength > 0.6 && got > freq-15 && got < freq+15
}

// TestTheTwoPhonesHearEachOther proves the bridge by content: each phone sends
// its own tone, the other hears that one, and nobody hears himself.
func TestTheTwoPhonesHearEachOther(t *testing.T) {
	const low, high = 440, 1000
	x := startExchange(t)
	b := phone(t, "bob", high)
	a := phone(t, "alice", low, "-e", "/dial sip:support@"+x.SIP)
	call := x.liveCall(t)
	c := x.connect(t, "--call", call, "--from", "sip:support@demo", "--to", b.address, "--ringback", "us", "--wait-end")
	c.await(t, "connect", "connected")
	until(t, "alice hears bob's tone", func() bool { return a.hears(high) })
	until(t, "bob hears alice's tone", func() bool { return b.hears(low) })
	for name, own := range map[string]float64{"alice": tone.Strength(a.heard(), sampleRate, low), "bob": tone.Strength(b.heard(), sampleRate, high)} {
		if own > 0.05 {
			t.Errorf("%s hears an echo: %.2f of the power", name, own)
		}
	}
	b.end(t)
	if r := c.await(t, "connect", "disconnected"); r.By != "peer" {
		t.Errorf("%+v", r)
	}
	if got := c.wait(t); got != 0 {
		t.Errorf("exit %d", got)
	}
	if !stillListed(t, x, call) {
		t.Error("alice's leg did not stay up")
	}
}

func stillListed(t *testing.T, x *exchange, call string) bool {
	t.Helper()
	return x.liveCall(t) == call
}

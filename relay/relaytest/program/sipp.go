package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// SIPp is a SIPp on a port of its own.
type SIPp struct {
	*Process
	Port     int
	Address  string // where it can be called
	messages string // file with all that it sent and received
}

// StartSIPp starts SIPp with what every one needs (an address, ports for sound,
// a time limit, one call, a log of its messages) and these arguments. It does
// not wait; for one that is to be called there is [StartCallee].
//
// It passes over messages that it does not expect and waits on: requests come
// again when a machine is busy, and SIPp takes an INVITE that comes after its
// 200 for a mistake. What it does expect must come. Its watchdog, which ends it
// when the machine has stalled too often, is off.
func StartSIPp(t testing.TB, args ...string) *SIPp {
	t.Helper()
	return startSIPp(t, FreePorts(t, sippPorts), args)
}

// sippPorts is how many ports a SIPp has: the first for SIP, further ones for
// sound.
const sippPorts = 8

func startSIPp(t testing.TB, port int, args []string) *SIPp {
	t.Helper()
	path, err := exec.LookPath("sipp")
	if err != nil {
		t.Fatal("SIPp is missing: apt-get install sip-tester")
	}
	dir := t.TempDir()
	s := &SIPp{Port: port, messages: filepath.Join(dir, "messages.log")}
	s.Address = fmt.Sprintf("sip:bob@127.0.0.1:%d", s.Port)
	cmd := exec.Command(path, append([]string{
		"-i", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-mi", "127.0.0.1", "-mp", strconv.Itoa(s.Port + 2),
		"-m", "1", "-nostdin", "-watchdog_interval", "0", "-default_behaviors", "all,-abortunexp", "-timeout", "180", "-timeout_error", "-trace_msg", "-message_file", s.messages,
	}, args...)...)
	cmd.Dir = dir
	s.Process = Start(t, cmd)
	return s
}

// StartCallee is StartSIPp for a SIPp that waits for a call; it returns when it
// can be called.
func StartCallee(t testing.TB, args ...string) *SIPp {
	t.Helper()
	return StartCalleeAt(t, FreePorts(t, sippPorts), args...)
}

// StartCalleeAt is StartCallee at a port that somebody knows already, from
// [FreePorts] with seven more behind it.
func StartCalleeAt(t testing.TB, port int, args ...string) *SIPp {
	t.Helper()
	s := startSIPp(t, port, args)
	s.Until(t, "SIPp listens", func() bool {
		return Listening(t, "udp", s.Port) || Listening(t, "tcp", s.Port)
	})
	return s
}

// Content waits for SIPp to have seen its scenario through.
func (s *SIPp) Content(t testing.TB) {
	t.Helper()
	if code := s.Wait(t); code != 0 {
		t.Errorf("SIPp is not content: exit code %d\n%s\n%s", code, s.Output(), strings.Join(s.Messages(), "\n"))
	}
}

// Messages are all that it has sent and received so far, in order. Lines end
// with "\n".
func (s *SIPp) Messages() []string {
	data, _ := os.ReadFile(s.messages) // not there before the first message
	return messagesOf(string(data))
}

// messagesOf takes the messages out of a log, in which each follows a rule and
// a line of its own.
func messagesOf(log string) []string {
	var all []string
	for _, part := range strings.Split(strings.ReplaceAll(log, "\r\n", "\n"), "-----------------------------------------------") {
		if _, msg, ok := strings.Cut(part, ":\n\n"); ok {
			all = append(all, msg)
		}
	}
	return all
}

// First waits for the first message of a kind, such as "INVITE " or
// "SIP/2.0 180", which SIPp sent or received.
func (s *SIPp) First(t testing.TB, begins string) string {
	t.Helper()
	var found string
	s.Until(t, "SIPp logs "+begins, func() bool {
		for _, msg := range s.Messages() {
			if strings.HasPrefix(msg, begins) {
				found = msg
				return true
			}
		}
		return false
	})
	return found
}

package program

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// maxControl bounds one message of a control socket, in bytes.
const maxControl = 1 << 16

// attach opens the control socket and reads events from it.
func (p *Phone) attach(port int) {
	p.t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		p.t.Fatalf("%v\n%s", err, p.Output())
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
			var e PhoneEvent
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

// Do gives the phone a command, such as accept, hangup or dial.
func (p *Phone) Do(command, params string) {
	p.t.Helper()
	text, err := json.Marshal(map[string]string{"command": command, "params": params})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(p.control, "%d:%s,", len(text), text); err != nil {
		p.t.Fatalf("%s: %v\n%s", command, err, p.Output())
	}
}

// readNetstring reads "5:hello,".
func readNetstring(r *bufio.Reader) ([]byte, error) {
	size, err := r.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
	if err != nil || n < 0 || n > maxControl {
		return nil, errors.Join(fmt.Errorf("program: a netstring of %q bytes", size), err)
	}
	text := make([]byte, n+1)
	_, err = io.ReadFull(r, text)
	return text[:n], err
}

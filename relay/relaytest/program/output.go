package program

import (
	"bytes"
	"sync"
)

// output collects what a child writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// lines cuts what a child writes into lines. Its writer is one goroutine.
type lines struct {
	each func(string)
	copy *output
	part []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.part = append(l.part, p...)
	for {
		line, rest, ok := bytes.Cut(l.part, []byte("\n"))
		if !ok {
			break
		}
		l.each(string(bytes.TrimSuffix(line, []byte("\r"))))
		l.part = rest
	}
	return l.copy.Write(p)
}

// flush gives the last line, which may lack its end.
func (l *lines) flush() {
	if len(l.part) > 0 {
		l.each(string(l.part))
		l.part = nil
	}
}

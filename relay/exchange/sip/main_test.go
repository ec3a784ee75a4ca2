package sip

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait; nothing takes that long unless it is broken.
const patience = time.Minute

const (
	offer  = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
	answer = "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n"
)

func listen(t testing.TB, cfg Config) *Stack {
	t.Helper()
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	cfg.reoffer, cfg.referral = patience, patience
	s, err := Listen(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// watcher keeps a leg's events and waits for what a test wants to see.
type watcher struct {
	t    testing.TB
	mu   sync.Mutex
	all  []Event
	more chan struct{}
}

func watch(t testing.TB, l *Leg) *watcher {
	w := &watcher{t: t, more: make(chan struct{})}
	l.Notify(func(ev Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, ev)
		close(w.more)
		w.more = make(chan struct{})
	})
	return w
}

func (w *watcher) events() []Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Event(nil), w.all...)
}

// await returns the first event of a kind.
func await[E Event](w *watcher) E {
	w.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		w.mu.Lock()
		more := w.more
		for _, ev := range w.all {
			if e, ok := ev.(E); ok {
				w.mu.Unlock()
				return e
			}
		}
		w.mu.Unlock()
		select {
		case <-more:
		case <-deadline.C:
			var e E
			w.t.Fatalf("no %T; events so far: %+v", e, w.events())
		}
	}
}

// names renders the kinds of all events in order.
func (w *watcher) names() string {
	var out []string
	for _, ev := range w.events() {
		out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", ev), "sip."))
	}
	return strings.Join(out, " ")
}

// calls is a handler that hands inbound legs to the test.
type calls chan *Leg

func (c calls) Invite(l *Leg) { c <- l }

func (c calls) next(t testing.TB) *Leg {
	t.Helper()
	select {
	case l := <-c:
		return l
	case <-time.After(patience):
		t.Fatal("no call came in")
		return nil
	}
}

func call(t testing.TB, from *Stack, to string, change ...func(*OutboundInvite)) (*Leg, *watcher) {
	t.Helper()
	req := OutboundInvite{From: `"Ann" <sip:ann@example.com>`, To: to, SDP: []byte(offer)}
	for _, f := range change {
		f(&req)
	}
	l, err := from.Invite(req)
	if err != nil {
		t.Fatal(err)
	}
	return l, watch(t, l)
}

func uriOf(user string, s *Stack) string { return "sip:" + user + "@" + s.Addr().String() }

// eventually waits for a condition that has no event of its own.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-tick.C
	}
}

func (s *Stack) sizes() (legs, servers, clients int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.legs), len(s.servers), len(s.clients)
}

// wire is a scripted peer on a bare UDP socket.
type wire struct {
	t    testing.TB
	c    *net.UDPConn
	to   *net.UDPAddr
	last []byte
	had  map[string]bool // requests that were taken, by branch and method
}

func newWire(t testing.TB, s *Stack) *wire {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &wire{t: t, c: c, to: net.UDPAddrFromAddrPort(s.Addr()), had: map[string]bool{}}
}

func (w *wire) addr() string { return w.c.LocalAddr().String() }

// send takes a message with \n line ends and {me} for our address.
func (w *wire) send(text string) {
	w.t.Helper()
	text = strings.ReplaceAll(strings.ReplaceAll(text, "{me}", w.addr()), "\r\n", "\n")
	text = strings.ReplaceAll(text, "\n", "\r\n")
	if _, err := w.c.WriteToUDP([]byte(text), w.to); err != nil {
		w.t.Fatal(err)
	}
}

// read returns the next message.
func (w *wire) read() sip.Message {
	w.t.Helper()
	buf := make([]byte, 65535)
	_ = w.c.SetReadDeadline(time.Now().Add(patience))
	for {
		n, err := w.c.Read(buf)
		if err != nil {
			w.t.Fatalf("read: %v", err)
		}
		w.last = append(w.last[:0], buf[:n]...)
		if n <= 4 {
			continue // keep-alive
		}
		msg, err := sip.ParseMessage(append([]byte(nil), buf[:n]...))
		if err != nil {
			w.t.Fatalf("parse: %v\n%s", err, buf[:n])
		}
		return msg
	}
}

// request reads until a new request of a method comes, passing over copies of
// those that it gave: on a busy machine the answer to one may be late. An ACK
// that comes again is one.
func (w *wire) request(method string) *sip.Request {
	w.t.Helper()
	for {
		req := w.anyRequest(method)
		id := clientKey(req.Via(), method)
		if method != "ACK" && w.had[id] {
			continue
		}
		w.had[id] = true
		return req
	}
}

// anyRequest is request without a look at what was there.
func (w *wire) anyRequest(method string) *sip.Request {
	w.t.Helper()
	for {
		if req, ok := w.read().(*sip.Request); ok && string(req.Method) == method {
			return req
		}
	}
}

// response reads until a response with a code to a method comes.
func (w *wire) response(code int, method string) *sip.Response {
	w.t.Helper()
	for {
		res, ok := w.read().(*sip.Response)
		if ok && res.CSeq() != nil && string(res.CSeq().MethodName) == method && res.StatusCode == code {
			return res
		}
	}
}

// reply answers a request; extra are header lines, body may be empty.
func (w *wire) reply(req *sip.Request, code int, phrase, extra, body string) {
	w.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", code, phrase)
	for _, h := range req.GetHeaders("Via") {
		fmt.Fprintf(&b, "Via: %s\r\n", h.Value())
	}
	to := req.To().Value()
	if code > 100 && !strings.Contains(to, "tag=") {
		to += ";tag=peer"
	}
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n",
		req.From().Value(), to, req.CallID().Value(), req.CSeq().Value())
	if !strings.Contains(extra, "Contact:") {
		fmt.Fprintf(&b, "Contact: <sip:peer@%s>\r\n", w.addr())
	}
	b.WriteString(strings.ReplaceAll(strings.ReplaceAll(extra, "\r\n", "\n"), "\n", "\r\n"))
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	if _, err := w.c.WriteToUDP([]byte(b.String()), w.to); err != nil {
		w.t.Fatal(err)
	}
}

// invite is an INVITE's text from a wire; branch makes it one transaction.
func invite(branch, callID, extra string) string {
	return "INVITE sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bK" + branch + ";rport\n" +
		"Max-Forwards: 70\nFrom: \"Cleo\" <sip:cleo@example.com>;tag=c1\nTo: <sip:bob@example.com>\n" +
		"Call-ID: " + callID + "\nCSeq: 10 INVITE\nContact: <sip:cleo@{me}>\n" + extra +
		fmt.Sprintf("Content-Type: application/sdp\nContent-Length: %d\n\n", len(offer)) + offer
}

// inDialog is a request's text inside the dialog that invite opened.
func inDialog(method, branch, callID, toTag string, seq int, extra, body string) string {
	return fmt.Sprintf("%s sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bK%s;rport\n"+
		"Max-Forwards: 70\nFrom: <sip:cleo@example.com>;tag=c1\nTo: <sip:bob@example.com>;tag=%s\n"+
		"Call-ID: %s\nCSeq: %d %s\nContact: <sip:cleo@{me}>\n%sContent-Length: %d\n\n%s",
		method, branch, toTag, callID, seq, method, extra, len(body), body)
}

// hangUp ends a leg and plays the peer's part of it.
func (w *wire) hangUp(l *Leg) {
	w.t.Helper()
	l.End(EndReason{})
	w.reply(w.request("BYE"), 200, "OK", "", "")
}

// newTestRequest is a request with one header, for checks that look at no more.
func newTestRequest(line, name, val string) *sip.Request {
	method, rest, _ := strings.Cut(line, " ")
	text, _, _ := strings.Cut(rest, " ")
	var uri sip.Uri
	_ = sip.ParseUri(text, &uri)
	req := sip.NewRequest(sip.RequestMethod(method), uri)
	add(req, name, val)
	return req
}

// readRaw reads the next message into last, without parsing it.
func (w *wire) readRaw() {
	w.t.Helper()
	buf := make([]byte, 65535)
	_ = w.c.SetReadDeadline(time.Now().Add(patience))
	n, err := w.c.Read(buf)
	if err != nil {
		w.t.Fatalf("read: %v", err)
	}
	w.last = append(w.last[:0], buf[:n]...)
}

package tape_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/relaytest"
	"cordpair/relay/tape"
	"cordpair/relay/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// open opens a client with the test's credentials and waits for its session.
func open(t *testing.T, cfg relay.Config) *relay.Client {
	t.Helper()
	c := client(t, cfg)
	if err := c.Ready(within(t)); err != nil {
		t.Fatal(err)
	}
	return c
}

// begin has taken the beginning of the stream before anything is played.
func begin(t *testing.T, cfg relay.Config) *relay.Client {
	t.Helper()
	listening, dial := make(chan struct{}), cfg.Dial
	cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		<-listening
		return dial(ctx, network, addr)
	}
	c := client(t, cfg)
	if _, err := c.Take(within(t)); err != nil {
		t.Fatal(err)
	}
	close(listening)
	return c
}

func client(t *testing.T, cfg relay.Config) *relay.Client {
	t.Helper()
	cfg.Project, cfg.Token, cfg.Contexts = "project", "the-token", []string{"office"}
	c, err := relay.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// record records a connect from its beginning to the end of the peer.
func record(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	rec := tape.NewRecorder(&file)
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := open(t, relay.Config{URL: s.URL, Tap: rec.Tap})
	s.Last().Event(wire.EventAuthorizationState, wire.AuthorizationStateParams{AuthorizationState: "the-state"})
	w.Call("sip:caller@test", "office")
	call, err := c.Incoming(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := call.Answer(within(t)); err != nil {
		t.Fatal(err)
	}
	peer, err := call.ConnectSIP(within(t), model.ConnectRequest{From: "sip:desk@test", To: "sip:bob@test"})
	if err != nil {
		t.Fatal(err)
	}
	w.Leave(string(peer.ID()))
	if _, err := call.Disconnected(within(t)); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestRecordingPlaysThroughTheSameDoor(t *testing.T) {
	data := record(t)
	for _, secret := range []string{"the-token", "the-state"} {
		if bytes.Contains(data, []byte(secret)) {
			t.Fatalf("%s is in the recording", secret)
		}
	}
	lines, err := tape.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, speed := range []float64{0, 1000} {
		p := tape.NewPlayer(lines, speed)
		c := begin(t, relay.Config{URL: tape.URL, Dial: p.Dial, ProbeEvery: -1})
		book := model.NewBook()
		joined, parted := false, false
		for !parted {
			events, err := c.Take(within(t))
			if err != nil {
				t.Fatal(err)
			}
			for _, ev := range events {
				book.Apply(ev)
				if cc, ok := ev.(model.ConnectChanged); ok {
					joined = joined || cc.State == model.ConnectConnected
					parted = parted || cc.State == model.ConnectDisconnected
				}
			}
		}
		if !joined {
			t.Fatal("the peer was never connected")
		}
		<-p.Ended()
		var e *relay.Error
		if _, err := c.DialSIP(within(t), model.Dial{From: "sip:a@b", To: "sip:c@d"}); !errors.As(err, &e) || e.Code != 503 {
			t.Fatal(err)
		}
		c.Close()
		p.Close()
	}
}

func TestTranscriptsPlay(t *testing.T) {
	f, err := os.Open("../testdata/transcripts/js3-14-connectsip-busy.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := tape.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	p := tape.NewPlayer(lines, 0)
	defer p.Close()
	c := begin(t, relay.Config{URL: tape.URL, Dial: p.Dial, Details: true, ProbeEvery: -1})
	defer c.Close()
	for {
		events, err := c.Take(within(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range events {
			if cc, ok := ev.(model.ConnectChanged); ok && cc.State == model.ConnectFailed && cc.Reason == model.WordBusy {
				return
			}
		}
	}
}

func TestReadSaysWhereItIsBroken(t *testing.T) {
	for text, want := range map[string]string{
		"": "empty", "nonsense": "line 1", `{"dir":"c2s","frame":{}}` + "\n{\n": "line 2", `{"dir":"up","frame":{}}`: "line 1",
	} {
		if _, err := tape.Read(strings.NewReader(text)); !errors.Is(err, tape.ErrTape) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestRecorderTellsThatItCouldNotWrite(t *testing.T) {
	rec := tape.NewRecorder(fullDisk{})
	rec.Tap(true, []byte(`{"jsonrpc":"2.0"}`))
	if err := rec.Close(); err == nil || !strings.Contains(err.Error(), "full") {
		t.Fatal(err)
	}
	if err := rec.Close(); err == nil {
		t.Fatal("a second Close must tell the same")
	}
	rec.Tap(true, []byte(`{}`)) // after the end: nothing happens
}

func TestSpeedIsKept(t *testing.T) {
	event := func(at int64, id string) tape.Line {
		frame, err := wire.EventFrame("e", wire.EventParams{EventType: wire.EventCallState},
			wire.CallParams{CallRef: wire.CallRef{CallID: id}, CallState: wire.CallAnswered})
		if err != nil {
			t.Fatal(err)
		}
		return tape.Line{Dir: tape.ToClient, At: at, Frame: frame}
	}
	const hour = 3_600_000
	p := tape.NewPlayer([]tape.Line{event(0, "now"), event(4*hour, "an hour later")}, 4)
	defer p.Close() // at once, in the middle of the hour
	c := begin(t, relay.Config{URL: tape.URL, Dial: p.Dial, ProbeEvery: -1})
	for seen := false; !seen; {
		events, err := c.Take(within(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range events {
			call, ok := ev.(model.CallSeen)
			seen = seen || ok && call.Call.ID == "now"
		}
	}
	for range 3 { // long enough for all that does not wait
		if _, err := c.DialSIP(within(t), model.Dial{From: "sip:a@b", To: "sip:c@d"}); err == nil {
			t.Fatal("a recording cannot be called")
		}
	}
	if _, there := c.Call("an hour later"); there {
		t.Fatal("it did not wait")
	}
	c.Close()
}

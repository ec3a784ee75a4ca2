package relay

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// recordedServer answers each handshake as the recorded server did and then
// says what that server said on its own accord on that socket.
func recordedServer(t *testing.T, name string) *relaytest.Server {
	t.Helper()
	lines := transcripts(t)[name]
	if lines == nil {
		t.Fatal("no such recording:", name)
	}
	var conns atomic.Int32
	s := relaytest.New(t)
	s.Handle(wire.MethodPass, func(*relaytest.Conn, wire.Frame) {}) // as recorded: never answered
	s.Handle(wire.MethodConnect, func(c *relaytest.Conn, ask wire.Frame) {
		conn := int(conns.Add(1))
		// The recording without authorization ends where the client of the time
		// was stuck; the same server would have answered the same again.
		if last := lines[len(lines)-1].Conn; conn > last {
			conn = last
		}
		var greeting wire.ID
		for _, l := range lines {
			f, err := wire.DecodeFrame(l.Frame)
			switch {
			case err != nil:
				t.Errorf("%v: %s", err, l.Frame)
			case l.Conn != conn:
			case f.Method == wire.MethodConnect:
				greeting = f.ID
			case l.Dir == "s2c":
				c.Raw([]byte(strings.ReplaceAll(string(l.Frame), string(greeting), string(ask.ID))))
			}
		}
	})
	return s
}

// reconnected drops nothing by itself: it waits for the second link.
func reconnected(t *testing.T, c *Client) model.Link {
	t.Helper()
	return last(takeUntil(t, c, func(ev model.Event) bool {
		l, ok := ev.(model.LinkChanged)
		return ok && l.Link.State == model.LinkUp && l.Link.Generation == 2
	})).(model.LinkChanged).Link
}

// Where these recordings were made the client of the time was deaf, stuck or
// began a new session; ours takes its session up again.
func TestRecordedSessionsGoOn(t *testing.T) {
	t.Run("session-execute-timeout", func(t *testing.T) {
		s := recordedServer(t, "session-execute-timeout")
		cfg := config(s)
		cfg.RequestTimeout = 200 * time.Millisecond
		c := opened(t, cfg)
		call := callIn(t, c, model.Answered)
		if err := call.Pass(within(t)); !errors.Is(err, ErrTimeout) {
			t.Fatalf("a request that is never answered: %v", err)
		}
		s.Last().Drop()
		if up := reconnected(t, c); !up.Resumed || call.State() != model.Answered {
			t.Fatalf("%+v, call %v", up, call.State())
		}
	})
	t.Run("session-ping-timeout-reconnect", func(t *testing.T) {
		s := recordedServer(t, "session-ping-timeout-reconnect")
		cfg := config(s)
		cfg.ProbeEvery = 100 * time.Millisecond
		c := opened(t, cfg)
		pong, err := s.Wait(within(t), func(f relaytest.Frame) bool {
			return !f.Out && f.Method == "" && strings.Contains(string(f.Result), "timestamp")
		})
		if err != nil || !strings.Contains(string(pong.Result), "1795377564.726") {
			t.Fatalf("%v: %s", err, pong.Result)
		}
		s.Last().Mute()
		if up := reconnected(t, c); !up.Resumed {
			t.Fatalf("%+v", up)
		}
	})
	// Whether the signature is part of the protocol, or there is an authorization
	// at all, is no business of ours.
	for _, name := range []string{"session-drop-badproto", "session-drop-noauthz"} {
		t.Run(name, func(t *testing.T) {
			s := recordedServer(t, name)
			c := opened(t, config(s))
			first := c.Session()
			s.Last().Drop()
			if up := reconnected(t, c); !up.Resumed {
				t.Fatalf("%+v", up)
			}
			again, err := s.Wait(within(t), relaytest.Request(wire.MethodConnect, 2))
			fine(t, err)
			var p wire.ConnectParams
			fine(t, wire.Decode(again.Params, &p))
			if p.Protocol == "" || p.Protocol != first.Protocol {
				t.Errorf("the second handshake asks for %q, the session is %q", p.Protocol, first.Protocol)
			}
		})
	}
}

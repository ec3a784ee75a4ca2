package relay

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// stateFrames are events of 882 bytes on n live calls.
func stateFrames(b *testing.B, n int) [][]byte {
	frames := make([][]byte, n)
	for i := range frames {
		p := wire.CallParams{
			CallRef:   wire.CallRef{NodeID: "aaaaaaaa-0000-4000-8000-00000000node", CallID: fmt.Sprintf("%08d-0000-4000-8000-000000000003", i)},
			CallState: wire.CallAnswered, Direction: wire.Inbound,
			Device: wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{
				From: "sip:desk@example.test", To: "sip:agent@pbx.example.test", Timeout: 20,
				Headers: []wire.Header{{Name: "X-Account", Value: "42"}}, Codecs: []string{"OPUS", "PCMU"},
			}},
			SegmentID: "00000000-0000-4000-8000-000000000008", ProjectID: "project", CreatedBy: "receive",
			StartTime: 1795378034000, AnswerTime: 1795378036000,
		}
		env := wire.EventParams{EventType: wire.EventCallState, EventChannel: "signalwire_", Timestamp: 1795378034.567,
			ProjectID: "bbbbbbbb-0000-4000-8000-0000project", SpaceID: "cccccccc-0000-4000-8000-000000space"}
		frame, err := wire.EventFrame(wire.ID(fmt.Sprintf("%08d-0000-4000-8000-000000000002", i)), env, p)
		if err != nil {
			b.Fatal(err)
		}
		env.EventChannel += strings.Repeat("x", max(0, 882-len(frame)))
		if frames[i], err = wire.EventFrame(wire.ID(fmt.Sprintf("%08d-0000-4000-8000-000000000002", i)), env, p); err != nil || len(frames[i]) != 882 {
			b.Fatal(len(frames[i]), err)
		}
	}
	return frames
}

// BenchmarkFold decodes, acknowledges, folds and queues one event.
func BenchmarkFold(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n, " calls"), func(b *testing.B) {
			c := offline(b)
			frames := stateFrames(b, n)
			cn := loose()
			var in inbound
			ctx := context.Background()
			if _, err := c.Take(ctx); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				c.frame(cn, &in, frames[i%n], time.Now())
				if i++; i%1024 == 0 {
					cn.queue = nil
					if _, err := c.Take(ctx); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkSocket reads events from a real socket, as fast as they come.
func BenchmarkSocket(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n, " calls"), func(b *testing.B) {
			frames := stateFrames(b, n)
			s := relaytest.New(b)
			c := opened(b, config(s))
			if _, err := c.Take(context.Background()); err != nil {
				b.Fatal(err)
			}
			cn := s.Last()
			b.ReportAllocs()
			b.ResetTimer()
			go cn.Blast(frames, b.N) // ends when all are sent; the count below waits for them
			for got := 0; got < b.N; {
				events, err := c.Take(context.Background())
				if err != nil {
					b.Error(err)
					return
				}
				for _, ev := range events {
					if _, ok := ev.(model.CallSeen); ok {
						got++
					}
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkRoundTrip sends a request and waits for its answer.
func BenchmarkRoundTrip(b *testing.B) {
	s := relaytest.New(b)
	cfg := config(s)
	cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	c := opened(b, cfg)
	call := c.Attach("call-1", "node-1")
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if err := call.Pass(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReady: from nothing to a session over a socket, and its end.
func BenchmarkReady(b *testing.B) {
	s := relaytest.New(b)
	b.ReportAllocs()
	for b.Loop() {
		c, err := Open(context.Background(), config(s))
		if err == nil {
			err = c.Ready(context.Background())
		}
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
		untaken.Delete(c)
	}
}

//go:build linux

package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// frameBytes is the size of a state event, that of a real one.
const frameBytes = 882

// serve lets everybody in, offers the calls, and sends the events once a client
// has asked to pass a call on. Any other request is answered with 200.
func serve(addr string, calls, events int) error {
	offers, states, err := frames(calls)
	if err != nil {
		return err
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, ReadBufferSize: 64 << 10}
	srv := &http.Server{Addr: addr, ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		if err := talk(ws, offers, states, events); err != nil && !websocket.IsCloseError(err, 1000, 1001, 1005, 1006) {
			fmt.Fprintln(os.Stderr, "benchmark:", err)
		}
	})}
	return srv.ListenAndServe()
}

// talk serves one client from its one goroutine; what the client sends while
// events go out waits in the socket, as acknowledgements do not need a reply.
func talk(ws *websocket.Conn, offers, states [][]byte, events int) error {
	out := make(chan [][]byte, 4)
	done := make(chan struct{})
	defer func() { close(out); <-done }()
	go func() { // writes until out is closed above
		defer close(done)
		for list := range out {
			for _, f := range list {
				_ = ws.WriteMessage(websocket.TextMessage, f) // the reader sees a closed socket
			}
		}
	}()
	blast := make([][]byte, events)
	for i := range blast {
		blast[i] = states[i%len(states)]
	}
	offered, blasted := false, false
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return err
		}
		f, err := wire.DecodeFrame(data)
		if err != nil || f.Kind() != wire.KindRequest {
			continue
		}
		frame, err := answer(f)
		if err != nil {
			return err
		}
		out <- [][]byte{frame}
		listening := f.Method == wire.MethodReceive || f.Method == wire.MethodConnect && strings.Contains(string(f.Params), `"contexts"`)
		switch {
		case listening && !offered:
			offered = true
			out <- offers
		case f.Method == wire.MethodAnswer && !blasted:
			blasted = true
			out <- blast
		}
	}
}

func answer(f wire.Frame) ([]byte, error) {
	switch f.Method {
	case wire.MethodConnect:
		return wire.Reply(f.ID, wire.ConnectResult{Identity: "benchmark", Protocol: "signalwire_signature_client",
			Authorization: wire.Authorization{Type: "service", ProjectID: "P", Signature: "signature"}})
	case wire.MethodPing:
		return wire.Reply(f.ID, struct{}{})
	}
	return wire.Reply(f.ID, wire.Result{Code: wire.CodeOK, Message: "OK"})
}

// frames are the offer and a state event of each call.
func frames(calls int) (offers, states [][]byte, err error) {
	for i := range calls {
		p := wire.CallParams{
			CallRef:   wire.CallRef{NodeID: "aaaaaaaa-0000-4000-8000-00000000node", CallID: fmt.Sprintf("%08d-0000-4000-8000-000000000003", i)},
			CallState: wire.CallCreated, Direction: wire.Inbound, Context: "office",
			Device: wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{From: "sip:desk@example.test", To: "sip:agent@pbx.example.test",
				Timeout: 20, Headers: []wire.Header{{Name: "X-Account", Value: "42"}}, Codecs: []string{"OPUS", "PCMU"}}},
			SegmentID: "00000000-0000-4000-8000-000000000008", ProjectID: "P", CreatedBy: "receive", StartTime: 1795378034000,
		}
		for kind, list := range map[string]*[][]byte{wire.EventCallReceive: &offers, wire.EventCallState: &states} {
			if kind == wire.EventCallState {
				p.CallState, p.AnswerTime = wire.CallAnswered, 1795378036000
			}
			frame, err := padded(kind, i, p)
			if err != nil {
				return nil, nil, err
			}
			*list = append(*list, frame)
		}
	}
	return offers, states, nil
}

func padded(kind string, i int, p wire.CallParams) ([]byte, error) {
	id := wire.ID(fmt.Sprintf("%08d-0000-4000-8000-000000000002", i))
	env := wire.EventParams{EventType: kind, EventChannel: "signalwire_", Timestamp: 1795378034.567,
		ProjectID: "bbbbbbbb-0000-4000-8000-0000project", SpaceID: "cccccccc-0000-4000-8000-000000space", Context: "office"}
	frame, err := wire.EventFrame(id, env, p)
	if err != nil {
		return nil, err
	}
	env.EventChannel += strings.Repeat("x", max(0, frameBytes-len(frame)))
	return wire.EventFrame(id, env, p)
}

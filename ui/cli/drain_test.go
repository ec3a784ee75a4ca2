package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"testing"

	"cordpair/model"
	"cordpair/relay"
)

// After SIGTERM an exchange that drains takes no new call, leaves the one that
// is up alone, and ends when that has ended.
func TestExchangeDrains(t *testing.T) {
	configured(t, "")
	out, in := io.Pipe()
	p := &program{stdout: in, stderr: io.Discard, closeLog: func() error { return nil }}
	root := rootCommand(p)
	root.SetArgs([]string{"exchange", "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0", "--project", "P", "--token", "T", "--drain", "1h"})
	ctx, signal := context.WithCancel(t.Context())
	defer signal()
	ended := make(chan error, 1)
	go func() { // ends with the command, which the test ends and waits for
		err := root.ExecuteContext(ctx)
		_ = in.CloseWithError(io.ErrUnexpectedEOF)
		ended <- err
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var ready readyRecord
	if err != nil || json.Unmarshal(line, &ready) != nil {
		t.Fatalf("%s: %v", line, err)
	}
	client, err := relay.Open(t.Context(), relay.Config{URL: ready.Relay, Project: "P", Token: "T"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}()
	dial := model.Dial{From: "sip:me@demo", To: "sip:alice@demo"}
	call, err := client.DialSIP(t.Context(), dial)
	if err != nil {
		t.Fatal(err)
	}
	signal()
	for { // until the signal has arrived
		more, err := client.DialSIP(t.Context(), dial)
		if err != nil {
			break
		}
		if err := more.Hangup(t.Context(), model.WordHangup); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-ended:
		t.Fatalf("ended with a call up: %v", err)
	default:
	}
	if !call.State().Live() {
		t.Error("the call that was up is gone")
	}
	if err := call.Hangup(t.Context(), model.WordHangup); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

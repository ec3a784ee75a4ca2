package tape_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cordpair/relay"
	"cordpair/relay/tape"
)

// TestReadsWhatAKilledProgramLeft: the last line was not written to its end.
func TestReadsWhatAKilledProgramLeft(t *testing.T) {
	whole := `{"dir":"s2c","t_ms":1,"frame":{"jsonrpc":"2.0"}}` + "\n"
	for cut := 1; cut < len(whole)-1; cut++ {
		lines, err := tape.Read(strings.NewReader(whole + whole[:cut]))
		if err != nil || len(lines) != 1 {
			t.Fatalf("%q: %d lines, %v", whole[:cut], len(lines), err)
		}
	}
	for _, bad := range []string{"{\n", whole + "{\n", whole + "{\n" + whole, "{", whole[:9]} {
		if _, err := tape.Read(strings.NewReader(bad)); !errors.Is(err, tape.ErrTape) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestPlaysNothing: a recording without a frame still lets a client in.
func TestPlaysNothing(t *testing.T) {
	p := tape.NewPlayer(nil, 1)
	defer p.Close()
	c, err := relay.Open(context.Background(), relay.Config{URL: tape.URL, Project: "P", Token: "T", Dial: p.Dial})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	<-p.Ended()
}

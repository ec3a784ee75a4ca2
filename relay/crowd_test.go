package relay

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// sent waits until so many frames were given to a loose connection.
func sent(t *testing.T, cn *conn, n int) {
	t.Helper()
	ctx := within(t)
	for {
		cn.mu.Lock()
		have := len(cn.queue)
		cn.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-cn.kick:
		case <-ctx.Done():
			t.Fatalf("%d of %d frames were sent", have, n)
		}
	}
}

// TestManyAttemptsTimeOut: each by itself, and nobody else's.
func TestManyAttemptsTimeOut(t *testing.T) {
	const n = 2000
	c := offline(t)
	cn := loose()
	c.mu.Lock()
	c.conn = cn
	c.mu.Unlock()
	ctx := within(t)
	errs := make(chan error, n)
	var waiting sync.WaitGroup
	calls := make([]*Call, n)
	for i := range calls {
		calls[i] = c.Attach(model.CallID(fmt.Sprint("call-", i)), "n")
		waiting.Go(func() { // ends with its deadline, set below; waited for below
			_, err := calls[i].ConnectSIP(ctx, wanted())
			errs <- err
		})
	}
	sent(t, cn, n)
	for i, k := range calls {
		if i == 0 {
			continue // this one goes on
		}
		c.mu.Lock()
		k.now().Attempt.Deadline = time.Now()
		c.mu.Unlock()
		c.deadline(k.id)
	}
	for range n - 1 {
		if err := <-errs; !errors.Is(err, ErrTimeout) || !errors.Is(err, ErrConnectFailed) {
			t.Fatal(err)
		}
	}
	if s := calls[0].ConnectState(); s != model.Dialing {
		t.Error("the one whose time has not come is", s)
	}
	c.mu.Lock()
	c.conn = nil
	c.mu.Unlock()
	c.Close()
	waiting.Wait()
}

// TestGivenUpDialHangsUpItsLegs: those seen before, those of the server's list,
// and those that show up later; once each, and no others.
func TestGivenUpDialHangsUpItsLegs(t *testing.T) {
	c := offline(t)
	cn := loose()
	c.mu.Lock()
	c.conn = cn
	c.mu.Unlock()
	done := make(chan error, 1)
	go func() { // ends with the dial's deadline, rung below; received below
		_, err := c.dial(within(t), DialRequest{Plan: Plan{{{From: "sip:desk@test", To: "sip:bob@test"}}}}, "tag")
		done <- err
	}()
	sent(t, cn, 1)
	c.mu.Lock()
	d := c.dials["tag"]
	c.mu.Unlock()
	seen := func(id, tag string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.emit(model.CallSeen{At: time.Now(), Call: model.CallInfo{ID: model.CallID(id), Tag: model.Tag(tag), State: model.Ringing}})
	}
	seen("before", "tag")
	seen("other", "another tag")
	c.mu.Lock()
	c.emit(model.Snapshot{At: time.Now(), Calls: []model.SnapshotCall{
		{Call: model.CallInfo{ID: "before", Tag: "tag", State: model.Ringing}},
		{Call: model.CallInfo{ID: "listed", Tag: "tag", State: model.Ringing}},
		{Call: model.CallInfo{ID: "other", Tag: "another tag", State: model.Ringing}},
	}})
	c.mu.Unlock()
	d.timedOut()
	if err := <-done; !errors.Is(err, ErrTimeout) {
		t.Fatal(err)
	}
	seen("later", "tag")
	ended := map[string]int{}
	for _, data := range cn.queue {
		f, err := wire.DecodeFrame(data)
		if err != nil {
			t.Fatal(err)
		}
		var p wire.EndParams
		if f.Method == wire.MethodEnd && wire.Decode(f.Params, &p) == nil {
			ended[p.CallID]++
		}
	}
	if len(ended) != 3 || ended["before"] != 1 || ended["listed"] != 1 || ended["later"] != 1 {
		t.Error(ended)
	}
	c.mu.Lock()
	c.conn = nil
	c.mu.Unlock()
}

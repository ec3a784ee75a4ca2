package exchange

import (
	"fmt"
	"testing"

	"cordpair/relay/wire"
)

// TestNothingIsLostWithASocket: the first event after a cut is what fails the
// socket. Those behind it come before anybody has noticed, and wait as well.
func TestNothingIsLostWithASocket(t *testing.T) {
	x := start(t)
	told := func(n int) frame {
		return frame{data: []byte(fmt.Sprint(n)), event: wire.ID(fmt.Sprint(n))}
	}
	for _, noticed := range []bool{true, false} { // or only when the next socket takes over
		t.Run(fmt.Sprintf("noticed %v", noticed), func(t *testing.T) {
			s := newSession(x)
			failed := &conn{x: x, out: newOutbox(x.cfg.Limits.Outbox), written: make(chan struct{})}
			failed.once.Do(func() {}) // its socket is closed
			s.attach(failed, []byte("hello"))
			failed.out.take()
			s.event(told(1))
			f, _, _ := failed.out.take()
			s.event(told(2))
			failed.unsent = failed.out.unsent(f) // the writer gives up
			close(failed.written)
			s.event(told(3))
			s.event(told(4))
			if noticed {
				s.detach(failed)
				s.event(told(5))
			}
			next := &conn{x: x, out: newOutbox(x.cfg.Limits.Outbox)}
			s.attach(next, []byte("hello"))
			want := []string{"hello", "1", "2", "3", "4", "5"}
			if !noticed {
				want = want[:5]
			}
			for _, w := range want {
				if f, _, _ := next.out.take(); string(f.data) != w {
					t.Errorf("%q, want %q", f.data, w)
				}
			}
		})
	}
}

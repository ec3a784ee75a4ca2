package relay

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

func TestClockOfTheServer(t *testing.T) {
	var d decoder
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	stamp := func(at time.Time) jsontext.Value {
		return jsontext.Value(fmt.Sprintf("%.3f", float64(at.UnixMilli())/1000))
	}
	// The server is an hour ahead; the second event was delayed by 3 s.
	ahead := time.Hour
	if at := d.at(stamp(now.Add(ahead)), now); at.Sub(now).Abs() > 5*time.Millisecond {
		t.Fatal(at)
	}
	if at := d.at(stamp(now.Add(ahead+time.Second)), now.Add(4*time.Second)); at.Sub(now.Add(time.Second)).Abs() > 5*time.Millisecond {
		t.Fatal(at)
	}
	// What arrived faster than anything before teaches more of the clocks, and
	// yet did not happen before it.
	if at := d.at(stamp(now.Add(ahead+time.Second)), now.Add(900*time.Millisecond)); at.Before(now.Add(time.Second - time.Millisecond)) {
		t.Fatal(at)
	}
	d = decoder{skew: -ahead, known: true}
	if at := d.millis(now.Add(ahead).UnixMilli()); at.Sub(now).Abs() > 5*time.Millisecond {
		t.Fatal(at)
	}
	for _, odd := range []string{"", "null", "1e300", "-5", `"x"`, "NaN"} {
		if at := d.at(jsontext.Value(odd), now); !at.Equal(now) {
			t.Fatal(odd, at)
		}
	}
	if !d.millis(0).IsZero() || !d.millis(-1).IsZero() || !d.millis(1<<62).IsZero() {
		t.Fatal("odd times must be unknown")
	}
}

func TestBackoffGrowsWithJitterUpToItsEnd(t *testing.T) {
	c := &Client{cfg: Config{BackoffMin: time.Second, BackoffMax: 30 * time.Second}}
	different := make(map[time.Duration]bool)
	for tries, from := range map[int]time.Duration{1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 30, 7: 30, 1000: 30} {
		from *= time.Second
		for range 50 {
			d := c.backoff(tries)
			if d < from || d > min(from+from/2, 30*time.Second) {
				t.Fatalf("%v before try %d", d, tries+1)
			}
			different[d] = true
		}
	}
	if len(different) < 50 {
		t.Fatal("many clients would come back at once")
	}
}

//go:build thirdparty

package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// item is one of the list "what a server must do so that every official SDK
// works" of the RELAY reference (§11), by its number there.
type item struct {
	number int
	demand string
	check  func(*testing.T, *exchange)
}

// TestChecklist walks the list. The items share one exchange, with scripted
// people to call, and run side by side, each in a context of its own.
func TestChecklist(t *testing.T) {
	t.Parallel()
	list := slices.Concat(sessionItems, callItems)
	for i, it := range list {
		if it.number != i+1 {
			t.Fatalf("item %d stands at place %d", it.number, i+1)
		}
	}
	if len(list) != 25 {
		t.Fatalf("%d items, want 25", len(list))
	}
	x := startExchange(t, "--people", "answering")
	for _, it := range list {
		t.Run(fmt.Sprintf("%02d %s", it.number, it.demand), func(t *testing.T) {
			t.Parallel()
			it.check(t, x)
		})
	}
}

// contextOf makes a context of the test's own.
func contextOf(t *testing.T) string {
	return "c-" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, t.Name())
}

// desk is a client with the leg of a phone that called it.
type desk struct {
	*client
	x     *exchange
	a     obj // call_id and node_id of the leg
	phone *phone
}

// ringing has a phone call a context, and a client be told.
func ringing(t *testing.T, x *exchange, edit ...func(*client)) *desk {
	t.Helper()
	context := contextOf(t)
	c, _ := session(t, x, obj{"contexts": []string{context}}, edit...)
	d := &desk{client: c, x: x, phone: newPhone(t, "erin", phoneKind{})}
	d.phone.Do("dial", x.At(context))
	e := c.event("calling.call.receive", nil)
	d.a = ref(e)
	c.name(e.str("call_id"), "A")
	return d
}

// talking has the client answer as well.
func talking(t *testing.T, x *exchange, edit ...func(*client)) *desk {
	t.Helper()
	d := ringing(t, x, edit...)
	d.must("calling.answer", d.a)
	d.state(d.a.str("call_id"), "answered")
	return d
}

// ref is what names a call in requests.
func ref(e obj) obj { return obj{"call_id": e["call_id"], "node_id": e["node_id"]} }

// with is a request's params about the desk's own leg.
func (d *desk) with(more obj) obj {
	p := obj{}
	for _, m := range []obj{d.a, more} {
		for k, v := range m {
			p[k] = v
		}
	}
	return p
}

// device is somebody of the exchange's domain.
func device(user string) obj {
	return obj{"type": "sip", "params": obj{"from": "sip:desk@domain.com", "to": "sip:" + user + "@domain.com", "timeout": 20}}
}

// to is a plan of one device.
func to(user string) [][]obj { return [][]obj{{device(user)}} }

// connecting begins a connect; the peer's leg is B from then on.
func (d *desk) connecting(devices [][]obj) obj {
	d.t.Helper()
	d.must("calling.connect", d.with(obj{"tag": "T1", "devices": devices, "ringback": []obj{}}))
	e := d.connectEvent("connecting")
	d.name(e.str("peer", "call_id"), "B")
	return e
}

// connected has a peer pick up; it returns what names the peer's leg.
func (d *desk) connected(user string) obj {
	d.t.Helper()
	d.connecting(to(user))
	return ref(d.connectEvent("connected").sub("peer"))
}

// hangUp ends the desk's leg and waits for its end.
func (d *desk) hangUp() {
	d.t.Helper()
	d.must("calling.end", d.with(obj{"reason": "hangup"}))
	d.state(d.a.str("call_id"), "ended")
}

// events are the inner parts of all events of a kind so far.
func (c *client) events(kind string) []obj {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []obj
	for _, f := range c.frames {
		if f.str("params", "event_type") == kind {
			out = append(out, f.sub("params", "params"))
		}
	}
	return out
}

package sip

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
)

// zone is a made-up DNS.
type zone struct {
	srv   map[string][]*net.SRV
	naptr []NAPTR
}

func (z zone) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host == "gone.test" {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.1")}, nil
}

func (z zone) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if service != "" || proto != "" {
		name = "_" + service + "._" + proto + "." + name
	}
	if got := z.srv[name]; got != nil {
		return name, got, nil
	}
	return "", nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupNAPTR(context.Context, string) ([]NAPTR, error) { return z.naptr, nil }

func portNumber(t *testing.T, addr string) uint16 {
	t.Helper()
	_, port, _ := strings.Cut(addr, ":")
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return uint16(n)
}

func TestSRVFailover(t *testing.T) {
	in := make(calls, 1)
	z := zone{srv: map[string][]*net.SRV{}}
	s, callee := listen(t, Config{Resolver: z, T1: patience}), listen(t, Config{Handler: in})
	busy, silent := newWire(t, s), newWire(t, s)
	z.srv["_sip._udp.home.test"] = []*net.SRV{
		{Target: "d.test.", Port: callee.Addr().Port(), Priority: 30},
		{Target: "b.test.", Port: portNumber(t, silent.addr()), Priority: 20},
		{Target: "gone.test", Port: 9, Priority: 5},
		{Target: ".", Port: 9, Priority: 6},
		{Target: "a.test.", Port: portNumber(t, busy.addr()), Priority: 10},
	}
	out, events := call(t, s, "sip:bob@home.test")
	first := busy.request("INVITE")
	busy.reply(first, 503, "Service Unavailable", "", "")
	busy.request("ACK")
	second := silent.request("INVITE")
	s.silent(t, "INVITE")
	if first.CSeq().SeqNo != second.CSeq().SeqNo || param(first.Via().Params, "branch") == param(second.Via().Params, "branch") {
		t.Error("not the same request in a new transaction")
	}
	leg := in.next(t)
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](events)
	// The silent one wakes up: its answer is ended.
	silent.reply(second, 200, "OK", "", answer)
	silent.request("ACK")
	silent.reply(silent.request("BYE"), 200, "OK", "", "")
	out.End(EndReason{})
	await[Ended](watch(t, leg))
}

func TestSRVAllFail(t *testing.T) {
	z := zone{srv: map[string][]*net.SRV{}}
	s := listen(t, Config{Resolver: z})
	w := newWire(t, s)
	dead := portNumber(t, deadPort(t))
	z.srv["_sip._tcp.home.test"] = []*net.SRV{{Target: "b.test", Port: dead, Priority: 1}, {Target: "c.test", Port: dead, Priority: 2}}
	_, events := call(t, s, "sip:bob@home.test")
	if got := await[Ended](events); got.By != Network || got.Code != 503 {
		t.Errorf("%+v", got)
	}
	z.srv["_sip._udp.home.test"] = []*net.SRV{{Target: "a.test", Port: portNumber(t, w.addr())}}
	_, events = call(t, s, "sip:bob@home.test")
	w.reply(w.request("INVITE"), 503, "Service Unavailable", "X-Why: full\n", "")
	if got := await[Ended](events); got.By != Remote || got.Code != 503 || headerOf(got.Headers, "X-Why") != "full" {
		t.Errorf("%+v", got)
	}
}

func TestCancelBetweenTwoAddresses(t *testing.T) {
	z := zone{srv: map[string][]*net.SRV{}}
	s := listen(t, Config{Resolver: z, T1: patience})
	a, b := newWire(t, s), newWire(t, s)
	z.srv["_sip._udp.home.test"] = []*net.SRV{
		{Target: "a.test", Port: portNumber(t, a.addr()), Priority: 1},
		{Target: "b.test", Port: portNumber(t, b.addr()), Priority: 2},
	}
	l, events := call(t, s, "sip:bob@home.test")
	a.request("INVITE")
	l.End(EndReason{Word: "enough"})
	s.silent(t, "INVITE")
	if got := await[Ended](events); got.By != Local || got.Word != "enough" {
		t.Errorf("%+v", got)
	}
	eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
}

func TestLocate(t *testing.T) {
	one := []*net.SRV{{Target: "x.test", Port: 7}}
	all := zone{srv: map[string][]*net.SRV{
		"_sip._udp.d.test": one, "_sip._tcp.d.test": one, "_sips._tcp.d.test": one, "named.d.test": {{Target: "y.test", Port: 8}},
	}}
	named := all
	named.naptr = []NAPTR{
		{Order: 2, Flags: "s", Service: "SIP+D2U", Replacement: "_sip._udp.d.test."},
		{Order: 1, Flags: "S", Service: "SIPS+D2T", Replacement: "named.d.test."},
		{Order: 0, Flags: "s", Service: "SIP+D2S", Replacement: "x"}, {Flags: "u", Service: "SIP+D2U", Regexp: "!.*!x!"},
	}
	for _, c := range []struct {
		z    zone
		uri  string
		want string
	}{
		{all, "sip:a@d.test", "UDP:7 TCP:7 TLS:7"},
		{all, "sip:a@d.test;transport=tcp", "TCP:7"},
		{all, "sips:a@d.test", "TLS:7"},
		{all, "sip:a@d.test:99", "UDP:99"},
		{all, "sips:a@other.test", "TLS:5061"},
		{all, "sip:a@other.test;transport=tls", "TLS:5061"},
		{all, "sip:a@localhost", "UDP:5060"},
		{named, "sip:a@d.test", "TLS:8 UDP:7"},
		{named, "sip:a@d.test;transport=tcp", "TCP:7"},
	} {
		s := listen(t, Config{Resolver: c.z})
		_, uri, err := parseAddress(c.uri)
		if err != nil {
			t.Fatal(err)
		}
		hops, err := s.hops(t.Context(), &uri)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range hops {
			got = append(got, h.network+":"+strconv.Itoa(int(h.addr.Port())))
			if h.name != uri.Host {
				t.Errorf("%s: certificate for %q", c.uri, h.name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, not %s", c.uri, got, c.want)
		}
	}
}

func TestByPriority(t *testing.T) {
	heavy := 0
	for range 400 {
		got := byPriority([]*net.SRV{
			{Target: "last", Priority: 9}, nil, {Target: "light", Priority: 1, Weight: 1},
			{Target: "never", Priority: 1}, {Target: "heavy", Priority: 1, Weight: 99},
		})
		if len(got) != 4 || got[3].Target != "last" || got[0].Target == "never" {
			t.Fatalf("%v", got)
		}
		if got[0].Target == "heavy" {
			heavy++
		}
	}
	if heavy < 350 {
		t.Errorf("heavy was first %d times of 400", heavy)
	}
}

package cli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"cordpair/relay/exchange"
)

// What is in the way of an address is told with the address itself and the flag.
func TestAnAddressThatCannotBeTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, used := net.Listen("tcp", l.Addr().String())
	denied := &net.OpError{Op: "listen", Net: "udp", Addr: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 60}, Err: os.NewSyscallError("bind", os.ErrPermission)}
	for _, tc := range []struct {
		what string
		err  error
		want []string
	}{
		{"RELAY", used, []string{l.Addr().String() + " is in use", "--relay-addr"}},
		{"SIP", fmt.Errorf("sip: listen: %w", used), []string{l.Addr().String() + " is in use", "--sip-addr", "tls_addr"}},
		{"SIP", denied, []string{"127.0.0.1:60 cannot be listened on", "permission", "--sip-addr"}},
		{"SIP", errors.New("no memory"), []string{"127.0.0.1:1 cannot be listened on (no memory)"}},
	} {
		got := explainStart(&exchange.TakenError{What: tc.what, Addr: "127.0.0.1:1", Err: tc.err})
		for _, want := range tc.want {
			if !strings.Contains(got.Error(), want) || exitCode(got) != ExitError {
				t.Errorf("%v: no %q", got, want)
			}
		}
	}
}

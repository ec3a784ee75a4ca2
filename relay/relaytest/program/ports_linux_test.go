package program

import (
	"net"
	"testing"
)

func TestListening(t *testing.T) {
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	udp, tcp := u.LocalAddr().(*net.UDPAddr).Port, l.Addr().(*net.TCPAddr).Port
	if !Listening(t, "udp", udp) || !Listening(t, "tcp", tcp) {
		t.Error("a port that is there is not")
	}
	taken, err := takenPorts()
	if err != nil || !taken[udp] || !taken[tcp] {
		t.Errorf("%v, %v", taken, err)
	}
}

func TestFreePorts(t *testing.T) {
	seen := map[int]bool{}
	for n := 1; n < 40; n++ {
		first := FreePorts(t, n)
		if first%2 != 0 || first < firstPort || first+n > lastPort {
			t.Errorf("%d ports from %d", n, first)
		}
		for port := first; port < first+n; port++ {
			if seen[port] {
				t.Errorf("port %d is given twice", port)
			}
			seen[port] = true
		}
	}
	if _, err := freePorts(lastPort); err == nil {
		t.Error("more ports than there are")
	}
}

//go:build unix

package media

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRelay is what forwarding costs a machine: bridged calls of PCMU,
// both directions, from another process over loopback, each leg on its own
// beat as real ones are. It reports the CPU time of this process for each
// packet forwarded, and what was lost on the way. Bare is the same with sockets
// that copy and do nothing else: what this machine asks for at least.
//
//	go test -run '^$' -bench Relay -benchtime 1x ./relay/exchange/media
func BenchmarkRelay(b *testing.B) {
	for _, calls := range []int{50, 200, 500} {
		for _, bare := range []bool{false, true} {
			name := map[bool]string{false: "engine", true: "bare"}[bare]
			b.Run(fmt.Sprintf("%d calls/%s", calls, name), func(b *testing.B) {
				for range b.N {
					relay(b, calls, bare)
				}
			})
		}
	}
}

// benchTime is what each run measures, behind as long a warm-up.
const benchTime = 4 * time.Second

func relay(b *testing.B, calls int, bare bool) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", callersEnv, 2*calls))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	said := bufio.NewReader(out)
	line := func(format string, into ...any) {
		if _, err := fmt.Fscanf(said, format+"\n", into...); err != nil {
			b.Fatalf("callers: %v", err)
		}
	}
	var total func() uint64
	phone := func(local uint16) (far uint16) {
		line("%d", &far)
		fmt.Fprintln(in, local)
		return far
	}
	if bare {
		total = bareRelay(b, calls, phone)
	} else {
		total = engineRelay(b, calls, phone)
	}
	line("warm")
	cpu, packets := spent(b), total()
	line("done")
	cpu, packets = spent(b)-cpu, total()-packets
	var sent, received uint64
	line("%d %d", &sent, &received)
	in.Close()
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(cpu.Microseconds())/float64(packets), "cpu-µs/packet")
	b.ReportMetric(100*(float64(sent)-float64(received))/float64(sent), "%lost")
	b.ReportMetric(0, "ns/op")
}

// meet tells a phone the port of its leg, and learns the phone's.
type meet func(local uint16) (far uint16)

// engineRelay bridges calls; total counts the packets sent.
func engineRelay(b *testing.B, calls int, phone meet) (total func() uint64) {
	e := NewEngine(EngineConfig{})
	b.Cleanup(e.Close)
	var legs []*Stream
	for range calls {
		x, y := open(b, e), open(b, e)
		for _, s := range []*Stream{x, y} {
			start(b, s, netip.AddrPortFrom(loopback, phone(s.LocalAddr().Port())), "PCMU")
		}
		if _, err := Bridge(x, y); err != nil {
			b.Fatal(err)
		}
		legs = append(legs, x, y)
	}
	return func() (n uint64) {
		for _, s := range legs {
			n += s.Stats().PacketsOut
		}
		return n
	}
}

// bareRelay copies from socket to socket. Its goroutines end with the sockets,
// at the end of the benchmark.
func bareRelay(b *testing.B, calls int, phone meet) (total func() uint64) {
	var n atomic.Uint64
	copies := func(from, to *net.UDPConn, far netip.AddrPort) {
		buf := make([]byte, maxPacket)
		for {
			size, _, err := from.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			if _, err := to.WriteToUDPAddrPort(buf[:size], far); err == nil {
				n.Add(1)
			}
		}
	}
	for range calls {
		var conns [2]*net.UDPConn
		var far [2]netip.AddrPort
		for i := range conns {
			c, err := listen(loopback, 0)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { c.Close() })
			conns[i] = c
			far[i] = netip.AddrPortFrom(loopback, phone(c.LocalAddr().(*net.UDPAddr).AddrPort().Port()))
		}
		go copies(conns[0], conns[1], far[1])
		go copies(conns[1], conns[0], far[0])
	}
	return n.Load
}

// spent is the CPU time of this process so far.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// callersEnv makes the test binary the other process: so many phones.
const callersEnv = "MEDIA_BENCH_PHONES"

// callers are the phones, on bare sockets, so that they cost little. They
// say their ports, read those of their legs, and talk for a warm-up and a
// measured time.
func callers(phones int, in io.Reader, out io.Writer) error {
	var fds []int
	var to []*syscall.SockaddrInet4
	read := bufio.NewReader(in)
	for range phones {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
		if err != nil {
			return err
		}
		fds = append(fds, fd)
		addr := &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
		if err := syscall.Bind(fd, addr); err != nil {
			return err
		}
		if err := syscall.SetNonblock(fd, true); err != nil {
			return err
		}
		name, err := syscall.Getsockname(fd)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, name.(*syscall.SockaddrInet4).Port)
		if _, err := fmt.Fscanln(read, &addr.Port); err != nil {
			return err
		}
		to = append(to, addr)
	}
	talk(fds, to, benchTime, new(tally))
	fmt.Fprintln(out, "warm")
	var t tally
	talk(fds, to, benchTime, &t)
	fmt.Fprintln(out, "done")
	fmt.Fprintln(out, t.sent, t.received)
	_, err := io.Copy(io.Discard, read)
	return err
}

// tally is what the phones sent and got.
type tally struct{ sent, received uint64 }

// talk sends a packet from each phone every 20 ms, a few phones each
// millisecond, and reads what came for them.
func talk(fds []int, to []*syscall.SockaddrInet4, d time.Duration, t *tally) {
	var pkt [rtpHeader + 160]byte
	var got [maxPacket]byte
	hear := func(i int) {
		for {
			n, _, err := syscall.Recvfrom(fds[i], got[:], 0)
			if err != nil {
				return
			}
			if n == len(pkt) && got[rtpHeader] != 0xff { // not comfort silence
				t.received++
			}
		}
	}
	next, begin, beat := 0, time.Now(), time.NewTicker(time.Millisecond)
	defer beat.Stop()
	for now := range beat.C {
		late := now.Sub(begin) - d
		due := int(int64(now.Sub(begin)) * int64(len(fds)) / int64(Frame))
		for ; next < due && late < 0; next++ {
			i := next % len(fds)
			n := uint32(time.Since(talkEpoch) / Frame)
			putRTP(pkt[:], 0, false, uint16(n), n*160, uint32(i)+1)
			if syscall.Sendto(fds[i], pkt[:], 0, to[i]) == nil {
				t.sent++
			}
			hear(i)
		}
		if late > talkTail { // what was on its way is here
			for i := range fds {
				hear(i)
			}
			return
		}
	}
}

// talkTail is shorter than the relay's patience with a silent peer.
const talkTail = 60 * time.Millisecond

// talkEpoch keeps sequence numbers going from one talk to the next.
var talkEpoch = time.Now()

// phones runs the other process, if this is it.
func init() {
	var n int
	if _, err := fmt.Sscan(strings.TrimSpace(os.Getenv(callersEnv)), &n); err != nil {
		return
	}
	if err := callers(n, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "phones:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

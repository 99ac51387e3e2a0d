package loop_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// Sockets choose from a part of the ports; when nothing is free there one chooses from
// all, and the next ones from the part behind.
func TestPorts(t *testing.T) {
	const part, all = 8, 21
	for _, host := range []string{"127.0.0.1", "::1"} {
		for _, bound := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/bound=%v", host, bound), func(t *testing.T) {
				forms(t, func(t *testing.T, cfg loop.Config) {
					listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
					if err != nil {
						t.Fatal(err)
					}
					defer listener.Close()
					s := &server{listener, func(p *peer) { p.upgrade(); p.next() }}
					go s.accept()
					if bound {
						cfg.LocalAddrs = []netip.Addr{netip.MustParseAddr(host)}
					}
					e := endpoint(t, s.url(), session.Offer{})
					b := expect(all)
					done := make(chan struct{})
					var ports []int
					b.opened = func(l *loop.Loop, _ loop.Conn, o *loop.Opening) {
						ports = append(ports, int(o.LocalAddr().Port()))
						if len(ports) == all {
							close(done)
							return
						}
						l.Dial(e, 0)
					}
					b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
						t.Error(f.Err)
						close(done)
					}
					g := group(t, b, cfg)
					low := 40000 + rand.IntN(10000)
					g.SetPorts(low, part)
					g.Dial(e, 0)
					<-done
					g.Close()
					b.wait(t)
					var came strings.Builder // from part 1 or 2, or neither
					for _, p := range ports {
						came.WriteByte("12-"[min(uint(p-low)/part, 2)])
					}
					switch {
					case len(ports) != all:
						t.Fatalf("from ports %d", ports)
					case !limitsPorts():
						t.Log("this system does not limit them")
					case !regexp.MustCompile("^1+-?2+-+$").MatchString(came.String()): // some may be another's
						t.Errorf("from parts %s, ports %d", came.String(), ports)
					}
				})
			})
		}
	}
}

// limitsPorts reports whether the system can, which Linux does since 6.3.
func limitsPorts() bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_LOCAL_PORT_RANGE, 0) == nil
}

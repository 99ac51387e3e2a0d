package loop

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// ports say which of the system's ports a connect may choose from.
//
// Linux looks at every second one, from somewhere on, until it finds one that is
// free, and takes 50 ns for each: with half of the 28,232 in use for an address and
// server, most of a millisecond. So, once there have been many, each socket is told to
// choose from a small part (IP_LOCAL_PORT_RANGE, since Linux 6.3), which is the same
// for all until nothing is free there for one of them: that one chooses from all, and
// the next ones from the part behind.
//
// A few connections are left with all: ports that are hard to guess keep strangers
// off (RFC 6056).
//
// Note: to open 18,000 connections from one address took 1.1 to 1.3 s in place of 2.7
// to 3.3, and 1.4 to 1.9 s of the system's time in place of 4.2 to 5.1 (Intel Xeon,
// Linux 6.18, 2026-11-26, three times in turn, storm -n 18000 --local-addr with an
// address of its own each time).
type ports struct {
	low, high uint32 // those of the system
	size      uint32 // of a part
	dialled   atomic.Int32
	part      atomic.Uint32 // where it begins; 0: there are no parts
}

const (
	partSize   = 512
	fewDialled = 1024
)

func (p *ports) init() {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return
	}
	if _, err := fmt.Sscan(string(text), &p.low, &p.high); err != nil || p.low == 0 || p.low > p.high {
		return
	}
	p.size = partSize
	p.part.Store(p.low + p.size*rand.Uint32N((p.high-p.low)/p.size+1))
}

// choose returns where the part for the next connection begins, 0 for all ports.
func (p *ports) choose() (part uint32) {
	if p.dialled.Load() < fewDialled { // it could overflow
		p.dialled.Add(1)
		return 0
	}
	return p.part.Load()
}

// limit has fd choose from part. A system that cannot do that is not asked again.
func (p *ports) limit(fd int, part uint32) {
	last := min(part+p.size-1, p.high)
	if unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_LOCAL_PORT_RANGE, int(last<<16|part)) != nil {
		p.part.Store(0)
	}
}

// used: nothing in part is free for fd, which chooses from all.
func (p *ports) used(fd int, part uint32) {
	next := part + p.size
	if next > p.high {
		next = p.low
	}
	p.part.CompareAndSwap(part, next)
	unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_LOCAL_PORT_RANGE, 0)
}

// control is before, and for the sockets of one call of net.Dialer's: that tries again
// with another one when a port is wanting.
func (p *ports) control(before controlFunc) controlFunc {
	part, sockets := p.choose(), 0
	return func(network, address string, raw syscall.RawConn) error {
		if before != nil {
			if err := before(network, address, raw); err != nil {
				return err
			}
		}
		sockets++
		return raw.Control(func(fd uintptr) {
			switch {
			case part == 0:
			case sockets == 1:
				p.limit(int(fd), part)
			default:
				p.used(int(fd), part)
			}
		})
	}
}

// bindLate leaves the port to connect, which may take one that is in use for
// another server.
func bindLate(raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	})
}

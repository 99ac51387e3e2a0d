package main

import (
	"fmt"
	"net/netip"
	"net/url"
	"os"
)

// Limits of the machine that a plan can break. Zero is unknown.
type limits struct {
	files uint64 // descriptors that this process may have open
	ports int    // local ports of one address
}

// ownFiles is how many descriptors storm needs besides its connections.
const ownFiles = 32

func readLimits() limits {
	text, _ := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range") // Linux alone has it
	return limits{files: fileLimit(), ports: countPorts(string(text))}
}

func countPorts(portRange string) int {
	var first, last int
	if n, _ := fmt.Sscan(portRange, &first, &last); n != 2 {
		return 0
	}
	return last - first + 1
}

// fits refuses a plan that cannot work here, with the numbers and the remedy, and
// has a note on one that works slowly. For the embedded server it chooses local
// addresses. Ports are counted only if the URL has an IP address: a name may have
// several.
func (p *plan) fits(l limits) (note string, err error) {
	if need := uint64(p.n) + ownFiles; l.files > 0 && need > l.files {
		return "", usagef("-n: %d connections stay open together and need %d file descriptors, but this process may have %d: "+
			"raise the limit (ulimit -n %d, as far as the hard limit lets you) or choose -n %d at most",
			p.n, need, l.files, need, max(int64(l.files)-ownFiles, 0))
	}
	u, err := url.Parse(p.url)
	if err != nil {
		return "", err
	}
	server, err := netip.ParseAddr(u.Hostname())
	if p.url == "" {
		server, err = netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil // the embedded server
	}
	note = p.spread(l.ports)
	if err != nil {
		return note, nil
	}
	for _, local := range p.locals {
		if local.Is4() != server.Unmap().Is4() {
			return "", usagef("--local-addr: from %v there is no way to %v: one is IPv4, the other IPv6", local, server)
		}
	}
	addrs := max(len(p.locals), 1)
	if l.ports > 0 && p.n > addrs*l.ports {
		return "", usagef("-n: %d connections to one server need as many local ports, but %d local address has %d and so %d together: "+
			"give --local-addr at least %d addresses (127.0.1.0/24, say, on loopback) or choose a smaller -n",
			p.n, addrs, l.ports, addrs*l.ports, (p.n+l.ports-1)/l.ports)
	}
	return note, nil
}

// spread says so if a local address has to give more than half of its ports: the
// more are taken, the longer the kernel searches for a free one. It takes more
// addresses itself where it knows that all of 127.0.0.0/8 leads to the server.
// ports is 0 but on Linux.
func (p *plan) spread(ports int) (note string) {
	easy := ports / 2 * max(len(p.locals), 1)
	if ports < 2 || p.n <= easy {
		return ""
	}
	need := (p.n + ports/2 - 1) / (ports / 2)
	if p.url == "" && len(p.locals) == 0 {
		p.locals = hosts(netip.MustParsePrefix("127.0.0.0/8"), need)
		return fmt.Sprintf("dialling from %v to %v, since half of the %d local ports of one address are quickly found, and no more",
			p.locals[0], p.locals[need-1], ports)
	}
	return fmt.Sprintf("connecting will be slow: more than %d connections take over half of the %d local ports of an address, "+
		"and free ones are searched for; --local-addr with %d addresses is faster", easy, ports, need)
}

package plan

import (
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/session/dial"
)

// Limits of the machine that a plan can break. Zero is unknown.
type Limits struct {
	Files  uint64 // descriptors that this process may have open
	Ports  int    // local ports of one address
	Search bool   // a free one is searched for long when half of them are taken: Linux before 6.3
	Memory uint64 // octets that this process may still take
	Group  bool   // Memory is the limit of a control group, not the machine's
}

// ownFiles is how many descriptors storm needs besides its connections: for standard
// streams, the embedded server, outputs, scrapers, look-ups and Go itself, and an
// epoll, an eventfd and a timerfd for each loop.
func (p *Plan) ownFiles() int {
	loops := p.Loops
	if loops == 0 {
		loops = runtime.GOMAXPROCS(0)
	}
	return 26 + 3*loops
}

// ReadLimits asks the system. All but Files is known on Linux alone.
func ReadLimits() Limits {
	l := Limits{Files: fileLimit()}
	text, _ := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	l.Ports = countPorts(string(text))
	text, _ = os.ReadFile("/proc/sys/kernel/osrelease")
	l.Search = searchesPorts(string(text))
	text, _ = os.ReadFile("/proc/meminfo")
	l.Memory = availableMemory(string(text))
	limit, _ := os.ReadFile("/sys/fs/cgroup/memory.max") // version 2, as seen from within a container
	used, _ := os.ReadFile("/sys/fs/cgroup/memory.current")
	if left, ok := groupMemory(string(limit), string(used)); ok && (l.Memory == 0 || left < l.Memory) {
		l.Memory, l.Group = left, true
	}
	return l
}

func countPorts(portRange string) int {
	var first, last int
	if n, _ := fmt.Sscan(portRange, &first, &last); n != 2 {
		return 0
	}
	return last - first + 1
}

// searchesPorts reports whether a release of Linux has no IP_LOCAL_PORT_RANGE, of
// which package loop makes use.
func searchesPorts(release string) bool {
	var major, minor int
	n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor)
	return n == 2 && (major < 6 || major == 6 && minor < 3)
}

func availableMemory(meminfo string) uint64 {
	for line := range strings.Lines(meminfo) {
		if text, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			text, _ = strings.CutSuffix(strings.TrimSpace(text), " kB")
			kib, _ := strconv.ParseUint(text, 10, 54)
			return kib << 10
		}
	}
	return 0
}

// groupMemory is what a control group may still take; not ok if it has no limit.
func groupMemory(limit, used string) (left uint64, ok bool) {
	most, err := strconv.ParseUint(strings.TrimSpace(limit), 10, 64)
	if err != nil { // "max", or no such file
		return 0, false
	}
	taken, _ := strconv.ParseUint(strings.TrimSpace(used), 10, 64)
	return most - min(taken, most), true
}

// Together is how many connections are open at the same time, as far as the plan
// says so: with a lifetime, of a server that opens and answers at once.
func (p *Plan) Together() int {
	n := p.Arrivals.Len()
	if p.Lifetime < 0 {
		return n
	}
	if p.Concurrency > 0 {
		n = min(n, p.Concurrency)
	}
	if p.Arrivals.Closed() {
		return n
	}
	most := 1
	const looks = 1000
	for i := range looks {
		at := p.Arrivals.End() / looks * time.Duration(i)
		most = max(most, p.Arrivals.Planned(at+p.Lifetime)-p.Arrivals.Planned(at))
	}
	return min(n, most)
}

// Fits refuses a plan that cannot work here, with the numbers and the remedy, and
// has notes on one that works slowly. For the embedded server it chooses local
// addresses.
func (p *Plan) Fits(l Limits) (notes []string, err error) {
	n := p.Together()
	remedy := "choose -n %d at most"
	if p.Lifetime >= 0 {
		remedy = "choose a shorter --lifetime, or -c %d at most"
	}
	own := p.ownFiles()
	if need := uint64(n + own); l.Files > 0 && need > l.Files {
		return nil, usagef("-n: %d connections are open together and need %d file descriptors, but this process may have %d: "+
			"raise the limit (ulimit -n %d, as far as the hard limit lets you) or "+remedy,
			n, need, l.Files, need, max(int64(l.Files)-int64(own), 0))
	}
	if each := p.memoryEach(); l.Memory > 0 && uint64(n)*each > l.Memory {
		whose := "available"
		if l.Group {
			whose = "left to this control group (memory.max)"
		}
		return nil, usagef("-n: %d connections are open together and need about %s of memory (%s each with the engine %s), but %s are %s: "+
			"raise it, spread the load over several machines (storm merge adds their results), or "+remedy,
			n, octets(uint64(n)*each), octets(each), p.engineName(), octets(l.Memory), whose, l.Memory/each)
	}
	if p.Unix != "" || p.Proxy != nil {
		return nil, nil
	}
	if note := p.spread(n, l); note != "" {
		notes = append(notes, note)
	}
	return notes, p.fitsPorts(n, l.Ports)
}

// fitsPorts counts ports only where a URL has an IP address: a name may have
// several.
func (p *Plan) fitsPorts(n, ports int) error {
	servers, named := p.servers()
	for server := range servers {
		for _, local := range p.Locals {
			if local.Is4() != server.Addr().Is4() {
				return usagef("--local-addr: from %v there is no way to %v: one is IPv4, the other IPv6", local, server.Addr())
			}
		}
	}
	addrs := max(len(p.Locals), 1)
	if have := addrs * len(servers) * ports; !named && ports > 0 && n > have {
		to := "one server"
		if len(servers) > 1 {
			to = fmt.Sprintf("%d servers", len(servers))
		}
		local := "1 local address has"
		if addrs > 1 {
			local = fmt.Sprintf("%d local addresses have", addrs)
		}
		return usagef("-n: %d connections to %s need as many local ports, but %s %d for each and so %d together: "+
			"give --local-addr at least %d addresses (127.0.1.0/24, say, on loopback) or choose a smaller -n",
			n, to, local, ports, have, (n+ports*len(servers)-1)/(ports*len(servers)))
	}
	return nil
}

// servers are the addresses that the URLs have; named: some have a name instead.
func (p *Plan) servers() (servers map[netip.AddrPort]bool, named bool) {
	servers = make(map[netip.AddrPort]bool)
	if len(p.urls) == 0 { // the embedded server
		servers[netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 1)] = true
		return servers, false
	}
	p.someEndpoint(func(e *dial.Endpoint) bool {
		if addr, ok := targetOf(e); ok {
			servers[addr] = true
		} else {
			named = true
		}
		return false
	})
	return servers, named || len(p.shared) == 0 // where {{conn}} is in a host, there are more
}

// spread takes more local addresses where one has too few ports, and it is known that
// all of 127.0.0.0/8 leads to the server. Otherwise it says so if ports will be
// searched for long.
func (p *Plan) spread(n int, l Limits) (note string) {
	servers, _ := p.servers()
	easy := (l.Ports - l.Ports/8) * max(len(servers), 1) // others need some
	if l.Search {
		easy = l.Ports / 2 * max(len(servers), 1)
	}
	if l.Ports < 2 || n <= easy*max(len(p.Locals), 1) {
		return ""
	}
	need := (n + easy - 1) / easy
	switch {
	case len(p.urls) == 0 && len(p.Locals) == 0:
		p.Locals = hosts(netip.MustParsePrefix("127.0.0.0/8"), need)
		return fmt.Sprintf("dialling from %v to %v: one address has %d local ports", p.Locals[0], p.Locals[need-1], l.Ports)
	case l.Search:
		return fmt.Sprintf("connecting will be slow: more than %d connections take over half of the %d local ports of an address, "+
			"and Linux before 6.3 searches for free ones; --local-addr with %d addresses is faster", easy*max(len(p.Locals), 1), l.Ports, need)
	}
	return ""
}

func (p *Plan) engineName() string {
	if p.Engine == "" { // the embedded server has no URL yet
		return "loop"
	}
	return p.Engine
}

// octets has n for people.
func octets(n uint64) string {
	for _, u := range []struct {
		name string
		size uint64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.size {
			return strconv.FormatFloat(float64(n)/float64(u.size), 'f', 1, 64) + " " + u.name
		}
	}
	return count(int(n), "octet")
}

package main

import (
	"net/netip"
	"strings"
)

// localAddrs expands addresses and CIDR blocks, in order, to n addresses at most.
func localAddrs(list []string, n int) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, text := range list {
		text = strings.TrimSpace(text)
		if addr, err := netip.ParseAddr(text); err == nil {
			addrs = append(addrs, addr.Unmap())
		} else if block, err := netip.ParsePrefix(text); err == nil {
			addrs = append(addrs, hosts(block.Masked(), n)...)
		} else {
			return nil, usagef("--local-addr: %q is neither an IP address nor a CIDR block", text)
		}
	}
	return addrs[:min(len(addrs), n)], nil
}

// hosts are the first n addresses of a block. Of an IPv4 block the first and the
// last of all are left out: network and broadcast.
func hosts(block netip.Prefix, n int) []netip.Addr {
	var addrs []netip.Addr
	all := block.Addr().Is6() || block.Bits() > 30
	for a := block.Addr(); block.Contains(a) && len(addrs) < n; a = a.Next() {
		if all || a != block.Addr() && block.Contains(a.Next()) {
			addrs = append(addrs, a)
		}
	}
	return addrs
}

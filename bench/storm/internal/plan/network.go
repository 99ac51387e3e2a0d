package plan

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"

	"github.com/zeroshake/zeroshake/session/dial"
)

// localAddrs expands addresses and CIDR blocks, in order, to n addresses at most.
func localAddrs(list []string, n int) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, text := range split(list) {
		if addr, err := netip.ParseAddr(text); err == nil {
			addrs = append(addrs, addr.Unmap())
		} else if block, err := netip.ParsePrefix(text); err == nil {
			addrs = append(addrs, hosts(block.Masked(), min(n, mostShared))...)
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

// checkNetwork turns --proxy and --unix into functions.
func (p *Plan) checkNetwork() (err error) {
	switch {
	case p.Loops < 0 || p.Loops > 1024:
		return usagef("--loops: %d; at most 1024, or 0 for one a processor", p.Loops)
	case p.Unix != "" && p.ProxyURL != "":
		return usagef("--unix and --proxy: give one of them")
	case p.Unix != "" && len(p.LocalAddrs) > 0:
		return usagef("--unix and --local-addr: a unix socket has no local address; give one of them")
	case len(p.Unix) > 107: // sun_path, with its final zero
		return usagef("--unix: a path of %d octets; at most 107", len(p.Unix))
	}
	if p.Unix != "" {
		path := p.Unix
		p.NetDial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
	}
	if p.ProxyURL == "env" {
		p.Proxy = fromEnvironment
	} else if p.ProxyURL != "" {
		t, err := p.compiler.compile("--proxy", p.ProxyURL)
		if err != nil {
			return err
		}
		if !t.fixed() {
			return usagef("--proxy: all connections have the same; only {{env.NAME}} and {{file.PATH}} can be in it")
		}
		text := ""
		for _, part := range t {
			text += part.text
		}
		proxy, err := url.Parse(text)
		if err != nil || proxy.Scheme != "http" && proxy.Scheme != "https" || proxy.Hostname() == "" {
			return usagef("--proxy: want http://HOST:PORT, https://HOST:PORT or env")
		}
		p.Proxy = func(*url.URL) (*url.URL, error) { return proxy, nil }
	}
	p.Locals, err = localAddrs(p.LocalAddrs, p.Arrivals.Len())
	return err
}

// fromEnvironment is http.ProxyFromEnvironment, whose errors repeat a password.
func fromEnvironment(u *url.URL) (*url.URL, error) {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err != nil {
		return nil, errors.New("malformed URL of a proxy in the environment")
	}
	return proxy, nil
}

// chooseEngine fills in Engine, and refuses one that cannot be.
func (p *Plan) chooseEngine() error {
	p.Net = p.Engine == "net"
	why := ""
	switch {
	case runtime.GOOS != "linux":
		why = "is for Linux"
	case p.Unix != "":
		why = "cannot dial a unix socket"
	case p.Proxy != nil:
		why = "cannot go through a proxy"
	case p.secure():
		why = "cannot speak TLS"
	}
	switch {
	case p.Engine == "loop" && why != "":
		return usagef("--engine: loop %s; --engine net can, and is taken without --engine", why)
	case p.Engine == "" && why != "":
		p.Engine = "net"
	case p.Engine == "":
		p.Engine = "loop"
	case p.Engine != "loop" && p.Engine != "net":
		return usagef("--engine: %q; want loop or net", p.Engine)
	}
	return nil
}

// secure reports whether a URL is wss, as far as is known ahead.
func (p *Plan) secure() bool {
	return p.someEndpoint(func(e *dial.Endpoint) bool { return e.Secure() })
}

// someEndpoint reports whether f is true of an endpoint: of the shared ones, or else
// of the first connection to each URL.
func (p *Plan) someEndpoint(f func(*dial.Endpoint) bool) bool {
	for k := range max(len(p.shared), len(p.urls)) {
		if e, err := p.Endpoint(k, nil); err == nil && f(e) {
			return true
		}
	}
	return false
}

// targetOf is the address that an endpoint is dialled at, if it is an IP address.
func targetOf(e *dial.Endpoint) (netip.AddrPort, bool) {
	_, ip := e.Host()
	return netip.AddrPortFrom(ip.Unmap(), uint16(e.Port())), ip.IsValid()
}

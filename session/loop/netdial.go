package loop

// Connecting over net.Conn: to an address that the loop has chosen, as for its own
// sockets; or by Config.NetDial or Proxy, which are given the name.

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"

	"github.com/zeroshake/zeroshake/session/dial"
)

// dialer makes connections over net.Conn, from local if it is valid.
func (c *Config) dialer(local netip.Addr) *dial.Dialer {
	d := &dial.Dialer{
		NetDialer: net.Dialer{Resolver: c.Resolver, KeepAlive: -1, Timeout: max(c.ConnectTimeout, 0)},
		Proxy:     c.Proxy, TLSConfig: c.TLSConfig, HandshakeTimeout: max(c.HandshakeTimeout, 0), MaxBytes: c.MaxBytes, MaxFields: c.MaxFields,
	}
	if every := c.KeepAlive; every > 0 {
		d.NetDialer.KeepAliveConfig = net.KeepAliveConfig{Enable: true, Idle: every, Interval: every}
	}
	if local.IsValid() {
		d.NetDialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
		d.NetDialer.Control = func(_, _ string, raw syscall.RawConn) error { return bindLate(raw) }
	}
	if c.NetDial != nil {
		d.NetDial = c.limitedDial
	}
	return d
}

// A controlFunc is net.Dialer.Control.
type controlFunc = func(network, address string, raw syscall.RawConn) error

// limitedDial is NetDial within ConnectTimeout.
func (c *Config) limitedDial(ctx context.Context, network, addr string) (net.Conn, error) {
	if c.ConnectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.ConnectTimeout)
		defer cancel()
	}
	return c.NetDial(ctx, network, addr)
}

// A connector is dial.Dialer.Connect.
type connector func(context.Context, *dial.Endpoint, *dial.Timing) (net.Conn, error)

// direct connects to the address whose turn it is, until limit.
func (l *Loop) direct(c *conn, limit int64) connector {
	to := netip.AddrPortFrom(c.opening.address(), uint16(c.opening.endpoint.Port()))
	local, _ := l.localAddr(to.Addr())
	d := l.config.dialer(local)
	d.NetDialer.Control = l.group.ports.control(d.NetDialer.Control)
	d.NetDialer.Timeout = 0
	if limit != 0 {
		d.NetDialer.Timeout = max(duration(limit-l.now()), 1)
	}
	d.NetDial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.NetDialer.DialContext(ctx, network, to.String())
	}
	return d.Connect
}

// dialers connect where the loop does not know to which address: by Config.NetDial
// or Proxy. There is one for each local address.
type dialers struct {
	all  []*dial.Dialer
	next atomic.Uint32
}

func (d *dialers) init(c *Config) {
	for _, local := range c.LocalAddrs {
		d.all = append(d.all, c.dialer(local))
	}
	if d.all == nil {
		d.all = []*dial.Dialer{c.dialer(netip.Addr{})}
	}
}

// connect connects by the next dialer whose address is of a family that fits.
func (d *dialers) connect(ctx context.Context, e *dial.Endpoint, t *dial.Timing) (nc net.Conn, err error) {
	for range d.all {
		one := d.all[(d.next.Add(1)-1)%uint32(len(d.all))]
		if nc, err = one.Connect(ctx, e, t); !errors.As(err, new(*net.AddrError)) {
			break
		}
	}
	return nc, err
}

// setReset makes the end of nc a TCP reset. TLS may be within that of a proxy.
func setReset(nc net.Conn) {
	for {
		secure, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		nc = secure.NetConn()
	}
	if tcp, ok := nc.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
}

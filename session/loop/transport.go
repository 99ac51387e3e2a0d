package loop

// What carries a connection: its addresses, and TLS. They are made when asked for,
// so that whoever does not ask pays nothing.

import (
	"crypto/tls"
	"net"
	"net/netip"
)

// RemoteAddr returns the address that was connected to, of the proxy if there is
// one. It is not valid for a connection of Config.NetDial that is not of TCP.
func (o *Opening) RemoteAddr() netip.AddrPort {
	switch {
	case o.conn == nil:
		return netip.AddrPort{}
	case o.conn.net != nil:
		return addrPort(o.conn.net.conn.RemoteAddr())
	}
	of := o.conn.opening
	return netip.AddrPortFrom(of.address(), uint16(of.endpoint.Port()))
}

// LocalAddr returns the address and port of this side, as RemoteAddr does the
// other's. For a socket of the loop's own the system is asked.
func (o *Opening) LocalAddr() netip.AddrPort {
	switch {
	case o.conn == nil:
		return netip.AddrPort{}
	case o.conn.net != nil:
		return addrPort(o.conn.net.conn.LocalAddr())
	}
	return socketName(o.conn)
}

// TLS returns the state of TLS, nil without it. It is the caller's.
func (o *Opening) TLS() *tls.ConnectionState {
	if o.conn == nil || o.conn.net == nil {
		return nil
	}
	return stateOf(o.conn.net.conn)
}

// TLS returns the state of TLS, nil if its handshake had not succeeded, or there is
// none. It is the caller's.
func (f *Failure) TLS() *tls.ConnectionState { return stateOf(f.carrier) }

func stateOf(nc net.Conn) *tls.ConnectionState {
	secure, ok := nc.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return nil
	}
	state := secure.ConnectionState()
	return &state
}

func addrPort(a net.Addr) netip.AddrPort {
	with, ok := a.(interface{ AddrPort() netip.AddrPort })
	if !ok {
		return netip.AddrPort{}
	}
	both := with.AddrPort()
	return netip.AddrPortFrom(both.Addr().Unmap(), both.Port())
}

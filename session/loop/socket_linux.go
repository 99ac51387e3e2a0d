package loop

// Sockets of the loop's own. A read or write that a signal interrupts is repeated;
// what would block is errAgain.

import (
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/session/dial"
)

// sockets are what a loop has for its sockets.
type sockets struct {
	system system
	epoll  *epoll
	// The addresses of the call that is under way: one for all, since a call
	// writes to them.
	to4, from4 unix.SockaddrInet4
	to6, from6 unix.SockaddrInet6
}

// system are the calls that fail in the field; tests have others.
type system struct {
	socket  func(family int) (int, error)
	bind    func(fd int, a unix.Sockaddr) error
	connect func(fd int, a unix.Sockaddr) error
	read    func(fd int, p []byte) (int, error)
	write   func(fd int, p []byte) (int, error)
}

var realSystem = system{
	socket: func(family int) (int, error) {
		return unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	},
	bind:    unix.Bind,
	connect: unix.Connect,
	read:    recvfrom,
	write:   sendto,
}

// overNet reports whether a connection runs over net.Conn.
func (c *Config) overNet(e *dial.Endpoint) bool {
	return c.Net || e.Secure() || c.NetDial != nil || c.Proxy != nil
}

// openSocket makes a socket and begins to connect it. If that fails, p is the
// phase.
func (l *Loop) openSocket(c *conn) (p dial.Phase, err error) {
	s, a := &l.sockets, c.opening.address()
	family := unix.AF_INET6
	if a.Is4() {
		family = unix.AF_INET
	}
	fd, err := s.system.socket(family)
	if err != nil {
		return dial.PhaseConnect, err
	}
	c.fd = int32(fd)
	if err = l.setOptions(fd); err != nil {
		return dial.PhaseConnect, err
	}
	if local, ok := l.localAddr(a); ok {
		unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1) // without it ports are only taken earlier
		if err = s.system.bind(fd, socketAddr(&s.from4, &s.from6, local, 0)); err != nil {
			return dial.PhaseConnect, os.NewSyscallError("bind", err)
		}
	}
	to, ports := socketAddr(&s.to4, &s.to6, a, c.opening.endpoint.Port()), &l.group.ports
	part := ports.choose()
	if part != 0 {
		ports.limit(fd, part)
	}
	if err = s.connectSocket(fd, to); err == unix.EADDRNOTAVAIL && part != 0 {
		ports.used(fd, part)
		err = s.connectSocket(fd, to)
	}
	return dial.PhaseConnect, err
}

// connectSocket begins to connect.
func (s *sockets) connectSocket(fd int, to unix.Sockaddr) error {
	for {
		switch err := s.system.connect(fd, to); err {
		case unix.EINTR:
		case unix.EINPROGRESS, unix.EALREADY, unix.EISCONN:
			return nil
		default:
			return err
		}
	}
}

func (l *Loop) setOptions(fd int) error {
	if l.config.Reset {
		if err := unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}); err != nil {
			return err
		}
	}
	if every := l.config.KeepAlive; every > 0 {
		seconds := int((every + time.Second - 1) / time.Second)
		for _, option := range [...]struct{ level, name, value int }{
			{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
			{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, seconds},
			{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, seconds},
		} {
			if err := unix.SetsockoptInt(fd, option.level, option.name, option.value); err != nil {
				return err
			}
		}
	}
	return nil
}

// socketAddr puts an address into one of the two.
func socketAddr(four *unix.SockaddrInet4, six *unix.SockaddrInet6, a netip.Addr, port int) unix.Sockaddr {
	if a.Is4() {
		four.Port, four.Addr = port, a.As4()
		return four
	}
	six.Port, six.Addr, six.ZoneId = port, a.As16(), 0
	if zone := a.Zone(); zone != "" {
		if i, err := net.InterfaceByName(zone); err == nil {
			six.ZoneId = uint32(i.Index)
		}
	}
	return six
}

// socketName is the local address of c, not valid if the system does not say.
func socketName(c *conn) netip.AddrPort {
	name, err := unix.Getsockname(int(c.fd))
	if err != nil {
		return netip.AddrPort{}
	}
	switch a := name.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(a.Addr)
		if i, err := net.InterfaceByIndex(int(a.ZoneId)); err == nil {
			ip = ip.WithZone(i.Name)
		}
		return netip.AddrPortFrom(ip, uint16(a.Port))
	}
	return netip.AddrPort{}
}

// watch tells epoll of c, and whether it is to be told when c can be written. That
// the server has ended its stream is among what can be read.
func (l *Loop) watch(c *conn, writes bool) {
	events := uint8(unix.EPOLLIN)
	switch {
	case c.phase < phaseResponding, c.phase == phaseFlushing: // what comes has to wait, or has come
		events = unix.EPOLLOUT
	case writes:
		events |= unix.EPOLLOUT
	}
	if c.net != nil || c.events == events {
		return
	}
	how := l.sockets.epoll.add
	if c.events != 0 {
		how = l.sockets.epoll.change
	}
	if err := how(int(c.fd), uint32(events), c.index, int32(c.generation)); err != nil {
		l.doom(c, os.NewSyscallError("epoll_ctl", err))
		return
	}
	c.events = events
}

func (l *Loop) readSocket(c *conn, p []byte) (int, error) {
	for {
		n, err := l.sockets.system.read(int(c.fd), p)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return 0, errAgain
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// setNoDelay sets TCP_NODELAY, before whatever is written behind the first write:
// Linux holds a short segment back (RFC 9293 section 3.7.4) only while another one is
// not acknowledged. If the system refuses, c is slower, and no worse.
func (l *Loop) setNoDelay(c *conn) {
	if c.net == nil && !c.noDelay {
		unix.SetsockoptInt(int(c.fd), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		c.noDelay = true
	}
}

// writeSocket returns errAgain with what was written if that is not all.
func (l *Loop) writeSocket(c *conn, p []byte) (written int, err error) {
	for written < len(p) {
		n, err := l.sockets.system.write(int(c.fd), p[written:])
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return written, errAgain
		case err == unix.EPIPE || err == unix.ENOTCONN: // what was it that the socket had?
			if errno, e := unix.GetsockoptInt(int(c.fd), unix.SOL_SOCKET, unix.SO_ERROR); e == nil && errno != 0 {
				err = unix.Errno(errno)
			}
			return written, err
		case err != nil:
			return written, err
		}
		written += n
	}
	return written, nil
}

// shutSocket ends what this side sends.
func (l *Loop) shutSocket(c *conn) {
	if c.net != nil {
		c.net.shut()
		return
	}
	unix.Shutdown(int(c.fd), unix.SHUT_WR)
}

func (l *Loop) closeSocket(c *conn) {
	if c.fd >= 0 {
		unix.Close(int(c.fd)) // which also takes it from epoll
	}
	c.fd, c.events, c.noDelay = -1, 0, false
}

package loop

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Intercept has before called ahead of each call of the system: socket, bind,
// connect, read and write. An error is returned in place of the call; q is what
// is read into or written in place of p.
func (l *Loop) Intercept(before func(call string, p []byte) (q []byte, err error)) {
	real := l.sockets.system
	l.sockets.system = system{
		socket: func(family int) (int, error) {
			if _, err := before("socket", nil); err != nil {
				return -1, err
			}
			return real.socket(family)
		},
		bind: func(fd int, a unix.Sockaddr) error {
			if _, err := before("bind", nil); err != nil {
				return err
			}
			return real.bind(fd, a)
		},
		connect: func(fd int, a unix.Sockaddr) error {
			if _, err := before("connect", nil); err != nil {
				return err
			}
			return real.connect(fd, a)
		},
		read: func(fd int, p []byte) (int, error) {
			p, err := before("read", p)
			if err != nil {
				return -1, err
			}
			return real.read(fd, p)
		},
		write: func(fd int, p []byte) (int, error) {
			p, err := before("write", p)
			if err != nil {
				return -1, err
			}
			return real.write(fd, p)
		},
	}
}

// SetPorts has sockets choose from two parts of so many ports, from low on.
func (g *Group) SetPorts(low, size int) {
	p := &g.ports
	p.low, p.high, p.size = uint32(low), uint32(low+2*size-1), uint32(size)
	p.part.Store(p.low)
	p.dialled.Store(fewDialled)
}

// ReceiveBuffer has sockets buffer so many octets.
func (l *Loop) ReceiveBuffer(size int) {
	socket := l.sockets.system.socket
	l.sockets.system.socket = func(family int) (int, error) {
		fd, err := socket(family)
		if err == nil {
			err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size)
		}
		return fd, err
	}
}

// Socket calls f with the socket of a connection, in either form.
func (l *Loop) Socket(h Handle, f func(fd int)) {
	c := l.conns.get(h)
	if c.net == nil {
		f(int(c.fd))
		return
	}
	raw, err := c.net.conn.(syscall.Conn).SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { f(int(fd)) })
	}
	if err != nil {
		panic(err)
	}
}

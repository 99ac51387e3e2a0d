// Package epoll is the floor of what a client of very many connections can
// cost: one thread, non-blocking sockets, one epoll instance. It parses nothing
// and hashes nothing: its key is always the same, and every answer is compared
// whole with the one that is expected. Linux only.
package epoll

// Conns: opening them (Open, and Handshakes, which closes each at once),
// messages over them (Exchange), and below what these share.

import (
	"bytes"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// A Client says where to connect to, and what is written and expected there.
type Client struct {
	Addr     netip.AddrPort // IPv4
	Request  []byte
	Response []byte
}

// Handshakes opens n connections, width of them at a time, and closes each when
// it has the response.
func (c *Client) Handshakes(n, width int) error {
	conns, err := newConns()
	if err != nil {
		return err
	}
	defer conns.Close()
	begun := 0
	for ; begun < min(n, width); begun++ {
		if err := conns.begin(c); err != nil {
			return err
		}
	}
	for done := 0; done < n; {
		err := conns.wait(func(fd int, events uint32) error {
			if events&unix.EPOLLOUT != 0 {
				return conns.connected(fd, c.Request)
			}
			if err := conns.expect(fd, c.Response); err != nil {
				return err
			}
			unix.Close(fd)
			if done++; begun == n {
				return nil
			}
			begun++
			return conns.begin(c)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Conns is a number of open connections.
type Conns struct {
	epoll  int
	open   []int32
	events []unix.EpollEvent
	buffer []byte
	addr   unix.SockaddrInet4
}

func newConns() (*Conns, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &Conns{epoll: fd, events: make([]unix.EpollEvent, 128), buffer: make([]byte, 4096)}, nil
}

// Open opens n connections, width of them at a time.
func (c *Client) Open(n, width int) (*Conns, error) {
	conns, err := newConns()
	if err != nil {
		return nil, err
	}
	conns.open = make([]int32, 0, n)
	for begun := 0; len(conns.open) < n && err == nil; {
		for ; begun < min(n, len(conns.open)+width) && err == nil; begun++ {
			err = conns.begin(c)
		}
		if err != nil {
			break
		}
		err = conns.wait(func(fd int, events uint32) error {
			if events&unix.EPOLLOUT != 0 {
				return conns.connected(fd, c.Request)
			}
			conns.open = append(conns.open, int32(fd))
			return conns.expect(fd, c.Response)
		})
	}
	if err != nil {
		conns.Close()
		return nil, err
	}
	return conns, nil
}

// Exchange writes message and expects answer, n times in all, on every
// connection in turn and on all of them at a time.
func (c *Conns) Exchange(n int, message, answer []byte) error {
	begun := 0
	for ; begun < min(n, len(c.open)); begun++ {
		if err := write(int(c.open[begun]), message); err != nil {
			return err
		}
	}
	for done := 0; done < n; {
		err := c.wait(func(fd int, _ uint32) error {
			if err := c.expect(fd, answer); err != nil {
				return err
			}
			if done++; begun == n {
				return nil
			}
			begun++
			return write(fd, message)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Close closes the connections.
func (c *Conns) Close() error {
	for _, fd := range c.open {
		unix.Close(int(fd))
	}
	return unix.Close(c.epoll)
}

// begin connects, and writes the request if that can be done at once.
func (c *Conns) begin(to *Client) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	c.addr.Port, c.addr.Addr = int(to.Addr.Port()), to.Addr.Addr().As4()
	if err := unix.Connect(fd, &c.addr); err != nil && err != unix.EINPROGRESS {
		unix.Close(fd)
		return err
	}
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	switch err := write(fd, to.Request); err {
	case nil:
	case unix.EAGAIN:
		event.Events = unix.EPOLLOUT
	default:
		unix.Close(fd)
		return err
	}
	return unix.EpollCtl(c.epoll, unix.EPOLL_CTL_ADD, fd, &event)
}

// connected writes the request that begin could not.
func (c *Conns) connected(fd int, request []byte) error {
	if err := write(fd, request); err != nil {
		return err
	}
	return unix.EpollCtl(c.epoll, unix.EPOLL_CTL_MOD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// wait calls f for every connection that something can be done on.
func (c *Conns) wait(f func(fd int, events uint32) error) error {
	n, err := unix.EpollWait(c.epoll, c.events, -1)
	if err != nil && err != unix.EINTR {
		return err
	}
	for i := range max(n, 0) {
		if err := f(int(c.events[i].Fd), c.events[i].Events); err != nil {
			return err
		}
	}
	return nil
}

// expect reads what must be the answer.
func (c *Conns) expect(fd int, answer []byte) error {
	n, err := unix.Read(fd, c.buffer)
	if err != nil {
		return err
	}
	if !bytes.Equal(c.buffer[:n], answer) {
		return fmt.Errorf("epoll: answer %q, want %q", c.buffer[:n], answer)
	}
	return nil
}

func write(fd int, p []byte) error {
	n, err := unix.Write(fd, p)
	if err == nil && n < len(p) {
		err = unix.EMSGSIZE
	}
	return err
}

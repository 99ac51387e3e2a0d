package main

// A server: it answers handshakes, pings and closes, and counts.

import (
	"bytes"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/accept"
)

type server struct {
	epoll, listener int
	conns           []state        // by descriptor
	partial         map[int][]byte // what has come and is not whole
	buffer          [4096]byte
	open            int
}

type state struct{ accepted, open, pings uint8 }

func serve([]string) error {
	s := &server{partial: map[int][]byte{}}
	var err error
	if s.listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	if err := unix.Bind(s.listener, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	if err := unix.Listen(s.listener, 4096); err != nil {
		return err
	}
	name, err := unix.Getsockname(s.listener)
	if err != nil {
		return err
	}
	if s.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	for _, fd := range []int{0, s.listener} {
		if err := s.watch(fd); err != nil {
			return err
		}
	}
	fmt.Println(name.(*unix.SockaddrInet4).Port)
	return s.loop()
}

func (s *server) watch(fd int) error {
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

func (s *server) loop() error {
	var events [256]unix.EpollEvent
	for {
		n, err := unix.EpollWait(s.epoll, events[:], -1)
		if err != nil && err != unix.EINTR {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			switch fd := int(e.Fd); fd {
			case s.listener:
				err = s.accept()
			case 0:
				if n, _ := unix.Read(0, s.buffer[:]); n <= 0 {
					return nil
				}
				s.count()
			default:
				if !s.read(fd) {
					s.drop(fd)
				}
			}
			if err != nil {
				return err
			}
		}
	}
}

// count says how many connections are open, the least and the most pings answered
// on one, and the memory in KiB.
func (s *server) count() {
	least, most := uint8(255), uint8(0)
	for _, c := range s.conns {
		if c.open != 0 {
			least, most = min(least, c.pings), max(most, c.pings)
		}
	}
	fmt.Println(s.open, least, most, resident())
}

func (s *server) accept() error {
	for range 64 {
		fd, _, err := unix.Accept4(s.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch err {
		case nil:
		case unix.EAGAIN, unix.ECONNABORTED, unix.EINTR:
			return nil
		default:
			return fmt.Errorf("accept: %w", err)
		}
		if fd >= len(s.conns) {
			s.conns = slices.Grow(s.conns, fd+1-len(s.conns))[:fd+1]
		}
		s.conns[fd] = state{accepted: 1}
		if err := s.watch(fd); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) drop(fd int) {
	s.open -= int(s.conns[fd].open)
	s.conns[fd] = state{}
	delete(s.partial, fd)
	unix.Close(fd)
}

// read takes what has come. false: the connection is over.
func (s *server) read(fd int) bool {
	n, err := unix.Read(fd, s.buffer[:])
	if err == unix.EAGAIN || err == unix.EINTR {
		return true
	}
	if n <= 0 {
		return false
	}
	p := s.buffer[:n]
	if kept := s.partial[fd]; kept != nil {
		p = append(kept, p...)
		delete(s.partial, fd)
	}
	for len(p) > 0 {
		n, ok := s.take(fd, p)
		if !ok {
			return false
		}
		if n == 0 {
			s.partial[fd] = bytes.Clone(p)
			break
		}
		p = p[n:]
	}
	return true
}

// take takes a request or a frame, n octets of p; 0: it is not whole.
func (s *server) take(fd int, p []byte) (n int, ok bool) {
	c := &s.conns[fd]
	if c.open == 0 {
		end := bytes.Index(p, []byte("\r\n\r\n"))
		if end < 0 {
			return 0, len(p) < len(s.buffer)
		}
		_, after, found := bytes.Cut(p[:end], []byte("Sec-WebSocket-Key: "))
		if !found || len(after) < len(accept.Key{}) {
			return 0, false
		}
		v := accept.Of(accept.Key(after[:24]))
		c.open = 1
		s.open++
		return end + 4, write(fd, fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", v[:]))
	}
	if len(p) < 2 || len(p) < 6+int(p[1]&127) {
		return 0, true
	}
	length := int(p[1] & 127)
	if p[1]&128 == 0 || length > 125 {
		return 0, false
	}
	answer := [2 + 125]byte{0x8a, byte(length)}
	for i := range length {
		answer[2+i] = p[6+i] ^ p[2+i%4]
	}
	switch p[0] {
	case 0x89:
		c.pings++
		return 6 + length, write(fd, answer[:2+length])
	case 0x88:
		answer[0] = 0x88
		write(fd, answer[:2+length])
	}
	return 0, false
}

func write(fd int, p []byte) bool {
	n, _ := unix.Write(fd, p)
	return n == len(p)
}

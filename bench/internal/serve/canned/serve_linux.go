package canned

import (
	"net"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// A thread serves all connections: package net's way, with a goroutine for each,
// costs more than the clients that are measured.
type thread struct {
	*responder
	epoll    int
	buffer   []byte
	answered []bool         // by descriptor: the request was
	rest     map[int][]byte // of what came in pieces
}

// serve serves every connection that l accepts.
func serve(l *net.TCPListener, h heads.Head) error {
	file, err := l.File()
	if err != nil {
		return err
	}
	defer file.Close()
	listener := int(file.Fd())
	if err := unix.SetNonblock(listener, true); err != nil {
		return err
	}
	t := &thread{responder: newResponder(h), buffer: make([]byte, 4096), rest: make(map[int][]byte)}
	if t.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	defer unix.Close(t.epoll)
	if err := t.watch(listener); err != nil {
		return err
	}
	events := make([]unix.EpollEvent, 256)
	for {
		n, err := unix.EpollWait(t.epoll, events, -1)
		if err != nil && err != unix.EINTR {
			return err
		}
		for i := range max(n, 0) {
			if fd := int(events[i].Fd); fd != listener {
				t.ready(fd, events[i].Events)
			} else if err := t.accept(listener); err != nil {
				return err
			}
		}
	}
}

func (t *thread) watch(fd int) error {
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP, Fd: int32(fd)}
	return unix.EpollCtl(t.epoll, unix.EPOLL_CTL_ADD, fd, &event)
}

// accept accepts all that are waiting.
func (t *thread) accept(listener int) error {
	for {
		fd, _, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch err {
		case nil:
		case unix.EAGAIN:
			return nil
		case unix.EINTR, unix.ECONNABORTED:
			continue
		default:
			return err
		}
		for len(t.answered) <= fd {
			t.answered = append(t.answered, false)
		}
		t.answered[fd] = false
		if !t.read(fd) || t.watch(fd) != nil {
			t.close(fd)
		}
	}
}

func (t *thread) ready(fd int, events uint32) {
	if events&^unix.EPOLLIN != 0 || !t.read(fd) {
		t.close(fd)
	}
}

// read answers what can be read, and reports whether the connection goes on.
func (t *thread) read(fd int) bool {
	have := copy(t.buffer, t.rest[fd])
	n, err := unix.Read(fd, t.buffer[have:])
	if err == unix.EAGAIN {
		return true
	}
	if err != nil || n == 0 {
		return false
	}
	have += n
	answer := t.request
	if t.answered[fd] {
		answer = t.frames
	}
	n, out, err := answer(t.buffer[:have])
	if err != nil {
		return false
	}
	t.answered[fd] = t.answered[fd] || n > 0
	if n < have {
		t.rest[fd] = append([]byte(nil), t.buffer[n:have]...)
	} else if len(t.rest) > 0 {
		delete(t.rest, fd)
	}
	if len(out) > 0 {
		n, err = unix.Write(fd, out)
	}
	return err == nil && n == len(out) || len(out) == 0
}

func (t *thread) close(fd int) {
	delete(t.rest, fd)
	unix.Close(fd)
}

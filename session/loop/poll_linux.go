package loop

import (
	"encoding/binary"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// epoll is the poller of a loop with sockets: level-triggered, each socket added
// once. It is woken by an eventfd, and by a timerfd, since the runtime's timers and
// epoll count in milliseconds.
//
// While nothing is there, the loop's goroutine waits in the runtime's poller, for
// gate: another epoll, which holds fd and lets through one event each time it is
// opened (EPOLLONESHOT).
//
// Note: to wait in epoll_wait keeps a thread and a processor of the runtime, until
// its monitor notices; at 200 connections a second that was a third of storm's CPU
// time. Without a gate, whatever comes while the loop is at work wakes a thread of
// the runtime for nothing; echoes took 15 % more CPU time (AMD EPYC, 2026-11-26, go
// test -bench Echo/impl=zeroshake-loop ./bench/peers).
type epoll struct {
	fd, event, timer, gate int
	armed                  int64 // when the timer expires; 0: not at all
	events                 [256]unix.EpollEvent
	n                      int // of events

	file   *os.File // gate
	parker syscall.RawConn
	look   func(uintptr) bool // poll
}

// Sockets have the index of their connection in Fd and its generation in Pad; the
// two descriptors below have an index that no connection has.
const (
	eventIndex = -1
	timerIndex = -2
)

func (l *Loop) newPoller() error {
	l.sockets.system = realSystem
	if l.config.Net {
		l.poll = newChannelPoller()
		return nil
	}
	p := &epoll{event: -1, timer: -1, gate: -1}
	var err error
	if p.fd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if p.event, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		p.close()
		return os.NewSyscallError("eventfd", err)
	}
	if p.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		p.close()
		return os.NewSyscallError("timerfd_create", err)
	}
	if p.gate, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		p.close()
		return os.NewSyscallError("epoll_create1", err)
	}
	for fd, index := range map[int]int32{p.event: eventIndex, p.timer: timerIndex} {
		if err := p.add(fd, unix.EPOLLIN, index, 0); err != nil {
			p.close()
			return os.NewSyscallError("epoll_ctl", err)
		}
	}
	if err = p.park(); err != nil {
		p.close()
		return err
	}
	l.poll, l.sockets.epoll = p, p
	return nil
}

// park puts p.gate between p.fd and the runtime's poller.
func (p *epoll) park() (err error) {
	if err = unix.EpollCtl(p.gate, unix.EPOLL_CTL_ADD, p.fd, &unix.EpollEvent{}); err != nil {
		return os.NewSyscallError("epoll_ctl", err)
	}
	if err = unix.SetNonblock(p.gate, true); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	p.file = os.NewFile(uintptr(p.gate), "epoll")
	if err = p.file.SetReadDeadline(time.Time{}); err != nil { // it is not taken
		return err
	}
	p.look = func(uintptr) bool { return p.poll() }
	p.parker, err = p.file.SyscallConn()
	return err
}

func (p *epoll) add(fd int, events uint32, index, generation int32) error {
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: index, Pad: generation})
}

func (p *epoll) change(fd int, events uint32, index, generation int32) error {
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_MOD, fd, &unix.EpollEvent{Events: events, Fd: index, Pad: generation})
}

func (p *epoll) wait(l *Loop) {
	if !p.poll() && !l.posted && p.arm(l) {
		unix.EpollCtl(p.gate, unix.EPOLL_CTL_MOD, p.fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLONESHOT})
		p.parker.Read(p.look)
		var through [1]unix.EpollEvent
		epollWait(p.gate, through[:]) // closes it
	}
	for _, e := range p.events[:p.n] {
		switch e.Fd {
		case eventIndex, timerIndex:
			p.clear(e.Fd)
			continue
		}
		if c := l.conns.named(e.Fd, uint32(e.Pad)); c != nil {
			const reads = unix.EPOLLIN | unix.EPOLLHUP | unix.EPOLLERR
			l.event(c, e.Events&reads != 0, e.Events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) != 0)
		}
	}
}

// poll takes what is there, and reports whether anything is.
func (p *epoll) poll() bool {
	p.n, _ = epollWait(p.fd, p.events[:])
	return p.n > 0
}

// arm sets the timer, and reports whether there is anything to wait for: false if
// something is due.
func (p *epoll) arm(l *Loop) bool {
	next := l.next()
	if next == 0 || next >= p.armed && p.armed != 0 {
		return true
	}
	rest := next - l.now()
	if rest <= 0 {
		return false
	}
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(rest)}
	unix.TimerfdSettime(p.timer, 0, &spec, nil)
	p.armed = next
	return true
}

// clear reads what makes a descriptor readable.
func (p *epoll) clear(index int32) {
	var count [8]byte
	if index == eventIndex {
		unix.Read(p.event, count[:])
		return
	}
	p.armed = 0
	unix.Read(p.timer, count[:])
}

func (p *epoll) wake() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	unix.Write(p.event, one[:])
}

func (p *epoll) close() {
	if p.file != nil {
		p.file.Close()
		p.gate = -1
	}
	for _, fd := range []int{p.fd, p.event, p.timer, p.gate} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

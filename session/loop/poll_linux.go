package loop

import (
	"encoding/binary"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// epoll is the poller of a loop with sockets: level-triggered, each socket added
// once. It is woken by an eventfd, and by a timerfd where a millisecond, epoll's
// unit, is too coarse.
type epoll struct {
	fd, event, timer int
	armed            int64 // when the timer expires; 0: not at all
	events           [256]unix.EpollEvent
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
	p := &epoll{event: -1, timer: -1}
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
	for fd, index := range map[int]int32{p.event: eventIndex, p.timer: timerIndex} {
		if err := p.add(fd, unix.EPOLLIN, index, 0); err != nil {
			p.close()
			return os.NewSyscallError("epoll_ctl", err)
		}
	}
	l.poll, l.sockets.epoll = p, p
	return nil
}

func (p *epoll) add(fd int, events uint32, index, generation int32) error {
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: index, Pad: generation})
}

func (p *epoll) change(fd int, events uint32, index, generation int32) error {
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_MOD, fd, &unix.EpollEvent{Events: events, Fd: index, Pad: generation})
}

func (p *epoll) wait(l *Loop) {
	n, _ := unix.EpollWait(p.fd, p.events[:], p.timeout(l)) // EINTR is an early end like another
	for _, e := range p.events[:max(n, 0)] {
		switch e.Fd {
		case eventIndex, timerIndex:
			p.clear(e.Fd)
			continue
		}
		if c := l.conns.named(e.Fd, uint32(e.Pad)); c != nil {
			const reads = unix.EPOLLIN | unix.EPOLLHUP | unix.EPOLLERR | unix.EPOLLRDHUP
			l.event(c, e.Events&reads != 0, e.Events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) != 0)
		}
	}
}

// timeout is how many milliseconds to wait at most. For a time that is nearer, or
// the rest of one, the timer is set.
func (p *epoll) timeout(l *Loop) int {
	next := l.next()
	if next == 0 {
		return -1
	}
	rest := next - l.now()
	if rest <= 0 {
		return 0
	}
	if ms := rest / int64(time.Millisecond); ms > 1 {
		return int(min(ms-1, 1<<30))
	}
	if p.armed != next {
		p.armed = next
		spec := unix.ItimerSpec{Value: unix.NsecToTimespec(rest)}
		if unix.TimerfdSettime(p.timer, 0, &spec, nil) != nil {
			return 1
		}
	}
	return -1
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
	for _, fd := range []int{p.fd, p.event, p.timer} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// Package socket has the calls that the cost of a connection is made of: receive and
// send on a non-blocking socket, and a look at what epoll has.
//
// They do not wait, so the runtime is not told of them, and its monitor does not hand
// the processor on meanwhile. In place of unix.Read and unix.Write they exchange 1.17
// times as many messages per CPU second, with Poll 1.22 times (AMD EPYC, 2026-11-26,
// go test -bench Echo/impl=zeroshake-loop ./bench/peers, medians of pairs).
//
// Outside of tests no other package imports unsafe. On 386 and s390x recvfrom and
// sendto are system calls since Linux 4.3.
package socket

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Receive reads up to len(p) octets; 0 without an error is the end of the stream.
// The error is a unix.Errno: recv(2).
func Receive(fd int, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	written(p[:n])
	return int(n), nil
}

// Send writes as much of p as the system takes, and returns how many octets that
// is. A peer that is gone is an error, such as unix.EPIPE, and no signal. The error is
// a unix.Errno: send(2).
func Send(fd int, p []byte) (int, error) {
	read(p)
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// Poll looks at what is ready, without waiting, and returns how many of events it
// has set. The error is a unix.Errno: epoll_wait(2).
func Poll(epoll int, events []unix.EpollEvent) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(unsafe.SliceData(events))), uintptr(len(events)), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

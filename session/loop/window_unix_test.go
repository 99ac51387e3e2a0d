//go:build unix

package loop_test

import "syscall"

// smallWindow makes what the server's side of a connection buffers small.
func smallWindow(c syscall.RawConn) error {
	return c.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
}

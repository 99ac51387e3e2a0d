package main

import (
	"context"
	"syscall"

	"golang.org/x/sys/unix"
)

// bindAddress lets the kernel choose the local port when the connection is made
// and not when the address is bound, so that connections to other servers may
// share it and each address gives its whole range to each server. It is a
// net.Dialer.ControlContext.
func bindAddress(_ context.Context, _, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	})
	if err != nil {
		return err
	}
	return failed
}

package loop

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// bindLate leaves the port to connect, which may take one that is in use for
// another server.
func bindLate(raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	})
}

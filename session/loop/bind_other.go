//go:build !linux

package loop

import "syscall"

// bindLate is for Linux.
func bindLate(syscall.RawConn) error { return nil }

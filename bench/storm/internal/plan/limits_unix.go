//go:build unix

package plan

import "syscall"

// fileLimit is the limit on open descriptors. Package os has raised the soft
// limit to the hard one when the process started.
func fileLimit() uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0
	}
	return uint64(l.Cur)
}
